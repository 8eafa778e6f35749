#include "train/metrics_log.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "base/error.h"

namespace recur {
namespace {

// Keys stay in the order of the fields: the bytes are part of the promise.
using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

template <class T>
Json to_json(const T& value) {
  if constexpr (std::is_same_v<T, double>) {
    return number(value);
  } else if constexpr (NamedEnum<T>) {
    return to_name(value);
  } else if constexpr (std::is_same_v<T, NamedNumbers>) {
    Json object = Json::object();
    for (const auto& [name, x] : value) object[name] = number(x);
    return object;
  } else {
    return value;
  }
}

double number(const Json& json) { return json.is_null() ? kNotMeasured : json.get<double>(); }

template <class T>
void from_json(const Json& json, T& value) {
  if constexpr (std::is_same_v<T, double>) {
    value = number(json);
  } else if constexpr (NamedEnum<T>) {
    const auto known = from_name<T>(json.get<std::string>());
    check<FormatError>(known.has_value(), "'{}' is not a name known here", json.get<std::string>());
    value = *known;
  } else if constexpr (std::is_same_v<T, NamedNumbers>) {
    check<FormatError>(json.is_object(), "expected an object of numbers");
    value.clear();
    for (const auto& [name, x] : json.items()) value.emplace_back(name, number(x));
  } else if constexpr (std::is_same_v<T, Index>) {
    constexpr Index kMost = Index{1} << 53;  // beyond, a number with a fraction would not show it
    check<FormatError>(json.is_number_unsigned() && json.get<std::uint64_t>() <= kMost,
                       "expected a count instead of {}", json.dump());
    value = json.get<Index>();
  } else {
    value = json.get<T>();
  }
}

/// The event of the variant's alternatives, from `I` on, that is called `name`.
template <std::size_t I = 0>
std::optional<Event> event_named(std::string_view name) {
  if constexpr (I == std::variant_size_v<Event>) {
    return std::nullopt;
  } else {
    using E = std::variant_alternative_t<I, Event>;
    return E::name == name ? std::optional<Event>(E{}) : event_named<I + 1>(name);
  }
}

/// Calls `on_line(line, number)` for each whole line until it returns false; gives the bytes before that
/// line.
template <class F>
std::size_t for_each_line(std::string_view text, F on_line) {
  std::size_t begin = 0, number = 1;
  for (std::size_t end; (end = text.find('\n', begin)) != std::string_view::npos; begin = end + 1) {
    if (!on_line(text.substr(begin, end - begin), number++)) break;
  }
  return begin;
}

}  // namespace

std::string to_json_line(const Event& event) {
  return std::visit(
      [](const auto& e) {
        Json json;
        json["event"] = e.name;
        std::apply([&](const auto&... f) { ((json[std::string(f.name)] = to_json(e.*(f.member))), ...); },
                   e.fields);
        return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
      },
      event);
}

std::optional<Event> parse_json_line(std::string_view line) try {
  // An event is an object of values and of objects of numbers; what is deeper could only exhaust the stack.
  const Json json = Json::parse(line, [](int depth, Json::parse_event_t, const Json&) {
    check<FormatError>(depth <= 3, "expected an event, found JSON nested more than 3 levels deep");
    return true;
  });
  std::optional<Event> event = event_named(json.at("event").get<std::string>());
  if (!event) return event;
  const auto read = [&](auto& e, const auto& f) {
    if (const auto found = json.find(f.name); found != json.end()) from_json(*found, e.*(f.member));
  };
  std::visit([&](auto& e) { std::apply([&](const auto&... f) { (read(e, f), ...); }, e.fields); }, *event);
  return event;
} catch (const Json::exception& error) {
  fail<FormatError>("expected an event as a JSON object: {}", error.what());
}

std::vector<Event> read_metrics(const std::filesystem::path& path) {
  std::vector<Event> events;
  for_each_line(read_file(path), [&](std::string_view line, std::size_t number) {
    try {
      if (auto event = parse_json_line(line)) events.push_back(std::move(*event));
    } catch (const FormatError& error) {
      fail<FormatError>("{}:{}: {}", path.string(), number, error.what());
    }
    return true;
  });
  return events;
}

MetricsLog::MetricsLog(const std::filesystem::path& path) : MetricsLog(path, Kept{}) {}

MetricsLog::MetricsLog(const std::filesystem::path& path, Index step)
    : MetricsLog(path, kept_part(path, step)) {}

MetricsLog::MetricsLog(const std::filesystem::path& path, Kept kept) : kept_(kept), log_(path, kept.bytes) {}

MetricsLog::Kept MetricsLog::kept_part(const std::filesystem::path& path, Index step) {
  if (!std::filesystem::exists(path)) return {};
  Kept kept;
  const auto keep = [&](const Event& event) {
    if (step_of(event) > step || std::holds_alternative<RunStopped>(event)) return false;
    kept.epoch_told |= std::holds_alternative<EpochDone>(event) && step_of(event) == step;
    return true;
  };
  kept.bytes = static_cast<Index>(for_each_line(read_file(path), [&](std::string_view line, std::size_t) {
    try {
      const auto event = parse_json_line(line);
      return !event || keep(*event);
    } catch (const FormatError&) {
      return false;
    }
  }));
  if (kept.bytes > 0) kept.step = step;
  return kept;
}

bool MetricsLog::repeated(const Event& event) const {
  if (std::holds_alternative<RunStopped>(event)) return false;  // the old end was cut off
  const bool of_epoch_end =
      std::holds_alternative<EpochDone>(event) || std::holds_alternative<SampleWritten>(event);
  return of_epoch_end && !kept_.epoch_told ? step_of(event) < kept_.step : step_of(event) <= kept_.step;
}

void MetricsLog::write(const Event& event) {
  if (!repeated(event) && !std::holds_alternative<CheckpointSaved>(event)) log_.append(to_json_line(event));
}

}  // namespace recur
