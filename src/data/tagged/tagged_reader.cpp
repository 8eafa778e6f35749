#include "data/tagged/tagged_reader.h"

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "data/words/normalise.h"

namespace recur {
namespace {

namespace fs = std::filesystem;

/// Cells of a line: parted by tabs, or by white space if it has no tab.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  if (line.find('\t') == line.npos) {
    for_each_word(line, [&](std::string_view cell) { cells.push_back(cell); });
    return cells;
  }
  while (true) {
    const std::size_t end = line.find('\t');
    std::string_view cell = line.substr(0, end);
    while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
    while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
    cells.push_back(cell);
    if (end == line.npos) return cells;
    line.remove_prefix(end + 1);
  }
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for_each_word(line, [&](std::string_view word) { words.emplace_back(word); });
  return words;
}

bool is_blank(std::string_view line) { return std::ranges::all_of(line, is_space); }

std::string extension_without_gz(const fs::path& path) {
  return path.extension() == ".gz" ? path.stem().extension().string() : path.extension().string();
}

constexpr Index kConlluColumns = 10;

}  // namespace

TaggedReader::TaggedReader(const TagSource& source, const fs::path& path, bool with_tags,
                           const SeenColumns& seen)
    : source_(source), path_(path), with_tags_(with_tags) {
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  format_ = source.format;
  if (folder) {
    check<DataError>(format_ == TagFormat::slots || format_ == TagFormat::automatic,
                     "{}: is a folder, expected a file of {}", path.string(), to_name(format_));
    check<ConfigError>(source.feature_columns.empty(),
                       "{}: a folder of slots has no columns to read beside the words (feature_columns)",
                       path.string());
    format_ = TagFormat::slots;
    lines_.emplace(path / "seq.in");
    if (with_tags) tags_.emplace(path / "seq.out");
    if (with_tags && fs::exists(path / "label", ignored)) labels_.emplace(path / "label");
    return;
  }
  lines_.emplace(path);
  // A model of slots reads its sentences from plain files, too.
  if (format_ == TagFormat::slots) format_ = TagFormat::automatic;
  if (format_ == TagFormat::automatic) find_format(seen);
  check<ConfigError>(!with_tags || format_ != TagFormat::text,
                     "{}: plain text has no tags, expected columns or CoNLL-U", lines_->name());
  check<DataError>(
      format_ != TagFormat::text || source.feature_columns.empty(),
      "{}: plain text, but column {} is read beside the words (feature_columns): expected columns "
      "parted by tabs, or by spaces as in training",
      lines_->name(), source.feature_columns.empty() ? "" : source.feature_columns.front());
}

void TaggedReader::find_format(const SeenColumns& seen) {
  if (extension_without_gz(path_) == ".conllu") {
    format_ = TagFormat::conllu;
    return;
  }
  format_ = TagFormat::columns;
  if (with_tags_ || !lines_->peek()) return;
  const std::vector<std::string_view> cells = cells_of(lines_->text());
  if (lines_->text().find('\t') != std::string_view::npos) {
    if (static_cast<Index>(cells.size()) == kConlluColumns && cells[0] == "1") format_ = TagFormat::conllu;
    return;
  }
  if (!holds_columns(cells, seen)) format_ = TagFormat::text;
}

/// Whether a line without a tab, the first of a file, is one of columns rather than text.
bool TaggedReader::holds_columns(std::span<const std::string_view> cells, const SeenColumns& seen) const {
  const Index count = static_cast<Index>(cells.size());
  if (count > seen.columns || count < 2 || (seen.features.empty() && count < seen.columns)) return false;
  const TagColumns at = TagColumns::of(source_, /*conllu=*/false, count);
  const auto known = [&](const LabelSet& set, Index column) {
    return column <= count && set.id(cells[static_cast<std::size_t>(column - 1)]);
  };
  if (seen.features.empty()) return known(*seen.tags, at.tag);
  for (std::size_t k = 0; k < seen.features.size(); ++k)
    if (!known(seen.features[k], at.features[k])) return false;
  return true;
}

bool TaggedReader::next(TaggedSentence& sentence) {
  sentence = {};
  if (format_ == TagFormat::slots) return next_slots(sentence);
  if (format_ == TagFormat::text) return next_text(sentence);
  return next_block(sentence);
}

bool TaggedReader::next_text(TaggedSentence& sentence) {
  if (!lines_->next()) return false;
  sentence.place = lines_->place(lines_->line());
  sentence.words = words_of(normalise(
      lines_->text(), {.level = Level::word, .segment = Segmentation::unicode, .lower_case = false}));
  return true;
}

