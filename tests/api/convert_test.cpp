#include "api/convert.h"

#include <gtest/gtest.h>
#include <recur/stream_batch.h>

#include "api/verify.h"
#include "base/bf16.h"
#include "base/error.h"
#include "base/file.h"
#include "tests/api/models.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

class Converted : public testing::Test {
 protected:
  /// A language model over `tokens` characters, converted; returns what it was.
  ModelFile convert_model(const ModelConfig& config, Index tokens = 20) {
    const ModelFile file = random_language_model(config, tokens);
    std::filesystem::create_directories(folder_ / "large");
    file.save(folder_ / "large" / "model.safetensors");
    report_ = convert({.run = folder_ / "large", .out = folder_ / "small", .force = true});
    return file;
  }
  std::filesystem::path small() const { return folder_ / "small"; }

  TemporaryFolder folder_;
  nlohmann::json report_;
};

ModelConfig config(const char* cell) {
  ModelConfig c;
  c.cell = cell;
  c.embedding = 7;
  c.hidden_size = {33, 20};
  c.head = {7};
  return c;
}

TEST_F(Converted, ModelsKeepEveryPromise) {
  const auto expect_proved = [&](const ModelConfig& c, Index tokens, const std::string& what) {
    convert_model(c, tokens);
    for (const Check& check : verify(small()).checks)
      EXPECT_TRUE(check.holds) << what << ": " << check.promise << ": " << check.detail;
  };
  for (const char* cell : {"lstm", "gru", "rnn_tanh", "lstm_peephole", "gru_reset_before", "mingru"})
    for (const Index tokens : {20, 31}) expect_proved(config(cell), tokens, cell);
  ModelConfig c = config("gru_reset_before");
  c.layer_norm = true;
  c.zoneout = 0.1;
  expect_proved(c, 31, "layer norm");
  c = config("lstm");
  c.proj_size = 5;
  expect_proved(c, 31, "projection");
}

TEST_F(Converted, MatricesAreTheNearestBfloat16AndAllElseStays) {
  const ModelFile before = convert_model(config("lstm")),
                  after = ModelFile::read(small() / "model.safetensors");
  Index matrices = 0;
  for (const NamedTensor& tensor : after.tensors) {
    const Tensor& old = *before.find(tensor.name);
    const bool matrix = tensor.name.ends_with("weight") || tensor.name.find(".weight_") != std::string::npos;
    EXPECT_EQ(tensor.bf16, matrix) << tensor.name;
    matrices += tensor.bf16 ? 1 : 0;
    if (tensor.name.starts_with("golden.logits")) continue;  // computed anew
    for (Index i = 0; tensor.value.dtype() == DType::f32 && i < old.size(); ++i) {
      const float value = old.data<float>()[i];
      ASSERT_EQ(tensor.value.data<float>()[i], matrix ? from_bf16(to_bf16(value)) : value) << tensor.name;
    }
  }
  EXPECT_EQ(report_["matrices"].get<Index>(), matrices);
  EXPECT_EQ(read_file(small() / "model.safetensors"), after.to_bytes());
  EXPECT_LT(report_["bytes"]["after"].get<double>(), 0.75 * report_["bytes"]["before"].get<double>());
}

TEST_F(Converted, StreamsStepTogetherAsAlone) {
  convert_model(config("gru"));
  const auto model = StreamModel::open(small().string());
  std::vector<Stream> together, alone;
  std::vector<Stream*> pointers;
  for (int i = 0; i < 9; ++i) together.emplace_back(model), alone.emplace_back(model);
  for (Stream& stream : together) pointers.push_back(&stream);
  StreamBatch batch(model, 8);
  for (std::uint64_t step = 0; step < 5; ++step) {
    const std::vector<std::int32_t> tokens = random_tokens(9, 20, step);
    ASSERT_TRUE(batch.step(pointers, tokens));
    for (std::size_t i = 0; i < 9; ++i)
      EXPECT_TRUE(same_bits(alone[i].step(tokens[i]), together[i].outputs())) << i;
  }
}

TEST_F(Converted, NothingIsReplacedOrConvertedTwice) {
  convert_model(config("lstm"));
  EXPECT_THROW(convert({.run = folder_ / "large", .out = small()}), ConfigError);
  EXPECT_THROW(convert({.run = folder_ / "large", .out = folder_ / "large", .force = true}), ConfigError);
  EXPECT_THROW(convert({.run = small(), .out = folder_ / "again"}), ConfigError);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "again"));
}

}  // namespace
}  // namespace recur
