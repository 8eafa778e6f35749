// Where tagged sentences come from: the options of [data] that say what is read, and how.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"

namespace recur {

/// How a file of tagged sentences is written. `automatic`: by what it is; a folder is slots, a name that ends
/// in .conllu (.gz left out) is conllu, anything else columns; without tags see TaggedReader.
/// - columns: a token a line, its columns parted by tabs, or by spaces where the line has none; an empty line
///   ends a sentence (CoNLL 2000 to 2003).
/// - conllu: Universal Dependencies; comments, empty nodes and ranges of tokens are left out.
/// - slots: a folder of the files seq.in, seq.out and label, a sentence a line (ATIS and SNIPS).
/// - text: sentences as people write them, one a line, without tags.
enum class TagFormat { automatic, columns, conllu, slots, text };
constexpr std::array<std::string_view, 5> names_of(TagFormat) {
  return {"auto", "columns", "conllu", "slots", "text"};
}

struct TagSource {
  std::vector<std::filesystem::path> train{}, valid{}, test{};
  TagFormat format = TagFormat::automatic;
  std::string word_column{}, tag_column{};
  std::vector<std::string> feature_columns{};

  static constexpr auto fields = std::tuple{
      field(
          "train", &TagSource::train,
          "files to train on: CoNLL columns or CoNLL-U, plain or .gz; folders of seq.in, seq.out and label"),
      field("valid", &TagSource::valid, "files to validate on; not given: a part of the training sentences"),
      field("test", &TagSource::test, "files to score at the end"),
      field("format", &TagSource::format, "how the files are written; auto: by what they are"),
      field("word_column", &TagSource::word_column,
            "column of the words, by number from 1; not given: the first, of CoNLL-U the second"),
      field(
          "tag_column", &TagSource::tag_column,
          "column of the tags: a number from 1, 'last', or of CoNLL-U 'upos' or 'xpos'; not given: the last, "
          "of CoNLL-U upos"),
      field("feature_columns", &TagSource::feature_columns,
            "columns read beside the words, such as parts of speech: numbers from 1, of CoNLL-U also "
            "'upos' and 'xpos'"),
  };
};

}  // namespace recur
