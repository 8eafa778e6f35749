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

}  // namespace
}  // namespace recur
