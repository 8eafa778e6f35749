#include "data/words/vectors.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "data/files/line_reader.h"
#include "data/words/normalise.h"

namespace recur {
namespace {

/// word2vec cuts long words anywhere, so that not all lines are UTF-8.
constexpr LineReader::Options kLines{.check_utf8 = false};

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> out;
  for_each_word(line, [&](std::string_view word) { out.push_back(word); });
  return out;
}

bool is_header(const std::vector<std::string_view>& fields) {
  return fields.size() == 2 && parse_integer(fields[0]) && parse_integer(fields[1]);
}

/// Width of the vectors, from the first line.
Index width_of(const std::filesystem::path& path, const std::vector<std::string_view>& first) {
  const Index width = is_header(first) ? *parse_integer(first[1]) : static_cast<Index>(first.size()) - 1;
  check<DataError>(width >= 1 && width <= 1 << 20,
                   "{}:1: '{}' is not a word and its vector (expected text as GloVe or word2vec write it)",
                   path.string(), first.empty() ? "" : shortened(first[0]));
  return width;
}

}  // namespace

Index vector_width(const std::filesystem::path& path) {
  LineReader lines(path, kLines);
  return width_of(path, lines.next() ? fields_of(lines.text()) : std::vector<std::string_view>{});
}

WordVectors read_word_vectors(const std::filesystem::path& path, const Vocabulary& vocabulary) {
  RECUR_ASSERT(vocabulary.level() == Level::word);
  LineReader lines(path, kLines);
  Index width = 0, promised = -1, vectors = 0;
  WordVectors out{.table = {}, .found = std::vector<bool>(static_cast<std::size_t>(vocabulary.size()))};
  std::vector<bool> as_it_is = out.found;
  while (lines.next()) {
    const std::vector<std::string_view> fields = fields_of(lines.text());
    if (lines.line() == 1) {
      width = width_of(path, fields);
      out.table = Tensor::zeros({vocabulary.size(), width}, DType::f32);
      if (is_header(fields)) {
        promised = *parse_integer(fields[0]);
        continue;
      }
    }
    if (fields.empty()) continue;
    ++vectors;
    // Some of GloVe's words hold spaces: the numbers are the last fields.
    const Index numbers = static_cast<Index>(fields.size()) - 1;
    check<DataError>(numbers >= width, "{}:{}: '{}' has {} numbers, expected {} as in the first line",
                     path.string(), lines.line(), shortened(fields[0]), numbers, width);
    if (numbers > width) continue;
    std::int32_t id = vocabulary.id(fields[0]);
    const bool exact = id != vocabulary.unknown();
    if (!exact) {
      if (find_invalid_utf8(fields[0])) continue;  // no vocabulary has them
      id = vocabulary.id(lower_case(fields[0]));
    }
    const auto row = static_cast<std::size_t>(id);
    if (id == vocabulary.unknown() || as_it_is[row] || (!exact && out.found[row])) continue;
    for (Index i = 0; i < width; ++i) {
      const std::string_view field = fields[static_cast<std::size_t>(i + 1)];
      const std::optional<double> number = parse_number(field);
      check<DataError>(number && std::abs(*number) <= std::numeric_limits<float>::max(),
                       "{}:{}: number {} of '{}' is '{}', expected a number", path.string(), lines.line(),
                       i + 1, shortened(fields[0]), shortened(field));
      out.table.data<float>()[id * width + i] = static_cast<float>(*number);
    }
    as_it_is[row] = exact;
    out.found[row] = true;
  }
  check<DataError>(promised < 0 || promised == vectors,
                   "{}: holds {} vectors, expected {} as its first line says; the file was cut, or joined",
                   path.string(), vectors, promised);
  check<DataError>(width > 0, "{}: is empty, expected word vectors", path.string());
  out.count = std::ranges::count(out.found, true);
  out.note = fmt::format("{} of {} words have a vector in {}", format_count(out.count),
                         format_count(vocabulary.size() - 1), path.filename().string());
  return out;
}

void check_vectors(const VectorsConfig& config, std::string_view reads) {
  check<ConfigError>(config.init_from.empty() || reads != "series",
                     "--init-from begins with a language model, and the model reads series");
  check<ConfigError>(
      config.init_from.empty() || config.vectors.empty(),
      "--vectors and --init-from both say what the embedding begins with; leave one of them out");
  check<ConfigError>(config.vectors.empty() || reads == plural(Level::word),
                     "--vectors are of words, and the model reads {}", reads);
  check<ConfigError>(
      config.tune_vectors || !config.vectors.empty(),
      "--no-tune-vectors leaves vectors as they are, and none are given; give them with --vectors FILE");
}

void put_vectors(const WordVectors& vectors, bool tuned, Parameter& embedding) {
  RECUR_ASSERT(embedding.value.shape() == vectors.table.shape());
  const Index width = vectors.table.dim(1);
  for (Index word = 0; word < vectors.table.dim(0); ++word)
    if (vectors.found[static_cast<std::size_t>(word)])
      std::copy_n(vectors.table.data<float>() + word * width, width,
                  embedding.value.data<float>() + word * width);
  ++embedding.version;
  if (!tuned) embedding.kind = ParameterKind::statistic;
}

std::string begin_with_vectors(const VectorsConfig& config, const Vocabulary& vocabulary,
                               Parameter& embedding) {
  const WordVectors vectors = read_word_vectors(config.vectors, vocabulary);
  put_vectors(vectors, config.tune_vectors, embedding);
  return vectors.note;
}

}  // namespace recur
