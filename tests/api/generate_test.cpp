#include "api/generate.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/api/models.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

GenerateRequest request_to(const TemporaryFolder& folder, Index tokens) {
  const ModelConfig config{.embedding = 4, .hidden_size = {5}};
  write_file_atomically(folder / "model.safetensors", random_language_model(config, tokens).to_bytes());
  return {.run = folder.path(), .prompt = "", .length = 9};
}

TEST(Generate, AShorterTextIsTheBeginningOfALonger) {
  const TemporaryFolder folder;
  GenerateRequest request = request_to(folder, 20);
  std::string pieces;
  const Generated whole = generate(request, [&](std::string_view piece) { pieces += piece; });
  EXPECT_EQ(whole.tokens, 9);
  EXPECT_EQ(whole.text, pieces);
  for (const Index length : {0, 1, 5}) {
    request.length = length;
    EXPECT_EQ(generate(request).text, whole.text.substr(0, static_cast<std::size_t>(length)));
  }
}

TEST(Generate, AModelThatKnowsNoWordHasNothingToWrite) {
  const TemporaryFolder folder;
  const GenerateRequest request = request_to(folder, 1);
  EXPECT_EQ(message_of<ConfigError>([&] { generate(request); }),
            "a model whose vocabulary is <unk> alone has nothing to write (train it on more text)");
}

}  // namespace
}  // namespace recur
