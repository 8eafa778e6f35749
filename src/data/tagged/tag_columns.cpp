#include "data/tagged/tag_columns.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace recur {

TagColumns TagColumns::of(const TagSource& source, bool conllu, Index count) {
  const auto number = [&](const std::string& asked, const char* option, Index usual) {
    if (asked.empty() && usual > 0) return usual;
    if (asked == "last") return count;
    if (conllu && asked == "upos") return Index{4};
    if (conllu && asked == "xpos") return Index{5};
    const std::optional<Index> n = parse_integer(asked);
    recur::check<ConfigError>(n && *n >= 1, "{} is '{}', expected a number from 1{}", option, asked,
                              conllu ? ", 'upos' or 'xpos'" : " or 'last'");
    return *n;
  };
  TagColumns columns{.count = count,
                     .word = number(source.word_column, "word_column", conllu ? 2 : 1),
                     .tag = number(source.tag_column, "tag_column", conllu ? 4 : count)};
  for (const std::string& feature : source.feature_columns)
    columns.features.push_back(number(feature, "feature_columns", 0));
  return columns;
}

void TagColumns::check(const std::string& file, Index line, bool with_tags) const {
  const std::string seen = fmt::format("line {} has {}", line, counted(count, "column"));
  const auto there = [&](const char* option, Index column) {
    recur::check<ConfigError>(column <= count, "{}: {} is {}, but {}", file, option, column, seen);
  };
  const auto apart = [&](Index a, const char* of_a, Index b, const char* of_b) {
    recur::check<ConfigError>(a != b, "{}: column {} cannot hold both {} and {} ({})", file, a, of_a, of_b,
                              seen);
  };
  if (with_tags) {
    there("word_column", word);
    there("tag_column", tag);
    apart(word, "words", tag, "tags");
  }
  for (auto feature = features.begin(); feature != features.end(); ++feature) {
    there("feature_columns", *feature);
    apart(word, "words", *feature, "a feature");
    if (with_tags) apart(tag, "tags", *feature, "a feature");
    recur::check<ConfigError>(std::find(features.begin(), feature, *feature) == feature,
                              "{}: feature_columns names column {} twice", file, *feature);
  }
}

}  // namespace recur
