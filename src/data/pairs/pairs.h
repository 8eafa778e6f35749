// Pairs of texts: what is read, and what is to come of it.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/pairs/pair_source.h"

namespace recur {

struct TextPair {
  std::string source{}, target{};
  std::string place{};                ///< of the source: "train.de:17"
  std::vector<std::string> before{};  ///< what was said before the source, the oldest first
};

/// Makes conversations of pairs: where the source of a pair is the target of the one before it, what went
/// before that is known, the last `most` utterances of it.
void link_turns(std::vector<TextPair>& pairs, Index most);

/// All pairs of a split, in their order. Throws DataError for two files of different numbers of lines, naming
/// both and the first line past the shorter one, and for a split without pairs; ConfigError for files that go
/// together in no way, or columns that there are not; otherwise as LineReader and RowReader.
std::vector<TextPair> read_pairs(const PairSource& source, std::span<const std::filesystem::path> files);

/// Hands each source of a file, or of standard input ("-"), to `sink`: each line, or of a file whose name
/// says that it is a table the column of the sources.
void read_sources(const PairSource& source, const std::filesystem::path& file,
                  const std::function<void(std::string_view)>& sink);

/// What a user gives where a single path is expected: "test.tsv", or "test.de,test.en".
std::vector<std::filesystem::path> split_files(const std::filesystem::path& given);

}  // namespace recur
