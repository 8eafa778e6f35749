// Sentences whose words have tags, read from files.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/types.h"
#include "data/files/line_reader.h"
#include "data/labels/label_set.h"
#include "data/tagged/tag_columns.h"
#include "data/tagged/tag_source.h"

namespace recur {

struct TaggedSentence {
  std::vector<std::string> words{}, tags{};          ///< as many tags as words, or none where none are read
  std::vector<std::vector<std::string>> features{};  ///< for each feature column, one a word
  std::string intent{};  ///< what the whole sentence wants, where the files say so
  std::string place{};   ///< of its first word: "train.txt:17"
};

/// What tells a file of columns from one of plain text where no tags are asked for: what training saw.
struct SeenColumns {
  Index columns = 0;
  const LabelSet* tags = nullptr;
  std::span<const LabelSet> features{};  ///< what each feature column held
};

/// Reads sentence after sentence of a file, or of standard input ("-").
///
/// Without tags, and in format auto, a file of no telling name holds columns if its first line has a tab, or
/// as many columns as training saw and a known tag where a tag should be; else it is text, a sentence a line.
/// Then only the words and the feature columns are asked for: a file of columns may lack the last ones. Where
/// there are feature columns, the first line without a tab must have known values in them, in place of a
/// known tag; text has none, and is refused.
///
/// Errors: those of LineReader; DataError, with file and line, for lines with another number of columns than
/// the first, an empty word or tag, or parts of a folder that do not go together; ConfigError for columns
/// that there are not.
class TaggedReader {
 public:
  TaggedReader(const TagSource& source, const std::filesystem::path& path, bool with_tags,
               const SeenColumns& seen = {});

  /// False at the end. A sentence of text may be empty, others have a word.
  bool next(TaggedSentence& sentence);
  /// Columns of a line, as far as lines were read; 0 for formats that have none.
  Index columns() const { return columns_.count; }
  /// Whether it reads plain text.
  bool is_text() const { return format_ == TagFormat::text; }

 private:
  bool next_block(TaggedSentence& sentence);
  bool next_slots(TaggedSentence& sentence);
  bool next_text(TaggedSentence& sentence);
  void find_format(const SeenColumns& seen);
  bool holds_columns(std::span<const std::string_view> cells, const SeenColumns& seen) const;
  void add(TaggedSentence& sentence);

  TagSource source_;
  std::filesystem::path path_;
  bool with_tags_;
  TagFormat format_ = TagFormat::columns;
  std::optional<LineReader> lines_;          // of slots: of seq.in
  std::optional<LineReader> tags_, labels_;  // of slots: seq.out, and label where there is one
  TagColumns columns_;
  Index first_line_ = 0;
};

/// All sentences of files, in their order, with their tags. Throws as TaggedReader; DataError for a file
/// without sentences.
struct TaggedSentences {
  std::vector<TaggedSentence> list{};
  Index columns = 0;  ///< of the last file, as TaggedReader
};
TaggedSentences read_tagged(const TagSource& source, std::span<const std::filesystem::path> files);

}  // namespace recur
