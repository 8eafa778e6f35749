// From text files to a vocabulary and the tokens of each split.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/types.h"
#include "data/text/level.h"
#include "data/text/tokens.h"
#include "data/text/unit_counter.h"
#include "data/text/vocabulary.h"

namespace recur {

/// What is read, and how.
struct CorpusOptions {
  std::filesystem::path train{};
  std::filesystem::path valid{};  // empty: the end of `train`
  std::filesystem::path test{};   // empty: none
  double valid_fraction = 0.1;  // of `train`'s tokens (sub-words: lines), at its end, where `valid` is empty
  Level level = Level::character;
  UnitCounter::Limits limits{};
  std::filesystem::path vocabulary{};  // of words, one a line; empty: those of `train`
  TokensWriter::Options storage{};
};

/// The tokens of a text, and what was remarkable about them.
struct EncodedText {
  Tokens tokens{};    // of words and sub-words: after a kEndOfLine, so that the first is predicted as well
  Index units = 0;    // of the text
  Index unknown = 0;  // of them, those that are kUnknown
  bool had_byte_order_mark = false;
};

/// Encodes a file in pieces. A text of words or sub-words begins as a line does: behind the end of one.
/// Errors: IoError, FormatError, DataError as TextFile; DataError if it holds no token.
EncodedText encode_file(const std::filesystem::path& path, const Vocabulary& vocabulary,
                        const TokensWriter::Options& storage = {});

/// The words of a file, one a line; kUnknown and kEndOfLine come with them where they are not in it. Errors:
/// IoError, FormatError as LineReader; DataError for lines that are no word, or one that came before.
Vocabulary read_vocabulary(const std::filesystem::path& path);

struct Corpus {
  Vocabulary vocabulary{};
  Tokens train{}, valid{};  // all but the first of each are predicted
  std::optional<Tokens> test{};
  std::vector<std::string> notes{};  // lines for the user: unknown units, a dropped byte order mark
};

/// Reads the files. The vocabulary is fitted on the training part only, unless
/// it is given. The same files and options give the
/// same corpus. Errors: as encode_file; DataError if a part has fewer than two tokens.
Corpus read_corpus(const CorpusOptions& options);

}  // namespace recur
