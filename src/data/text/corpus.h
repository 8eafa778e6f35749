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
  TokensWriter::Options storage{};
};

/// The tokens of a text, and what was remarkable about them.
struct EncodedText {
  Tokens tokens{};
  Index unknown = 0;  // tokens that are kUnknown
  bool had_byte_order_mark = false;
};

/// Encodes a file in pieces. Errors: IoError, FormatError, DataError as TextFile; DataError if it holds no
/// token.
EncodedText encode_file(const std::filesystem::path& path, const Vocabulary& vocabulary,
                        const TokensWriter::Options& storage = {});

struct Corpus {
  Vocabulary vocabulary{};
  Tokens train{}, valid{};
  std::optional<Tokens> test{};
  std::vector<std::string> notes{};  // lines for the user: unknown units, a dropped byte order mark
};

/// Reads the files. The vocabulary is fitted on the training part only. The same files and options give the
/// same corpus. Errors: as encode_file; DataError if a part has fewer than two tokens.
Corpus read_corpus(const CorpusOptions& options);

}  // namespace recur
