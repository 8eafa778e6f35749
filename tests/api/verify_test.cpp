#include "api/verify.h"

#include <gtest/gtest.h>
#include <recur/stream.h>

#include <cmath>
#include <cstring>

#include "api/generate.h"
#include "base/error.h"
#include "base/file.h"
#include "tests/api/models.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

class Files : public testing::Test {
 protected:
  /// A language model over 20 characters in a file.
  std::filesystem::path model(const ModelConfig& config) {
    const Vocabulary vocabulary = some_characters(20);
    Model model(config, {.tokens = 20, .outputs = 20});
    randomise(model.parameters());
    file_ = language_model_file(model, vocabulary);
    write_file_atomically(folder_ / "model.safetensors", file_.to_bytes());
    return folder_.path();
  }

  TemporaryFolder folder_;
  ModelFile file_;
};

ModelConfig config(const char* cell) {
  ModelConfig c;
  c.cell = cell;
  c.embedding = 6;
  c.hidden_size = {9, 5};
  c.head = {7};
  return c;
}

TEST_F(Files, EveryPromiseHoldsForEveryCell) {
  for (const char* cell : {"lstm", "gru", "rnn_tanh", "lstm_peephole", "gru_reset_before", "mingru"}) {
    ModelConfig c = config(cell);
    c.layer_norm = true;
    c.zoneout = 0.1;
    const Verification proof = verify(model(c));
    EXPECT_EQ(proof.checks.size(), 8U);
    for (const Check& check : proof.checks) {
      EXPECT_TRUE(check.holds) << cell << ": " << check.promise << ": " << check.detail;
      EXPECT_GT(check.compared, 0) << check.promise;
    }
  }
}

TEST_F(Files, AChangedWeightDoesNotReplayItsGoldenOutputs) {
  const auto run = model(config("lstm"));
  for (NamedTensor& t : file_.tensors)
    if (t.name == "encoder.weight_hh_l1") t.value.data<float>()[3] += 0.01F;
  write_file_atomically(folder_ / "model.safetensors", file_.to_bytes());
  const Verification proof = verify(run);
  EXPECT_FALSE(proof.holds());
  EXPECT_TRUE(proof.checks[0].holds);  // written by this test, checksum and all
  EXPECT_FALSE(proof.checks[1].holds);
  EXPECT_NE(proof.checks[1].detail.find("number"), std::string::npos) << proof.checks[1].detail;
  for (std::size_t i = 2; i < proof.checks.size(); ++i)
    EXPECT_TRUE(proof.checks[i].holds);  // it still is one model
}

TEST_F(Files, AReluAtItsKinkHasNoWrongGradient) {
  ModelConfig c = config("gru");
  c.head = {8};
  const auto run = model(c);
  // All units of the head but the last are a step of the differences away from where relu begins.
  for (NamedTensor& t : file_.tensors) {
    if (t.name == "head.0.weight") std::fill_n(t.value.data<float>(), t.value.size() / 8 * 7, 0.0F);
    if (t.name == "head.0.bias") std::fill_n(t.value.data<float>(), 7, 1e-6F), t.value.data<float>()[7] = 2;
  }
  write_file_atomically(folder_ / "model.safetensors", file_.to_bytes());
  const Verification proof = verify(run);
  const Check& gradients = proof.checks[6];
  EXPECT_TRUE(gradients.promise.starts_with("gradients are")) << gradients.promise;
  EXPECT_TRUE(gradients.holds) << gradients.detail;
}

TEST_F(Files, AnyChangedByteIsSeen) {
  const auto run = model(config("lstm"));
  std::string bytes = file_.to_bytes();
  const std::size_t weight = bytes.size() - 400;  // inside a weight
  bytes[weight] = static_cast<char>(bytes[weight] ^ 0x40);
  write_file_atomically(folder_ / "model.safetensors", bytes);
  EXPECT_FALSE(verify(run).checks[0].holds);
}

