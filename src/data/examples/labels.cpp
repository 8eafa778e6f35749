#include "data/examples/labels.h"

#include "base/error.h"
#include "data/table/json_rows.h"
#include "data/text/level.h"

namespace recur {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

LabelReader::LabelReader(const ExampleSource& source) : separator_(source.label_separator) {
  for (const std::string& entry : source.label_map) {
    const std::size_t equals = entry.find('=');
    check<ConfigError>(equals != entry.npos && equals > 0 && equals + 1 < entry.size(),
                       "label_map holds '{}', expected old=new (as in 0=negative,1=positive)", entry);
    const bool added = names_.emplace(entry.substr(0, equals), entry.substr(equals + 1)).second;
    check<ConfigError>(added, "label_map renames '{}' twice", entry.substr(0, equals));
  }
}

std::string LabelReader::rename(std::string_view label) const {
  const auto found = names_.find(label);
  return found == names_.end() ? std::string(label) : found->second;
}

std::vector<std::string> LabelReader::read(std::string_view cell, const std::string& place) const {
  const bool list = cell.find(kListSeparator) != cell.npos;
  const std::string_view separator = list ? std::string_view(&kListSeparator, 1) : separator_;
  std::vector<std::string> labels;
  cell = trimmed(cell);
  if (cell.empty() && !separator_.empty()) return labels;
  for (;;) {
    const std::size_t end = separator.empty() ? cell.npos : cell.find(separator);
    const std::string_view label = trimmed(cell.substr(0, end));
    check<DataError>(!label.empty(), "{}: an empty label, expected the name of a class", place);
    labels.push_back(rename(label));
    if (end == cell.npos) return labels;
    cell.remove_prefix(end + separator.size());
  }
}

}  // namespace recur
