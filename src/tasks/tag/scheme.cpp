#include "tasks/tag/scheme.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace recur {
namespace {

/// What the tags of sentences look like.
struct Look {
  bool chunks = false;         // every tag is O or a place and a type
  bool ends = false;           // last words are marked
  Index begun_inside = 0;      // chunks that begin with I-
  Index begun_needlessly = 0;  // chunks that begin with B- though none of their type goes before
};

Look look_at(const std::vector<TaggedSentence>& sentences) {
  constexpr std::string_view kPlaces = "BIESLU";
  Look look;
  for (const TaggedSentence& sentence : sentences) {
    ChunkTag before{"O", {}};
    for (const std::string& text : sentence.tags) {
      const ChunkTag tag = ChunkTag::of(text);
      if (!tag.outside()) {
        if (tag.place.size() != 1 || kPlaces.find(tag.place[0]) == kPlaces.npos || tag.type.empty())
          return {};
        look.chunks = true;
        look.ends = look.ends || tag.ends();
        const bool follows = !before.outside() && before.type == tag.type;
        if (tag.place == "I" && (!follows || before.ends())) ++look.begun_inside;
        if (tag.place == "B" && !follows) ++look.begun_needlessly;
      }
      before = tag;
    }
  }
  return look;
}

}  // namespace

TagScheme find_scheme(TagScheme asked, const std::vector<TaggedSentence>& sentences,
                      std::vector<std::string>& notes) {
  if (asked == TagScheme::none) return asked;
  const Look look = look_at(sentences);
  check<ConfigError>(
      look.chunks || asked == TagScheme::automatic,
      "scheme is {}, but the tags mark no chunks (expected O, B-type, I-type, …; is it the right "
      "column?)",
      to_name(asked));
  if (!look.chunks) return TagScheme::none;
  const TagScheme learned = asked != TagScheme::automatic ? asked
                            : look.ends                   ? TagScheme::bioes
                                                          : TagScheme::iob2;
  const bool iob1 = !look.ends && look.begun_inside > 0 && look.begun_needlessly == 0;
  const std::string_view found = look.ends ? "BIOES" : iob1 ? "IOB1" : "IOB2";
  const std::string_view name = learned == TagScheme::bioes ? "BIOES" : "IOB2";
  if (found != name) notes.push_back(fmt::format("the tags are {}; the model learns {}", found, name));
  if (!iob1 && look.begun_inside > 0)
    notes.push_back(fmt::format(
        "{} with I-: taken for B-, as conlleval does",
        look.begun_inside == 1 ? "1 chunk begins" : format_count(look.begun_inside) + " chunks begin"));
  return learned;
}

std::vector<std::string> tags_of(const std::vector<Chunk>& chunks, std::size_t words, TagScheme scheme) {
  const bool ends = scheme == TagScheme::bioes;
  std::vector<std::string> tags(words, "O");
  for (const Chunk& chunk : chunks)
    for (Index t = chunk.begin; t < chunk.end; ++t) {
      const bool first = t == chunk.begin, last = ends && t + 1 == chunk.end;
      tags[static_cast<std::size_t>(t)] = (first ? (last ? "S-" : "B-") : last ? "E-" : "I-") + chunk.type;
    }
  return tags;
}

void rewrite(std::vector<std::string>& tags, TagScheme scheme) {
  if (scheme != TagScheme::none) tags = tags_of(chunks_of(tags), tags.size(), scheme);
}

ChainRules rules_of(const LabelSet& tags, TagScheme scheme) {
  const auto count = static_cast<std::size_t>(tags.size());
  ChainRules rules = ChainRules::free(tags.size());
  if (scheme == TagScheme::none) return rules;
  // Whether a chunk is open after a tag, and whether a tag needs one.
  const auto opens = [&](const ChunkTag& tag) {
    return !tag.outside() && (scheme == TagScheme::iob2 || !tag.ends());
  };
  const auto continues = [&](const ChunkTag& tag) { return !tag.outside() && !tag.begins(); };
  for (std::size_t j = 0; j < count; ++j) {
    const ChunkTag to = ChunkTag::of(tags.name(static_cast<Index>(j)));
    rules.begin[j] = !continues(to);
    rules.end[j] = scheme == TagScheme::iob2 || !opens(to);
    for (std::size_t i = 0; i < count; ++i) {
      const ChunkTag from = ChunkTag::of(tags.name(static_cast<Index>(i)));
      bool may = !continues(to) || (opens(from) && from.type == to.type);
      // In bioes a chunk that is open must go on.
      if (scheme == TagScheme::bioes && opens(from)) may = may && continues(to);
      rules.follow[i * count + j] = may;
    }
  }
  return rules;
}

}  // namespace recur
