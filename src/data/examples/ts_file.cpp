// .ts files of the UEA and UCR archives: a header of @keys, then a series a line.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/ascii.h"
#include "base/error.h"
#include "base/text.h"
#include "data/examples/series_reader.h"

namespace recur {
namespace {

/// What the header says; nothing where it is silent.
struct TsHeader {
  std::optional<bool> missing, univariate, equal_length, class_label;
  std::optional<Index> dimensions, series_length;
  std::vector<std::string> classes;
};

constexpr std::array<std::string_view, 11> kKeys{
    "@problemname", "@timestamps",   "@missing",    "@univariate",  "@dimensions", "@dimension",
    "@equallength", "@serieslength", "@classlabel", "@targetlabel", "@data"};

/// Takes the first word off the front of a line.
std::string_view take_word(std::string_view& line) {
  line = trimmed(line);
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

std::string counted(Index count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

class TsParser {
 public:
  TsParser(const SeriesReader& reader, LineReader& lines) : reader_(reader), lines_(lines) {}

  void read() {
    read_header();
    while (lines_.next()) {
      const std::string_view line = trimmed(lines_.text());
      if (!line.empty() && line.front() != '#') read_series(line);
    }
  }

 private:
  std::string place() const { return lines_.place(lines_.line()); }

  void read_header();
  bool truth(std::string_view word, std::string_view key) const;
  Index count(std::string_view word, std::string_view key) const;
  void read_series(std::string_view line);
  void read_dimension(std::string_view text, SeriesExample& example, Index dimension);
  void check_shape(const SeriesExample& example, Index dimensions);
  std::string read_label(std::string_view text) const;

  const SeriesReader& reader_;
  LineReader& lines_;
  TsHeader header_;
  std::vector<float> columns_;  // the values of a series, a dimension behind the other
};

bool TsParser::truth(std::string_view word, std::string_view key) const {
  const std::string value = ascii_lower(word);
  check<DataError>(value == "true" || value == "false", "{}: {} is '{}', expected true or false", place(),
                   key, shortened(word));
  return value == "true";
}

Index TsParser::count(std::string_view word, std::string_view key) const {
  const auto value = parse_integer(word);
  check<DataError>(value && *value >= 1, "{}: {} is '{}', expected a number from 1", place(), key,
                   shortened(word));
  return *value;
}

void TsParser::read_header() {
  while (lines_.next()) {
    std::string_view line = trimmed(lines_.text());
    if (line.empty() || line.front() == '#' || line.front() == '%') continue;
    const std::string key = ascii_lower(take_word(line));
    check<DataError>(key.front() == '@', "{}: found '{}' before @data, expected a key of the header", place(),
                     shortened(key));
    if (key == "@data") return;
    const std::string_view value = take_word(line);
    if (key == "@timestamps") {
      check<DataError>(!truth(value, key),
                       "{}: series with time stamps are not read (expected @timeStamps false)", place());
    } else if (key == "@missing") {
      header_.missing = truth(value, key);
    } else if (key == "@univariate") {
      header_.univariate = truth(value, key);
    } else if (key == "@equallength") {
      header_.equal_length = truth(value, key);
    } else if (key == "@dimensions" || key == "@dimension") {
      header_.dimensions = count(value, key);
    } else if (key == "@serieslength") {
      header_.series_length = count(value, key);
    } else if (key == "@classlabel") {
      header_.class_label = truth(value, key);
      while (!trimmed(line).empty()) header_.classes.emplace_back(take_word(line));
      check<DataError>(*header_.class_label == !header_.classes.empty(), "{}: @classLabel {} with {} classes",
                       place(), value, header_.classes.size());
    } else {
      check<DataError>(key != "@targetlabel", "{}: numbers as targets are not read, expected @classLabel",
                       place());
      check<DataError>(key == "@problemname", "{}: unknown key '{}'{}", place(), shortened(key),
                       did_you_mean(key, kKeys));
    }
  }
  fail<DataError>("{}: no @data, expected a header of @keys that ends with it", lines_.name());
}

void TsParser::read_series(std::string_view line) {
  SeriesExample example{.place = place()};
  if (header_.class_label.value_or(false)) {
    const std::size_t colon = line.rfind(':');
    check<DataError>(colon != line.npos, "{}: no label behind a ':', but the header says @classLabel true",
                     example.place);
    const std::string label = read_label(trimmed(line.substr(colon + 1)));
    if (reader_.with_labels) example.labels = {reader_.labels.rename(label)};
    line = line.substr(0, colon);
  }
  check<DataError>(!reader_.with_labels || !example.labels.empty(),
                   "{}: the header has no @classLabel true, so there are no labels", lines_.name());
  columns_.clear();
  Index dimensions = 0;
  for (;;) {
    const std::size_t colon = line.find(':');
    read_dimension(line.substr(0, colon), example, dimensions++);
    if (colon == line.npos) break;
    line.remove_prefix(colon + 1);
  }
  check_shape(example, dimensions);
  const auto width = static_cast<std::size_t>(dimensions), steps = static_cast<std::size_t>(example.steps);
  example.values.resize(width * steps);
  for (std::size_t f = 0; f < width; ++f) {
    for (std::size_t t = 0; t < steps; ++t) example.values[t * width + f] = columns_[f * steps + t];
  }
  reader_.into.list.push_back(std::move(example));
}

std::string TsParser::read_label(std::string_view text) const {
  const auto& classes = header_.classes;
  const std::vector<std::string_view> names(classes.begin(), classes.end());
  check<DataError>(std::find(classes.begin(), classes.end(), text) != classes.end(),
                   "{}: the label '{}' is none of the header's @classLabel {}", place(), shortened(text),
                   shortened(join(names, " ")));
  return std::string(text);
}

void TsParser::read_dimension(std::string_view text, SeriesExample& example, Index dimension) {
  Index steps = 0;
  for (;; ++steps) {
    const std::size_t comma = text.find(',');
    const std::string_view cell = trimmed(text.substr(0, comma));
    const auto number = cell_number(cell);
    const auto value = number ? static_cast<float>(*number) : std::numeric_limits<float>::quiet_NaN();
    check<DataError>((number && !std::isinf(value)) || (!cell.empty() && is_missing(cell)),
                     "{}: value {} of dimension {} is '{}', expected a number", place(), steps + 1,
                     dimension + 1, shortened(cell));
    check<DataError>(number || header_.missing.value_or(true),
                     "{}: value {} of dimension {} is missing, but the header says @missing false", place(),
                     steps + 1, dimension + 1);
    columns_.push_back(value);
    if (comma == text.npos) break;
    text.remove_prefix(comma + 1);
  }
  ++steps;
  check<DataError>(dimension == 0 || steps == example.steps,
                   "{}: dimension {} has {}, expected {} as dimension 1", place(), dimension + 1,
                   counted(steps, "step"), example.steps);
  example.steps = steps;
}

/// The series must have the shape that the header says.
void TsParser::check_shape(const SeriesExample& example, Index dimensions) {
  check<DataError>(!header_.univariate.value_or(false) || dimensions == 1,
                   "{}: {}, but the header says @univariate true", example.place,
                   counted(dimensions, "dimension"));
  check<DataError>(header_.dimensions.value_or(dimensions) == dimensions,
                   "{}: {}, but the header says @dimensions {}", example.place,
                   counted(dimensions, "dimension"), header_.dimensions.value_or(0));
  check<DataError>(header_.series_length.value_or(example.steps) == example.steps,
                   "{}: {}, but the header says @seriesLength {}", example.place,
                   counted(example.steps, "step"), header_.series_length.value_or(0));
  if (header_.equal_length.value_or(false)) header_.series_length = example.steps;
  std::vector<std::string> features;
  for (Index i = 0; i < dimensions; ++i) features.push_back("dim_" + std::to_string(i));
  reader_.expect_features(features, example.place);
}

}  // namespace

void SeriesReader::read_ts(const std::filesystem::path& path) const {
  LineReader lines(path);
  check<DataError>(lines.peek(), "{}: it is empty, expected a .ts file", lines.name());
  TsParser(*this, lines).read();
}

}  // namespace recur
