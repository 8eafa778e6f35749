#include "data/labels/label_set.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/error.h"
#include "base/text.h"
#include "data/text/packed_strings.h"

namespace recur {

LabelSet::LabelSet(std::vector<std::string> labels) : names_(std::move(labels)) {
  // NaN, which tables write for what is missing, has no place among numbers.
  const bool numbers = std::ranges::all_of(names_, [](const auto& name) {
    const auto number = parse_number(name);
    return number && std::isfinite(*number);
  });
  std::ranges::sort(names_, {}, [&](const std::string& name) {
    return std::tuple(numbers ? *parse_number(name) : 0.0, std::string_view(name));
  });
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  index();
}

void LabelSet::index() {
  for (std::size_t i = 0; i < names_.size(); ++i) ids_.emplace(names_[i], static_cast<std::int32_t>(i));
}

std::optional<std::int32_t> LabelSet::id(std::string_view name) const {
  const auto found = ids_.find(name);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::string LabelSet::list() const {
  constexpr std::size_t kShown = 20;
  std::string out;
  for (std::size_t i = 0; i < std::min(kShown, names_.size()); ++i)
    out += (i == 0 ? "" : ", ") + shortened(names_[i]);
  if (names_.size() > kShown) out += " and " + std::to_string(names_.size() - kShown) + " more";
  return out;
}

std::vector<std::uint8_t> LabelSet::to_bytes() const { return strings_to_bytes(names_); }

LabelSet LabelSet::from_bytes(std::span<const std::uint8_t> bytes, std::string_view where) {
  LabelSet labels;
  labels.names_ = strings_from_bytes(bytes, "list of labels", where);
  labels.index();
  check<FormatError>(labels.ids_.size() == labels.names_.size(), "{}: a label occurs twice", where);
  return labels;
}

}  // namespace recur
