// Schemes of tags: which a file is in, one made of another, what may follow what.
#include <gtest/gtest.h>

#include "base/error.h"
#include "tasks/tag/scheme.h"

namespace recur {
namespace {

using Tags = std::vector<std::string>;

std::vector<TaggedSentence> sentences(const std::vector<Tags>& tags) {
  std::vector<TaggedSentence> out;
  for (const Tags& list : tags) out.push_back({.words = Tags(list.size(), "w"), .tags = list});
  return out;
}

struct Found {
  TagScheme scheme;
  std::vector<std::string> notes;
};
Found find(const std::vector<Tags>& tags, TagScheme asked = TagScheme::automatic) {
  Found found{TagScheme::none, {}};
  found.scheme = find_scheme(asked, sentences(tags), found.notes);
  return found;
}

TEST(TagSchemes, AreFoundAndChangesAreTold) {
  EXPECT_EQ(find({{"NN", "VB-D", "O"}}).scheme, TagScheme::none);
  EXPECT_EQ(find({{"O", "O"}}).scheme, TagScheme::none);

  const Found iob2 = find({{"O", "B-x", "I-x", "B-x"}, {"B-y", "O"}});
  EXPECT_EQ(iob2.scheme, TagScheme::iob2);
  EXPECT_TRUE(iob2.notes.empty());

  const Found iob1 = find({{"O", "I-x", "I-x", "B-x"}, {"I-y", "O"}});
  EXPECT_EQ(iob1.scheme, TagScheme::iob2);
  EXPECT_EQ(iob1.notes, Tags{"the tags are IOB1; the model learns IOB2"});

  const Found bioes = find({{"S-x", "O"}, {"B-y", "E-y"}});
  EXPECT_EQ(bioes.scheme, TagScheme::bioes);
  EXPECT_TRUE(bioes.notes.empty());

  const Found stray = find({{"O", "B-x", "I-y", "O"}, {"O", "B-x"}});
  EXPECT_EQ(stray.notes, Tags{"1 chunk begins with I-: taken for B-, as conlleval does"});

  EXPECT_EQ(find({{"B-x", "I-x"}}, TagScheme::bioes).notes,
            Tags{"the tags are IOB2; the model learns BIOES"});
  EXPECT_EQ(find({{"B-x", "I-x"}}, TagScheme::none).scheme, TagScheme::none);
  EXPECT_THROW(find({{"NN", "VB"}}, TagScheme::iob2), ConfigError);
}

TEST(TagSchemes, AreMadeOfEachOtherWithTheSameChunks) {
  const Tags iob1{"I-x", "I-x", "B-x", "O", "I-y", "I-x"};
  Tags tags = iob1;
  rewrite(tags, TagScheme::iob2);
  EXPECT_EQ(tags, (Tags{"B-x", "I-x", "B-x", "O", "B-y", "B-x"}));
  rewrite(tags, TagScheme::bioes);
  EXPECT_EQ(tags, (Tags{"B-x", "E-x", "S-x", "O", "S-y", "S-x"}));
  EXPECT_EQ(chunks_of(tags), chunks_of(iob1));
  rewrite(tags, TagScheme::none);
  EXPECT_EQ(tags[0], "B-x");
}

/// Whether the rules allow a sentence.
bool allowed(const LabelSet& names, TagScheme scheme, const Tags& tags) {
  const ChainRules rules = rules_of(names, scheme);
  const auto count = static_cast<std::size_t>(names.size());
  std::size_t before = 0;
  for (std::size_t t = 0; t < tags.size(); ++t) {
    const auto id = static_cast<std::size_t>(*names.id(tags[t]));
    if (t == 0 ? !rules.begin[id] : !rules.follow[before * count + id]) return false;
    before = id;
  }
  return rules.end[before] != 0;
}

// Of all sentences of three tags, those are allowed that are written as their chunks are.
TEST(TagSchemes, RulesAllowWhatTheSchemeWrites) {
  for (const TagScheme scheme : {TagScheme::iob2, TagScheme::bioes}) {
    Tags names{"O"};
    for (const char* type : {"x", "y"})
      for (const char* place : {"B-", "I-", "E-", "S-"})
        if (scheme == TagScheme::bioes || place[0] == 'B' || place[0] == 'I')
          names.push_back(std::string(place) + type);
    const LabelSet set(names);
    for (const std::string& a : names)
      for (const std::string& b : names)
        for (const std::string& c : names) {
          const Tags tags{a, b, c};
          EXPECT_EQ(allowed(set, scheme, tags), tags == tags_of(chunks_of(tags), 3, scheme))
              << a << " " << b << " " << c;
        }
  }
  const LabelSet set({"NN", "VB"});
  EXPECT_EQ(rules_of(set, TagScheme::none), ChainRules::free(2));
}

}  // namespace
}  // namespace recur
