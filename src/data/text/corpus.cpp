#include "data/text/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "base/error.h"
#include "data/files/line_reader.h"
#include "data/text/text_file.h"

namespace recur {
namespace {

/// How many tokens the first `lines` lines of a text have.
Index tokens_of_lines(const Tokens& tokens, std::int32_t end_of_line, Index lines) {
  std::vector<std::int32_t> piece;
  for (Index at = 0; at < tokens.size(); at += static_cast<Index>(piece.size())) {
    piece.resize(static_cast<std::size_t>(std::min<Index>(4096, tokens.size() - at)));
    tokens.read(at, piece);
    for (std::size_t i = 0; i < piece.size(); ++i)
      if (piece[i] == end_of_line && --lines == 0) return at + static_cast<Index>(i) + 1;
  }
  return tokens.size();
}

/// Tokens of a part: one, and another to predict.
constexpr Index kFewest = 2;

Index count_tokens(const std::filesystem::path& path, Level level) {
  TextFile file(path, level);
  Index count = 0;
  for (std::string_view piece; !(piece = file.next()).empty();) count += count_units(level, piece);
  return count;
}

/// Of the first `limit` tokens.
Vocabulary fit_vocabulary(const CorpusOptions& options, Index limit) {
  TextFile file(options.train, options.level);
  UnitCounter counter(options.level);
  for (std::string_view piece; limit > 0 && !(piece = file.next()).empty();)
    limit -= counter.add(piece, limit);
  return counter.vocabulary(options.limits);
}

}  // namespace

EncodedText encode_file(const std::filesystem::path& path, const Vocabulary& vocabulary,
                        const TokensWriter::Options& storage) {
  TextFile file(path, vocabulary.level());
  EncodedText text{.had_byte_order_mark = file.had_byte_order_mark()};
  TokensWriter writer(vocabulary.size(), storage);
  std::vector<std::int32_t> ids;
  if (ends_lines(vocabulary.level())) {
    ids.push_back(vocabulary.id(kEndOfLine));
    writer.append(ids);
    ids.clear();
  }
  for (std::string_view piece; !(piece = file.next()).empty(); ids.clear()) {
    vocabulary.encode(piece, ids);
    writer.append(ids);
    text.units += static_cast<Index>(ids.size());
    if (vocabulary.unknown()) text.unknown += std::ranges::count(ids, *vocabulary.unknown());
  }
  text.tokens = writer.finish();
  check<DataError>(text.units > 0, "{}: no {} in it, expected a text", path.string(),
                   plural(vocabulary.level()));
  return text;
}

Vocabulary read_vocabulary(const std::filesystem::path& path) {
  std::vector<std::string> words{std::string(Vocabulary::kUnknown)};
  std::unordered_map<std::string, Index> line_of;
  LineReader lines(path);
  while (lines.next()) {
    const std::string word(lines.text());
    check<DataError>(!word.empty() && std::ranges::none_of(word, is_space),
                     "{}: '{}', expected one word without spaces", lines.place(lines.line()), word);
    const auto [before, is_new] = line_of.try_emplace(word, lines.line());
    check<DataError>(is_new, "{}: '{}' stands in line {} already; each word once is expected",
                     lines.place(lines.line()), word, before->second);
    if (word != Vocabulary::kUnknown) words.push_back(word);
  }
  check<DataError>(!line_of.empty(), "{}: no words in it, expected one a line", path.string());
  if (!line_of.contains(std::string(kEndOfLine))) words.emplace_back(kEndOfLine);
  return Vocabulary(Level::word, std::move(words));
}

Corpus read_corpus(const CorpusOptions& options) {
  const bool split = options.valid.empty();
  Index train_size = std::numeric_limits<Index>::max();
  if (split) {
    const Index total = count_tokens(options.train, options.level);
    train_size = static_cast<Index>(static_cast<double>(total) * (1 - options.valid_fraction));
    check<DataError>(
        total == 0 || (train_size >= kFewest && total - train_size >= kFewest),
        "{}: {} {} are too few to keep {} of them for validation (use a longer text, or --valid)",
        options.train.string(), total, counted_plural(options.level), options.valid_fraction);
  }
  Corpus corpus{.vocabulary = options.vocabulary.empty() ? fit_vocabulary(options, train_size)
                                                         : read_vocabulary(options.vocabulary)};
  const auto encode = [&](const std::filesystem::path& path) {
    EncodedText text = encode_file(path, corpus.vocabulary, options.storage);
    const std::string name = path.string();
    check<DataError>(text.units >= kFewest, "{}: {} {}, expected at least {} (use a longer text)", name,
                     text.units, plural(options.level), kFewest);
    if (text.had_byte_order_mark)
      corpus.notes.push_back(fmt::format("{}: its byte order mark was left out", name));
    if (text.unknown > 0) {
      corpus.notes.push_back(fmt::format(
          "{}: {} of {} {} ({:.2g} %) are {}", name, text.unknown, text.units, plural(options.level),
          100 * static_cast<double>(text.unknown) / static_cast<double>(text.units), Vocabulary::kUnknown));
    }
    return text.tokens;
  };
  corpus.train = encode(options.train);
  if (split) {
    // Of lines, the last unit of the training part comes before the first that validates.
    const Index before = ends_lines(options.level) ? 1 : 0;
    if (options.level == Level::subword)
      train_size = tokens_of_lines(corpus.train.slice(before, corpus.train.size()),
                                   corpus.vocabulary.id(kEndOfLine), train_size);
    corpus.valid = corpus.train.slice(train_size, corpus.train.size());
    corpus.train = corpus.train.slice(0, before + train_size);
  } else {
    corpus.valid = encode(options.valid);
  }
  if (!options.test.empty()) corpus.test = encode(options.test);
  return corpus;
}

}  // namespace recur