bool TaggedReader::next_slots(TaggedSentence& sentence) {
  const bool more = lines_->next();
  for (std::optional<LineReader>* other : {&tags_, &labels_})
    if (*other && (*other)->next() != more) {
      const LineReader &longer = more ? *lines_ : **other, &shorter = more ? **other : *lines_;
      Index count = longer.line();
      while ((more ? *lines_ : **other).next()) ++count;
      fail<DataError>(
          "{}: has {} lines and {} has {}, expected as many; {} is the first without a "
          "counterpart",
          longer.name(), count, shorter.name(), shorter.line(), longer.place(shorter.line() + 1));
    }
  if (!more) return false;
  sentence.place = lines_->place(lines_->line());
  sentence.words = words_of(lines_->text());
  check<DataError>(!sentence.words.empty(), "{}: holds no words", sentence.place);
  if (tags_) {
    sentence.tags = words_of(tags_->text());
    check<DataError>(sentence.tags.size() == sentence.words.size(), "{}: {}, but {} in {}",
                     tags_->place(tags_->line()), counted(static_cast<Index>(sentence.tags.size()), "tag"),
                     counted(static_cast<Index>(sentence.words.size()), "word"), sentence.place);
  }
  if (labels_) {
    std::string_view label = labels_->text();
    while (!label.empty() && is_space(label.back())) label.remove_suffix(1);
    check<DataError>(!label.empty(), "{}: no label, expected what the sentence is for",
                     labels_->place(labels_->line()));
    sentence.intent = label;
  }
  return true;
}

/// What the present line holds.
void TaggedReader::add(TaggedSentence& sentence) {
  const std::vector<std::string_view> cells = cells_of(lines_->text());
  const Index count = static_cast<Index>(cells.size());
  const std::string place = lines_->place(lines_->line());
  if (format_ == TagFormat::conllu) {
    check<DataError>(count == kConlluColumns, "{}: {} column{}, expected the {} of CoNLL-U, parted by tabs",
                     place, count, count == 1 ? "" : "s", kConlluColumns);
    if (cells[0].find_first_of("-.") != std::string_view::npos) return;
  }
  if (columns_.count == 0) {
    columns_ = TagColumns::of(source_, format_ == TagFormat::conllu, count);
    first_line_ = lines_->line();
    columns_.check(lines_->name(), first_line_, with_tags_);
  }
  check<DataError>(count == columns_.count, "{}: {} column{}, expected {} as in line {}", place, count,
                   count == 1 ? "" : "s", columns_.count, first_line_);
  const auto cell = [&](Index column) {
    return cells[static_cast<std::size_t>(std::min(column, count) - 1)];
  };
  const std::string_view word = cell(columns_.word);
  check<DataError>(!word.empty(), "{}: an empty word", place);
  if (sentence.words.empty()) sentence.place = place;
  sentence.words.emplace_back(word);
  sentence.features.resize(columns_.features.size());
  for (std::size_t k = 0; k < columns_.features.size(); ++k) {
    const std::string_view feature = cell(columns_.features[k]);
    check<DataError>(!feature.empty(), "{}: '{}' has nothing in column {}", place, shortened(word),
                     columns_.features[k]);
    sentence.features[k].emplace_back(feature);
  }
  if (!with_tags_) return;
  check<DataError>(!cell(columns_.tag).empty(), "{}: '{}' has no tag", place, shortened(word));
  sentence.tags.emplace_back(cell(columns_.tag));
}

bool TaggedReader::next_block(TaggedSentence& sentence) {
  bool header = false;  // of a document (CoNLL 2003): no sentence
  while (lines_->next()) {
    const std::string_view line = lines_->text();
    if (is_blank(line)) {
      header = false;
      if (!sentence.words.empty()) return true;
      continue;
    }
    if (header || (format_ == TagFormat::conllu && line.starts_with('#'))) continue;
    if (line.starts_with("-DOCSTART-")) {
      header = true;
      continue;
    }
    add(sentence);
  }
  return !sentence.words.empty();
}

TaggedSentences read_tagged(const TagSource& source, std::span<const fs::path> files) {
  TaggedSentences all;
  for (const auto& file : files) {
    TaggedReader reader(source, file, /*with_tags=*/true);
    const std::size_t before = all.list.size();
    for (TaggedSentence sentence; reader.next(sentence);) all.list.push_back(std::move(sentence));
    check<DataError>(all.list.size() > before, "{}: holds no sentences", file.string());
    all.columns = reader.columns();
  }
  return all;
}

}  // namespace recur
