#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "data/labels/label_set.h"
#include "data/labels/stratify.h"

namespace recur {
namespace {

TEST(LabelSet, SortsAndNumbersItsLabels) {
  const LabelSet labels({"spam", "ham", "spam"});
  EXPECT_EQ(labels.size(), 2);
  EXPECT_EQ(labels.name(0), "ham");
  EXPECT_EQ(labels.id("spam"), 1);
  EXPECT_EQ(labels.id("eggs"), std::nullopt);
  EXPECT_EQ(labels.list(), "ham, spam");
}

TEST(LabelSet, SortsNumbersByTheirValue) {
  const LabelSet labels({"10", "9", "-1", "9"});
  EXPECT_EQ(labels.list(), "-1, 9, 10");
  EXPECT_EQ(LabelSet({"10", "9", "x"}).list(), "10, 9, x");
}

TEST(LabelSet, HoldsEachLabelOnceWhereOneIsNaN) {
  std::vector<std::string> many;
  for (int i = 0; i < 60; ++i) many.emplace_back(i % 3 == 0 ? "nan" : i % 3 == 1 ? "1" : "0");
  const LabelSet labels(many);
  EXPECT_EQ(labels.list(), "0, 1, nan");
  EXPECT_EQ(LabelSet::from_bytes(labels.to_bytes(), "m").size(), 3);
}

TEST(LabelSet, ComesBackFromBytes) {
  const LabelSet labels({"b", "", "ä"});
  const LabelSet back = LabelSet::from_bytes(labels.to_bytes(), "m");
  EXPECT_EQ(std::vector(back.names().begin(), back.names().end()), (std::vector<std::string>{"", "b", "ä"}));
  EXPECT_EQ(back.id("ä"), 2);
  std::vector<std::uint8_t> bytes = labels.to_bytes();
  bytes.pop_back();
  EXPECT_THROW(LabelSet::from_bytes(bytes, "m"), FormatError);
  EXPECT_THROW(LabelSet::from_bytes(std::vector<std::uint8_t>{1, 0, 0, 0, 'a', 1, 0, 0, 0, 'a'}, "m"),
               FormatError);
}

std::vector<std::int32_t> strata(std::initializer_list<int> sizes) {
  std::vector<std::int32_t> out;
  std::int32_t s = 0;
  for (const int size : sizes) out.insert(out.end(), static_cast<std::size_t>(size), s++);
  return out;
}

TEST(StratifiedPart, HoldsItsShareOfEveryStratum) {
  const auto all = strata({600, 300, 100});
  const std::vector<Index> part = stratified_part(all, 0.1, 1);
  EXPECT_EQ(part.size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(part));
  std::map<std::int32_t, int> members;
  for (const Index i : part) ++members[all[static_cast<std::size_t>(i)]];
  EXPECT_EQ(members[0], 60);
  EXPECT_EQ(members[1], 30);
  EXPECT_EQ(members[2], 10);
}

TEST(StratifiedPart, NeverTakesAStratumsOnlyExample) {
  const auto all = strata({1, 1, 1, 17});
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (const Index i : stratified_part(all, 0.3, seed)) EXPECT_GE(i, 3);
}

TEST(StratifiedPart, IsAFunctionOfTheSeed) {
  const auto all = strata({100, 100});
  EXPECT_EQ(stratified_part(all, 0.1, 7), stratified_part(all, 0.1, 7));
  EXPECT_NE(stratified_part(all, 0.1, 7), stratified_part(all, 0.1, 8));
}

TEST(StratifiedFolds, HaveNearlyEqualSharesOfEveryStratum) {
  const auto all = strata({23, 7, 5});
  const std::vector<Index> folds = stratified_folds(all, 5, 3);
  std::map<std::pair<Index, std::int32_t>, int> members;
  std::map<Index, int> sizes;
  for (std::size_t i = 0; i < all.size(); ++i) {
    ++members[{folds[i], all[i]}];
    ++sizes[folds[i]];
  }
  for (Index f = 0; f < 5; ++f) {
    EXPECT_EQ(sizes[f], 7);
    EXPECT_NEAR((members[{f, 0}]), 4.6, 1);
    EXPECT_NEAR((members[{f, 1}]), 1.4, 1);
    EXPECT_EQ((members[{f, 2}]), 1);
  }
}

}  // namespace
}  // namespace recur
