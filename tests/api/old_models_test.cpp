// Models that released versions wrote load for ever, and give what they gave then.
#include <gtest/gtest.h>
#include <recur/stream.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "formats/safetensors.h"

namespace recur {
namespace {

TEST(OldModels, StillGiveTheirGoldenOutputs) {
  int models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RECUR_SOURCE_DIR "/tests/old_models")) {
    if (entry.path().extension() != ".safetensors") continue;
    const Safetensors file = Safetensors::read(entry.path().string());
    const auto tokens = file.values<std::int32_t>("golden.tokens");
    const auto logits = file.values<float>("golden.logits");
    Stream stream(StreamModel::open(entry.path().string()));
    const float* expected = logits.data();
    for (const std::int32_t token : tokens) {
      for (const float logit : stream.step(token)) EXPECT_NEAR(logit, *expected++, 1e-5) << entry.path();
    }
    EXPECT_EQ(expected, logits.data() + logits.size());
    ++models;
  }
  EXPECT_GE(models, 1);
}

}  // namespace
}  // namespace recur
