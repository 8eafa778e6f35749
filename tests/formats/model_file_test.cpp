#include "formats/model_file.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

std::string refusal(const std::string& config) {
  const std::string bytes = write_safetensors({}, {{"recur.format", "1"},
                                                   {"recur.task", "lm"},
                                                   {"recur.config", config},
                                                   {"recur.metrics", "{}"},
                                                   {"recur.data_sha256", "-"},
                                                   {"recur.isa", "scalar"}});
  return message_of<FormatError>([&] { ModelFile::parse(bytes, "m"); });
}

TEST(ModelFile, ItsConfigurationIsReadToADepth) {
  EXPECT_EQ(refusal(R"({"model":{"hidden_size":[1]}})"), "");
  EXPECT_EQ(refusal(std::string(200'000, '[') + std::string(200'000, ']')),
            "m: its 'recur.config' is nested more than 8 levels deep");
  EXPECT_EQ(refusal("{"), "m: its 'recur.config' is not valid JSON at its byte 2");
}

TEST(ModelFile, BytesAreAPlainList) {
  const std::byte bytes[6] = {};
  const Metadata metadata{{"recur.format", "1"},   {"recur.task", "lm"},       {"recur.config", "{}"},
                          {"recur.metrics", "{}"}, {"recur.data_sha256", "-"}, {"recur.isa", "scalar"}};
  const auto parse = [&](std::vector<Index> shape) {
    const std::vector<StoredTensor> tensors{{"vocabulary", StoredType::u8, std::move(shape), bytes}};
    return message_of<FormatError>([&] { ModelFile::parse(write_safetensors(tensors, metadata), "m"); });
  };
  EXPECT_EQ(parse({6}), "");
  EXPECT_EQ(
      parse({2, 3}),
      "m: tensor 'vocabulary' of bytes has 2 dimensions, expected 1; the file was changed after training");
}

}  // namespace
}  // namespace recur