TEST_F(Files, AChangedHeaderIsSeenThoughItSaysTheSame) {
  const auto run = model(config("lstm"));
  const std::string whole = file_.to_bytes();
  for (const auto& [from, to] :
       {std::pair<std::string, std::string>{R"("recur.format":"1")", R"("recur.format":"01")"},
        {R"("__metadata__":{)", R"("__metadata__":{"made":"up",)"}}) {
    std::string bytes = whole;
    const std::size_t at = bytes.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    bytes.replace(at, from.size(), to);
    // The header's padding gives way, so that the tensors stay where they are.
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);
    const std::size_t end = 8 + length, added = to.size() - from.size();
    ASSERT_TRUE(bytes.substr(end, added).find_first_not_of(' ') == std::string::npos) << from;
    bytes.erase(end, added);
    write_file_atomically(folder_ / "model.safetensors", bytes);
    const Check intact = verify(run).checks[0];
    EXPECT_FALSE(intact.holds) << to;
    EXPECT_TRUE(intact.detail.starts_with("its header was changed")) << intact.detail;
  }
}

TEST_F(Files, AWeightThatIsNoNumberIsRefused) {
  const auto run = model(config("lstm"));
  for (NamedTensor& t : file_.tensors)
    if (t.name == "head.0.bias") t.value.data<float>()[1] = std::nanf("");
  write_file_atomically(folder_ / "model.safetensors", file_.to_bytes());
  const std::string expected = "head.0.bias[1] is nan; the file was changed after training";
  EXPECT_NE(message_of<FormatError>([&] { StreamModel::open(run.string()); }).find(expected),
            std::string::npos);
  EXPECT_NE(message_of<FormatError>([&] { verify(run); }).find(expected), std::string::npos);
}

TEST_F(Files, AMissingTensorIsAFormatError) {
  const auto run = model(config("lstm"));
  std::erase_if(file_.tensors, [](const NamedTensor& t) { return t.name == "encoder.bias_l1"; });
  write_file_atomically(folder_ / "model.safetensors", file_.to_bytes());
  EXPECT_THROW(verify(run), FormatError);
}

TEST_F(Files, AConfigurationThatTheWeightsDoNotFitTakesNoMemory) {
  const auto run = model(config("lstm"));
  for (const auto& widths : {nlohmann::json{1 << 20, 1 << 20}, nlohmann::json{9}, nlohmann::json{9, 5, 1},
                             nlohmann::json{0}, nlohmann::json{std::int64_t{1} << 62}}) {
    file_.config["model"]["hidden_size"] = widths;
    write_file_atomically(folder_ / "model.safetensors", file_.to_bytes());
    EXPECT_THROW(verify(run), FormatError) << widths.dump();
    EXPECT_THROW(generate({.run = run}), FormatError) << widths.dump();
  }
}

TEST_F(Files, GenerateIsAFunctionOfItsRequest) {
  GenerateRequest request{.run = model(config("gru")), .prompt = "!#%", .length = 50};
  request.sampling.seed = 5;
  std::string pieces;
  const Generated a = generate(request, [&](std::string_view piece) { pieces += piece; });
  EXPECT_EQ(a.text, pieces);
  EXPECT_EQ(a.tokens, 50);
  EXPECT_EQ(a.text.size(), 50U);
  EXPECT_EQ(generate(request).text, a.text);
  request.sampling.seed = 6;
  EXPECT_NE(generate(request).text, a.text);
  request.prompt = "";
  EXPECT_EQ(generate(request).tokens, 50);
}

TEST_F(Files, GenerateSaysWhatOfThePromptIsUnknown) {
  const Generated out = generate({.run = model(config("gru")), .prompt = "!\xC3\xA9#", .length = 3});
  EXPECT_EQ(out.prompt_tokens, 2);
  EXPECT_NE(out.note.find("1 of 3"), std::string::npos) << out.note;
}

}  // namespace
}  // namespace recur
