// Streams that step together get the bits that each gets alone.
#include <gtest/gtest.h>
#include <recur/stream_batch.h>

#include <numeric>

#include "tests/api/allocations.h"
#include "tests/api/models.h"
#include "tests/conformance/options.h"

namespace recur {
namespace {

/// Streams and twins of theirs, which step alone.
struct Pairs {
  explicit Pairs(const std::shared_ptr<const StreamModel>& model, std::size_t count)
      : together(count, Stream(model)), alone(count, Stream(model)) {}
  std::vector<Stream> together, alone;

  /// Any of the streams, in any order, none twice.
  std::vector<std::size_t> some(Random& random) const {
    std::vector<std::size_t> all(together.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    random.shuffle(std::span(all));
    all.resize(static_cast<std::size_t>(1 + random.next_below(static_cast<Index>(all.size()))));
    return all;
  }
  std::vector<Stream*> at(std::span<const std::size_t> which) {
    std::vector<Stream*> out;
    for (const std::size_t i : which) out.push_back(&together[i]);
    return out;
  }
};

TEST(StreamBatch, EachStreamGetsItsBits) {
  int cases = 0;
  for (conformance::Case c : conformance::cases()) {
    if (c.config.bidirectional) continue;
    for (Index& width : c.config.hidden_size) width *= 9;  // several panels, and some left over
    for (const Index tokens : {Index{11}, Index{31}}) {    // with a table of input products, and without
      Model model(model_config(c.config), {.tokens = tokens, .outputs = tokens});
      randomise(model.parameters());
      const auto opened = open(language_model_file(model, some_characters(tokens)));
      StreamBatch batch(opened, 4);
      Pairs pairs(opened, 7);
      Random random(1);
      for (int turn = 0; turn < 4; ++turn) {
        const auto which = pairs.some(random);
        const auto ids = random_tokens(static_cast<Index>(which.size()), tokens, random.next_word());
        ASSERT_TRUE(batch.step(pairs.at(which), ids));
        for (std::size_t i = 0; i < which.size(); ++i) {
          pairs.alone[which[i]].step(ids[i]);
          EXPECT_TRUE(same_bits(pairs.together[which[i]].outputs(), pairs.alone[which[i]].outputs()))
              << c.name << ", " << tokens << " tokens, turn " << turn;
        }
      }
      for (std::size_t i = 0; i < pairs.alone.size(); ++i)
        EXPECT_EQ(pairs.together[i].save(), pairs.alone[i].save()) << c.name;
      ++cases;
    }
  }
  EXPECT_GT(cases, 100);
}

TEST(StreamBatch, ReadsNumbersToo) {
  Model model({.cell = "lstm", .hidden_size = {40}}, {.features = 3, .outputs = 2});
  randomise(model.parameters());
  const auto opened = open(model_of_numbers(model));
  StreamBatch batch(opened);
  Pairs pairs(opened, 3);
  const std::vector<float> x = {0.F, 0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F, 0.7F, 0.8F};
  const std::vector<std::size_t> all = {2, 0, 1};
  for (int turn = 0; turn < 2; ++turn) {
    ASSERT_TRUE(batch.step(pairs.at(all), x));
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_TRUE(same_bits(pairs.together[all[i]].outputs(),
                            pairs.alone[all[i]].step(std::span(x).subspan(i * 3, 3))));
  }
}

TEST(StreamBatch, ReadsAllOrNothing) {
  const ModelConfig config{.embedding = 5, .hidden_size = {6}};
  const auto model = open(random_language_model(config, 11));
  StreamBatch batch(model);
  Pairs pairs(model, 2);
  const auto both = pairs.at(std::vector<std::size_t>{0, 1});
  const auto before = pairs.together[0].save();
  Stream other(open(random_language_model(config, 11)));  // equal, but not the same
  EXPECT_FALSE(batch.step(both, std::vector<std::int32_t>{1}));
  EXPECT_FALSE(batch.step(both, std::vector<std::int32_t>{1, 11}));
  EXPECT_FALSE(batch.step(both, std::vector<std::int32_t>{-1, 1}));
  EXPECT_FALSE(batch.step(both, std::vector<float>(2)));
  EXPECT_FALSE(batch.step(std::vector<Stream*>{both[0], &other}, std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(pairs.together[0].save(), before);
  EXPECT_TRUE(batch.step({}, std::vector<std::int32_t>{})) << "nothing to do is done";
}

TEST(StreamBatch, MemoryGrowsWithTheStreams) {
  const auto model = open(random_language_model({.embedding = 5, .hidden_size = {100}}, 31));
  const auto bytes = [&](std::int64_t together) {
    const std::size_t before = allocated_bytes();
    const StreamBatch batch(model, together);
    EXPECT_NEAR(static_cast<double>(allocated_bytes() - before), static_cast<double>(batch.bytes()),
                200 * static_cast<double>(together));
    return batch.bytes();
  };
  const std::size_t few = bytes(16);
  EXPECT_LT(few, 16 * 2 * model->stream_bytes());
  EXPECT_LT(bytes(32), 3 * few);
}

TEST(StreamBatch, StepsAllocateNothing) {
  for (const Index tokens : {Index{11}, Index{31}}) {
    const auto model = open(random_language_model({.embedding = 5,
                                                   .cell = "gru_reset_before",
                                                   .hidden_size = {9, 9},
                                                   .layer_norm = true,
                                                   .zoneout = 0.1},
                                                  tokens));
    StreamBatch batch(model, 4);
    Pairs pairs(model, 10);
    std::vector<std::size_t> all(10);
    std::iota(all.begin(), all.end(), std::size_t{0});
    const auto streams = pairs.at(all);
    const auto ids = random_tokens(10, tokens);
    const std::size_t before = allocations();
    for (int i = 0; i < 3; ++i) batch.step(streams, ids);
    EXPECT_EQ(allocations(), before);
  }
}

}  // namespace
}  // namespace recur
