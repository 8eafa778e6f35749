// Changed words: which, how often, and that the rest of a row stays.
#include "tasks/augment.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/error.h"

namespace recur {
namespace {

TEST(WordDropout, LeavesEachWordOutAsOftenAsItIsAsked) {
  constexpr Index kSteps = 4000;
  const Tensor rows = Tensor::empty({kSteps, 2}, DType::i32);
  for (Index t = 0; t < kSteps; ++t) {
    rows.data<std::int32_t>()[2 * t] = static_cast<std::int32_t>(1 + t % 4);
    rows.data<std::int32_t>()[2 * t + 1] = 7;
  }
  ThreadPool pool(1);
  const Pass pass{.pool = pool};
  const auto share_of = [](std::int32_t word) { return word == 1 ? 0 : word == 2 ? 1 : 0.25 * (word - 2); };
  const Tensor dropped = drop_words(rows, share_of, /*unknown=*/0, pass, 3);
  Index gone[5]{};
  for (Index t = 0; t < kSteps; ++t) {
    const std::int32_t word = dropped.data<std::int32_t>()[2 * t];
    EXPECT_TRUE(word == 0 || word == 1 + t % 4);
    gone[1 + t % 4] += word == 0;
    EXPECT_EQ(dropped.data<std::int32_t>()[2 * t + 1], 7);
  }
  EXPECT_EQ(gone[1], 0);
  EXPECT_EQ(gone[2], kSteps / 4);
  EXPECT_NEAR(static_cast<double>(gone[3]), 250, 50);
  EXPECT_NEAR(static_cast<double>(gone[4]), 500, 60);
  EXPECT_EQ(rows.data<std::int32_t>()[0], 1) << "what was given stays";
}

constexpr Index kMany = 4000;

/// Rows of two columns: the word t % words, and t.
Tensor counted_rows(Index words) {
  const Tensor rows = Tensor::empty({kMany, 2}, DType::i32);
  for (Index t = 0; t < kMany; ++t) {
    rows.data<std::int32_t>()[2 * t] = static_cast<std::int32_t>(t % words);
    rows.data<std::int32_t>()[2 * t + 1] = static_cast<std::int32_t>(t);
  }
  return rows;
}

TEST(WordSwap, SwapsWholeRowsOfNeighbours) {
  ThreadPool pool(1);
  const Pass pass{.pool = pool, .seed = 7};
  const Tensor rows = counted_rows(kMany);
  const auto may = [](Index t) { return t % 5 != 0; };
  const Tensor swapped = swap_words(rows, 0.25, may, pass, 0);
  Index swaps = 0;
  for (Index t = 0; t < kMany; ++t) {
    const std::int32_t word = swapped.data<std::int32_t>()[2 * t];
    EXPECT_EQ(swapped.data<std::int32_t>()[2 * t + 1], word) << "whole rows";
    if (word == t) continue;
    EXPECT_TRUE(may(t)) << t;
    ASSERT_EQ(word, t + 1);
    ASSERT_EQ(swapped.data<std::int32_t>()[2 * (t + 1)], t);
    ++swaps;
    ++t;
  }
  EXPECT_NEAR(static_cast<double>(swaps), kMany * 0.25 * 0.8 * 0.82, 60) << "none twice";
  EXPECT_EQ(rows.data<std::int32_t>()[0], 0) << "what was given stays";
  const Tensor again = swap_words(rows, 0.25, may, pass, 0), other = swap_words(rows, 0.25, may, pass, 1);
  const auto same = [&](const Tensor& a) {
    return std::equal(a.data<std::int32_t>(), a.data<std::int32_t>() + a.size(),
                      swapped.data<std::int32_t>());
  };
  EXPECT_TRUE(same(again));
  EXPECT_FALSE(same(other));
}

class SynonymFile : public ::testing::Test {
 protected:
  ~SynonymFile() override { std::filesystem::remove(path_); }

  /// Words are single letters; 'a' is 0. Those behind 'y' are unknown; a second column says the same but of
  /// 'b', which keeps what is there.
  Synonyms read(const std::string& text) const {
    std::ofstream(path_) << text;
    return Synonyms::read(path_, [](std::string_view word) -> std::optional<WordRow> {
      if (word.size() != 1 || word[0] > 'y') return std::nullopt;
      return WordRow{word[0] - 'a', word[0] == 'b' ? kSameColumn : 100 + word[0] - 'a'};
    });
  }
  std::set<std::int32_t> of(const Synonyms& synonyms, char word) const {
    std::set<std::int32_t> ids;
    if (const auto* rows = synonyms.of(word - 'a'))
      for (const WordRow& row : *rows) ids.insert(row.front() + 'a');
    return ids;
  }

  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("recur-synonyms-" + std::to_string(::getpid()));
};

TEST_F(SynonymFile, HoldsWordsThatMayStandForEachOther) {
  const Synonyms synonyms = read("a b c\n\nd z\ne\tf g\th\na d\nb b\n");
  using Set = std::set<std::int32_t>;
  EXPECT_EQ(of(synonyms, 'a'), (Set{'b', 'c', 'd'})) << "of all lines";
  EXPECT_EQ(of(synonyms, 'b'), (Set{'a', 'c'}));
  EXPECT_EQ(of(synonyms, 'd'), Set{'a'}) << "unknown words are left out";
  EXPECT_EQ(of(synonyms, 'e'), Set{'h'}) << "between tabs may stand several words, which are none";
  EXPECT_EQ(of(synonyms, 'f'), Set{});
  EXPECT_EQ(synonyms.note(), "6 words have synonyms in " + path_.filename().string());
}

TEST_F(SynonymFile, WithoutKnownWordsIsRefused) {
  try {
    read("a\nb z\n");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const DataError& error) {
    EXPECT_EQ(std::string(error.what()), path_.string() +
                                             ": no line has two words of the vocabulary, expected lines of "
                                             "words that may stand for each other");
  }
}

TEST_F(SynonymFile, ChangesWordsAsOftenAsItIsAsked) {
  const Synonyms synonyms = read("a b c\n");
  ThreadPool pool(1);
  const Pass pass{.pool = pool, .seed = 3};
  const Tensor rows = counted_rows(4);
  const Tensor changed = put_synonyms(
      rows, 0.4, synonyms, [](Index t) { return t < kMany / 2; }, pass, 0);
  std::map<std::pair<std::int32_t, std::int32_t>, Index> counts;
  for (Index t = 0; t < kMany; ++t) {
    const std::int32_t before = rows.data<std::int32_t>()[2 * t], word = changed.data<std::int32_t>()[2 * t],
                       column = changed.data<std::int32_t>()[2 * t + 1];
    if (word == before || word == 1) {
      EXPECT_EQ(column, t);
    } else {
      EXPECT_EQ(column, 100 + word);
    }
    EXPECT_TRUE(word == before || t < kMany / 2);
    ++counts[{before, word}];
  }
  EXPECT_NEAR(static_cast<double>(counts[{0, 1}]), 100, 30);
  EXPECT_NEAR(static_cast<double>(counts[{0, 2}]), 100, 30);
  EXPECT_NEAR(static_cast<double>(counts[{2, 0}]), 100, 30);
  EXPECT_EQ((counts[{3, 3}]), kMany / 4) << "it has none";
}

}  // namespace
}  // namespace recur
