// The C header: the same numbers as in C++, and errors as values.
#include <gtest/gtest.h>
#include <recur/recur.h>
#include <recur/stream.h>
#include <recur/version.h>

#include <cstring>

#include "tests/api/models.h"

namespace recur {
namespace {

struct RecurC : testing::Test {
  RecurC() {
    const std::string bytes =
        random_language_model({.embedding = 5, .cell = "gru", .hidden_size = {9}}, 11).to_bytes();
    model = recur_open_memory(bytes.data(), bytes.size());
    stream = recur_stream_new(model);
    same.emplace(StreamModel::parse(bytes, "same"));
  }
  ~RecurC() override {
    recur_stream_free(stream);
    recur_close(model);
  }
  bool same_outputs(const float* outputs) const {
    return outputs != nullptr &&
           std::memcmp(outputs, same->outputs().data(), same->outputs().size_bytes()) == 0;
  }

  recur_model* model;
  recur_stream* stream;
  std::optional<Stream> same;
};

TEST_F(RecurC, StepsLikeAStream) {
  const recur_info info = recur_model_info(model);
  EXPECT_EQ(info.tokens, 11U);
  EXPECT_EQ(info.inputs, 0U);
  EXPECT_EQ(info.outputs, 11U);
  EXPECT_TRUE(same_outputs(recur_outputs(stream)));
  std::vector<char> state(info.state_size);
  for (const std::int32_t token : {3, 1, 4}) {
    same->step(token);
    EXPECT_TRUE(same_outputs(recur_step_token(stream, token)));
  }
  recur_state_save(stream, state.data());
  recur_reset(stream);
  EXPECT_FALSE(same_outputs(recur_outputs(stream)));
  EXPECT_EQ(recur_state_load(stream, state.data(), state.size()), 0);
  EXPECT_TRUE(same_outputs(recur_outputs(stream)));
}

TEST_F(RecurC, KnowsItsText) {
  std::int32_t tokens[2];
  EXPECT_EQ(recur_encode(model, "#!\"", tokens, 2), 3);
  EXPECT_EQ(tokens[0], 3);
  EXPECT_EQ(tokens[1], 1);
  EXPECT_STREQ(recur_token_text(model, 3), "#");
  EXPECT_STREQ(recur_version(), version());
}

TEST_F(RecurC, SaysWhatWentWrong) {
  EXPECT_EQ(recur_open("/no/such/model"), nullptr);
  EXPECT_STREQ(recur_last_error(),
               "/no/such/model: there is no model here (expected a run folder, or its model.safetensors)");
  EXPECT_EQ(recur_open_memory("x", 1), nullptr);
  EXPECT_STREQ(recur_last_error(), "the model in memory: 1 bytes, too short for a safetensors file");
  EXPECT_EQ(recur_step_token(stream, 11), nullptr);
  EXPECT_STREQ(recur_last_error(), "not a token of this model: outside its vocabulary, or it reads numbers");
  const float x = 0;
  EXPECT_EQ(recur_step_values(stream, &x, 1), nullptr);
  EXPECT_EQ(recur_token_text(model, -1), nullptr);
  EXPECT_EQ(recur_state_load(stream, "short", 5), -1);
  EXPECT_EQ(recur_encode(model, "\xFF", nullptr, 0), -1);
  EXPECT_TRUE(same_outputs(recur_outputs(stream)));
  recur_close(nullptr);
  recur_stream_free(nullptr);
}

}  // namespace
}  // namespace recur
