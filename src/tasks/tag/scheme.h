// How tags mark chunks of words (entities, phrases, slots): which scheme they are in, and one made of
// another.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "data/labels/label_set.h"
#include "data/tagged/tagged_reader.h"
#include "metrics/chunks.h"
#include "nn/crf.h"

namespace recur {

/// What a model learns. none: tags that mark no chunks, as parts of speech. iob2: B- at the first word of a
/// chunk, I- at the others. bioes: also E- at the last, S- at a single one. automatic: bioes of data that are
/// so, iob2 of others with chunks.
enum class TagScheme { automatic, none, iob2, bioes };
constexpr std::array<std::string_view, 4> names_of(TagScheme) { return {"auto", "none", "iob2", "bioes"}; }

/// Finds the scheme that a model of these sentences learns, and writes their tags in it. What was changed is
/// told in a note. Throws ConfigError for a scheme of chunks where the tags mark none.
TagScheme find_scheme(TagScheme asked, const std::vector<TaggedSentence>& sentences,
                      std::vector<std::string>& notes);

/// Tags for these chunks of a sentence of `words` words.
std::vector<std::string> tags_of(const std::vector<Chunk>& chunks, std::size_t words, TagScheme scheme);
/// The same chunks in another scheme; none changes nothing.
void rewrite(std::vector<std::string>& tags, TagScheme scheme);

/// What may follow what.
ChainRules rules_of(const LabelSet& tags, TagScheme scheme);

}  // namespace recur
