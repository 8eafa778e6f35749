#include "data/text/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
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
  for (std::string_view piece; !(piece = file.next()).empty(); ids.clear()) {
    vocabulary.encode(piece, ids);
    writer.append(ids);
    if (vocabulary.unknown()) text.unknown += std::ranges::count(ids, *vocabulary.unknown());
  }
  text.tokens = writer.finish();
  check<DataError>(text.tokens.size() > 0, "{}: no {} in it, expected a text", path.string(),
                   plural(vocabulary.level()));
  return text;
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
  Corpus corpus{.vocabulary = fit_vocabulary(options, train_size)};
  const auto encode = [&](const std::filesystem::path& path) {
    EncodedText text = encode_file(path, corpus.vocabulary, options.storage);
    const std::string name = path.string();
    check<DataError>(text.tokens.size() >= kFewest, "{}: {} {}, expected at least {} (use a longer text)",
                     name, text.tokens.size(), plural(options.level), kFewest);
    if (text.had_byte_order_mark)
      corpus.notes.push_back(fmt::format("{}: its byte order mark was left out", name));
    if (text.unknown > 0) {
      corpus.notes.push_back(fmt::format(
          "{}: {} of {} {} ({:.2g} %) are {}", name, text.unknown, text.tokens.size(), plural(options.level),
          100 * static_cast<double>(text.unknown) / static_cast<double>(text.tokens.size()),
          Vocabulary::kUnknown));
    }
    return text.tokens;
  };
  corpus.train = encode(options.train);
  if (split) {
    if (options.level == Level::subword)
      train_size = tokens_of_lines(corpus.train, corpus.vocabulary.id(kEndOfLine), train_size);
    corpus.valid = corpus.train.slice(train_size, corpus.train.size());
    corpus.train = corpus.train.slice(0, train_size);
  } else {
    corpus.valid = encode(options.valid);
  }
  if (!options.test.empty()) corpus.test = encode(options.test);
  return corpus;
}

}  // namespace recur
