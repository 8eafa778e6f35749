#include "api/convert.h"

#include <gtest/gtest.h>
#include <recur/stream_batch.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "api/verify.h"
#include "base/bf16.h"
#include "base/enum_names.h"
#include "base/error.h"
#include "base/file.h"
#include "formats/byte_rows.h"
#include "kernels/packed.h"
#include "tests/api/models.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

class Converted : public testing::Test {
 protected:
  /// A language model over `tokens` characters, converted; returns what it was.
  ModelFile convert_model(const ModelConfig& config, Index tokens = 20, WeightType type = WeightType::bf16) {
    const ModelFile file = random_language_model(config, tokens);
    std::filesystem::create_directories(folder_ / "large");
    file.save(folder_ / "large" / "model.safetensors");
    report_ = convert({.run = folder_ / "large", .out = folder_ / "small", .type = type, .force = true});
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
    for (const WeightType type : {WeightType::bf16, WeightType::int8}) {
      convert_model(c, tokens, type);
      for (const Check& check : verify(small()).checks)
        EXPECT_TRUE(check.holds) << what << " " << to_name(type) << ": " << check.promise << ": "
                                 << check.detail;
    }
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

TEST_F(Converted, BytesAreTheNearestOfEachRow) {
  const ModelFile before = convert_model(config("gru"), 20, WeightType::int8),
                  after = ModelFile::read(small() / "model.safetensors");
  Index matrices = 0;
  for (const NamedTensor& tensor : after.tensors) {
    EXPECT_EQ(tensor.scales.defined(), tensor.name.starts_with("encoder.weight_")) << tensor.name;
    if (!tensor.scales.defined()) continue;
    ++matrices;
    const Tensor& old = *before.find(tensor.name);
    for (Index r = 0; r < old.dim(0); ++r) {
      float most = 0;
      for (Index i = 0; i < old.dim(1); ++i)
        most = std::max(most, std::abs(old.data<float>()[r * old.dim(1) + i]));
      EXPECT_EQ(tensor.scales.data<float>()[r], most / 127) << tensor.name << " row " << r;
    }
    for (Index i = 0; i < old.size(); ++i)
      ASSERT_NEAR(tensor.value.data<float>()[i], old.data<float>()[i],
                  0.5001F * tensor.scales.data<float>()[i / old.dim(1)])
          << tensor.name << " at " << i;
  }
  EXPECT_EQ(matrices, 4);
  EXPECT_EQ(read_file(small() / "model.safetensors"), after.to_bytes());
}

TEST_F(Converted, BytesSayNearlyWhatFloatsSaid) {
  const ModelFile before = convert_model(config("lstm"), 20, WeightType::int8),
                  after = ModelFile::read(small() / "model.safetensors");
  const Tensor &expected = before.golden_output(), &found = after.golden_output();
  double difference = 0, size = 0;
  for (Index i = 0; i < expected.size(); ++i) {
    difference += std::pow(expected.data<float>()[i] - found.data<float>()[i], 2);
    size += std::pow(expected.data<float>()[i], 2);
  }
  EXPECT_GT(difference, 0);
  EXPECT_LT(std::sqrt(difference / size), 0.05);
}

TEST_F(Converted, StreamsStepTogetherAsAlone) {
  for (const WeightType type : {WeightType::bf16, WeightType::int8}) {
    convert_model(config("gru"), 20, type);
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
}

TEST_F(Converted, TooWideAMatrixIsRefused) {
  ModelConfig c = config("gru");
  c.embedding = kMostByteLines + 1;
  EXPECT_THROW(convert_model(c, 20, WeightType::int8), ConfigError);
}

TEST_F(Converted, RowsOfAlmostNothingBecomeNothing) {
  ModelFile file = random_language_model(config("gru"), 20);
  for (NamedTensor& tensor : file.tensors)
    if (tensor.name == "encoder.weight_hh_l0")
      for (Index i = 0; i < tensor.value.dim(1); ++i) tensor.value.data<float>()[i] = i == 0 ? 2.7e-43F : 0;
  std::filesystem::create_directories(folder_ / "large");
  file.save(folder_ / "large" / "model.safetensors");
  convert({.run = folder_ / "large", .out = small(), .type = WeightType::int8, .force = true});
  const ModelFile after = ModelFile::read(small() / "model.safetensors");
  EXPECT_EQ(after.find("encoder.weight_hh_l0")->data<float>()[0], 0);
  EXPECT_EQ(after.digest(), after.checksum);
}

TEST_F(Converted, BytesThatNobodyWroteAreRefused) {
  convert_model(config("gru"), 20, WeightType::int8);
  const Safetensors good = Safetensors::read((small() / "model.safetensors").string());
  // The file again, with one tensor changed by `change` or left out.
  const auto expect_refused = [&](const std::string& name, const std::function<bool(StoredTensor&)>& change) {
    std::vector<StoredTensor> list;
    for (const StoredTensor& stored : good.tensors()) {
      StoredTensor tensor = stored;
      if (tensor.name != name || change(tensor)) list.push_back(tensor);
    }
    std::string bytes;
    write_safetensors(list, good.metadata(), [&](std::string_view piece) { bytes += piece; });
    EXPECT_THROW(ModelFile::parse(bytes, "changed"), FormatError) << name;
    EXPECT_THROW(StreamModel::parse(bytes, "changed"), FormatError) << name;
  };
  const std::string matrix = "encoder.weight_ih_l0", scale = matrix + ".scale";
  expect_refused(scale, [](StoredTensor&) { return false; });
  std::vector<std::byte> changed;
  const auto with = [&](std::size_t at, auto value) {
    return [&changed, at, value](StoredTensor& tensor) {
      changed.assign(tensor.bytes.begin(), tensor.bytes.end());
      std::memcpy(changed.data() + at * sizeof(value), &value, sizeof(value));
      tensor.bytes = changed;
      return true;
    };
  };
  expect_refused(matrix, with(3, std::int8_t{-128}));
  expect_refused(scale, with(2, -1.0F));
  expect_refused(scale, with(2, std::numeric_limits<float>::quiet_NaN()));
  expect_refused(scale, with(2, std::numeric_limits<float>::infinity()));
  expect_refused(matrix, [](StoredTensor& tensor) {
    tensor.shape = {tensor.shape[0] * tensor.shape[1]};
    return true;
  });
  expect_refused(scale, [](StoredTensor& tensor) {
    tensor.type = StoredType::i32;
    return true;
  });
}

TEST_F(Converted, NothingIsReplacedOrConvertedTwice) {
  convert_model(config("lstm"));
  EXPECT_THROW(convert({.run = folder_ / "large", .out = small()}), ConfigError);
  EXPECT_THROW(convert({.run = folder_ / "large", .out = folder_ / "large", .force = true}), ConfigError);
  EXPECT_THROW(convert({.run = small(), .out = folder_ / "again"}), ConfigError);
  convert_model(config("lstm"), 20, WeightType::int8);
  EXPECT_THROW(convert({.run = small(), .out = folder_ / "again"}), ConfigError);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "again"));
}

}  // namespace
}  // namespace recur
