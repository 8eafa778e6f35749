#include "formats/safetensors.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

using namespace std::literals;

/// A file with this header, by hand: eight bytes of length, the header, the data.
std::string file_of(std::string_view header, std::string_view data) {
  std::string file;
  for (int byte = 0; byte < 8; ++byte) file += static_cast<char>(header.size() >> (8 * byte) & 255);
  return file.append(header).append(data);
}

/// What reading `bytes` complains about, or "" if it does not.
std::string complaint(std::string_view bytes) {
  try {
    Safetensors::parse(bytes, "m");
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

/// A small model of every kind of tensor: wide, narrow, empty, scalar.
std::string sample() {
  static constexpr std::array<float, 6> weight{1, -2, 0.5F, 1e-30F, 3, -0.0F};
  static constexpr std::array<double, 1> loss{1.25};
  static constexpr std::array<std::uint8_t, 3> vocabulary{'a', 'b', 255};
  static constexpr std::array<std::int32_t, 2> ids{-1, 7};
  const std::vector tensors{
      stored<float>("layer.weight", {2, 3}, weight),
      stored<std::uint8_t>("vocabulary", {3}, vocabulary),
      stored<double>("loss", {}, loss),
      stored<float>("empty", {0, 4}, {}),
      stored<std::int32_t>("ids", {2}, ids),
  };
  return write_safetensors(tensors, {{"task", "lm"}, {"author", "Jean-François \"J\"\n"}});
}

TEST(Safetensors, ReadsAFileWrittenByHand) {
  const std::string data("\x00\x00\x80\x3F\x00\x00\x00\xC0\x07", 9);  // 1.0f, -2.0f, 7
  const Safetensors file = Safetensors::parse(
      file_of(R"({"b":{"dtype":"U8","shape":[],"data_offsets":[8,9]},"__metadata__":{"k":"v"},)"
              R"("a":{"shape":[2,1],"data_offsets":[0,8],"dtype":"F32"}}   )",
              data),
      "hand.safetensors");
  EXPECT_EQ(file.values<float>("a"), (std::vector<float>{1, -2}));
  EXPECT_EQ(file.values<std::uint8_t>("b"), (std::vector<std::uint8_t>{7}));
  EXPECT_EQ(file.at("a").shape, (std::vector<Index>{2, 1}));
  EXPECT_TRUE(file.at("b").shape.empty());
  EXPECT_EQ(file.metadata(), (Metadata{{"k", "v"}}));
  EXPECT_EQ(file.tensors().front().name, "a") << "in the order of the bytes";
  EXPECT_EQ(file.find("c"), nullptr);
}

TEST(Safetensors, WritesTheBytesThatTheFormatAsksFor) {
  const std::array<std::int8_t, 2> narrow{1, 2};
  const std::array<std::int32_t, 1> wide{-1};
  const std::vector tensors{stored<std::int8_t>("a", {2}, narrow), stored<std::int32_t>("b", {1}, wide)};
  std::string header =
      R"({"__metadata__":{"x":"1","y":"2"},"b":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},)"
      R"("a":{"dtype":"I8","shape":[2],"data_offsets":[4,6]}})";
  header.resize(192 - 8, ' ');
  EXPECT_EQ(write_safetensors(tensors, {{"y", "2"}, {"x", "1"}}),
            file_of(header, "\xFF\xFF\xFF\xFF\x01\x02"));
  EXPECT_EQ(write_safetensors({}, {}), file_of("{}" + std::string(54, ' '), ""));
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const std::string bytes = sample();
  const Safetensors file = Safetensors::parse(bytes, "m");
  EXPECT_EQ(write_safetensors(file.tensors(), file.metadata()), bytes);
  EXPECT_EQ(file.values<double>("loss"), std::vector<double>{1.25});
  EXPECT_EQ(file.values<std::int32_t>("ids"), (std::vector<std::int32_t>{-1, 7}));
  EXPECT_TRUE(std::signbit(file.values<float>("layer.weight")[5]));
  EXPECT_TRUE(file.values<float>("empty").empty());
  EXPECT_EQ(file.meta("author"), "Jean-François \"J\"\n");
  for (const StoredTensor& tensor : file.tensors()) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) %
                  static_cast<std::uintptr_t>(size_of(tensor.type)),
              0U)
        << tensor.name;
  }
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file.tensors().front().bytes.data()) % kTensorAlignment, 0U);
}

TEST(Safetensors, ViewsSurviveAMove) {
  Safetensors first = Safetensors::parse(sample(), "m");
  const Safetensors second = std::move(first);
  EXPECT_EQ(second.values<float>("layer.weight")[1], -2);
}

TEST(Safetensors, DoesNotDependOnTheOrderOfItsArguments) {
  const Safetensors file = Safetensors::parse(sample(), "m");
  std::vector<StoredTensor> shuffled(file.tensors().begin(), file.tensors().end());
  std::ranges::reverse(shuffled);
  EXPECT_EQ(write_safetensors(shuffled, file.metadata()), sample());
}

TEST(Safetensors, RefusesToWriteWhatItPromisesNotTo) {
  EXPECT_THROW(write_safetensors({}, {{"k", "\xFF"}}), FormatError);
  EXPECT_THROW(write_safetensors({}, {{"k", std::string(kMaxHeaderWritten, 'x')}}), FormatError);
}

TEST(Safetensors, NamesWhatACallerMisses) {
  const Safetensors file = Safetensors::parse(sample(), "m");
  const auto message = [](const auto& call) -> std::string {
    try {
      call();
    } catch (const FormatError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message([&] { (void)file.at("x"); }),
            "m: no tensor 'x' (written by another program or version?)");
  EXPECT_EQ(message([&] { (void)file.meta("x"); }),
            "m: no metadata 'x' (written by another program or version?)");
  EXPECT_EQ(message([&] { (void)file.values<double>("ids"); }), "m: tensor 'ids' is I32 [2], expected F64");
  EXPECT_EQ(message([&] {
              (void)file.at("layer.weight", StoredType::f32, std::vector<Index>{3, 2});
            }),
            "m: tensor 'layer.weight' is F32 [2,3], expected F32 [3,2]");
  EXPECT_NO_THROW((void)file.at("layer.weight", StoredType::f32, std::vector<Index>{2, 3}));
}

TEST(Safetensors, ReadsFilesAndReportsWhatTheSystemSays) {
  const auto directory =
      std::filesystem::temp_directory_path() / ("recur-safetensors-" + std::to_string(::getpid()));
  std::filesystem::create_directory(directory);
  const std::string path = directory / "m.safetensors";
  std::ofstream(path, std::ios::binary) << sample();
  EXPECT_EQ(Safetensors::read(path).values<double>("loss"), std::vector<double>{1.25});
  EXPECT_THROW(Safetensors::read(path + ".no"), IoError);
  EXPECT_THROW(Safetensors::read(directory), IoError);
  std::filesystem::resize_file(path, sample().size() - 1);
  EXPECT_THROW(Safetensors::read(path), FormatError);
  std::filesystem::resize_file(path, 0);
  EXPECT_THROW(Safetensors::read(path), FormatError);
  std::filesystem::remove_all(directory);
}

// A save puts another file in the place of the one that is read.
TEST(Safetensors, ReadsOneFileWhileItsNameGoesToAnother) {
  const TemporaryFolder folder;
  const std::string path = folder / "m.safetensors";
  const auto save = [&](std::size_t size) {
    const std::vector<float> values(size, 1);
    const std::vector tensors{stored<float>("values", {static_cast<Index>(size)}, values)};
    std::ofstream(path + ".tmp", std::ios::binary) << write_safetensors(tensors, {});
    std::filesystem::rename(path + ".tmp", path);
  };
  save(1);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::size_t size = 1; !done; size = 10001 - size) save(size);
  });
  for (int i = 0; i < 10000; ++i) EXPECT_NO_THROW(Safetensors::read(path)) << i;
  done = true;
  writer.join();
}

TEST(Safetensors, ReadsTheGoldenFilesThatAPythonProgramWrote) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RECUR_SOURCE_DIR "/tests/golden")) {
    if (entry.path().extension() != ".safetensors") continue;
    EXPECT_FALSE(Safetensors::read(entry.path()).tensors().empty()) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 5);
}

struct Defect {
  const char* what;
  std::string bytes;
  const char* message;
};

std::string entry(std::string_view shape, std::string_view offsets, std::string_view dtype = "\"F32\"") {
  return R"({"w":{"dtype":)" + std::string(dtype) + R"(,"shape":)" + std::string(shape) +
         R"(,"data_offsets":)" + std::string(offsets) + "}}";
}

TEST(Safetensors, RefusesEveryDefectWithOneClearLine) {
  const std::string eight(8, 'x');
  const std::string two =
      R"({"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"v":{"dtype":"U8","shape":[)";
  const Defect defects[] = {
      {"empty", "", "m: 0 bytes, too short for a safetensors file"},
      {"short length", "\1\0\0"s, "m: 3 bytes, too short for a safetensors file"},
      {"header beyond the file", "\5\0\0\0\0\0\0\0{}"s,
       "m: a header of 5 bytes, but only 2 follow (truncated?)"},
      {"header beyond the limit", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF{}",
       "m: a header of 18446744073709551615 bytes, expected at most 100000000 (not a safetensors file?)"},
      {"empty header", file_of("", ""), "m: the header does not begin with '{' (not a safetensors file)"},
      {"leading space", file_of(" {}", ""), "m: the header does not begin with '{' (not a safetensors file)"},
      {"an array", file_of("[]", ""), "m: the header does not begin with '{' (not a safetensors file)"},
      {"not JSON", file_of("{w}", ""), "m: the header is not valid JSON at its byte 2"},
      {"cut JSON", file_of("{\"w\":", ""), "m: the header is not valid JSON at its byte 6"},
      {"text after JSON", file_of("{} x", ""), "m: the header is not valid JSON at its byte 4"},
      {"NUL", file_of("{}\0x"sv, ""), "m: the header holds a NUL byte, expected JSON"},
      {"not UTF-8", file_of("{\"\xFF\":1}", ""), "m: the header is not valid JSON at its byte 3"},
      {"huge number", file_of(entry("[1e999]", "[0,8]"), eight),
       "m: the header holds a number that is out of range"},
      {"nesting", file_of(R"({"w":{"shape":[[2]]}})", ""), "m: the header is nested more than 3 levels deep"},
      {"a tensor twice", file_of(R"({"w":1,"w":2})", ""), "m: the header has the key \"w\" twice"},
      {"a key twice", file_of(R"({"w":{"dtype":"U8","dtype":"U8"}})", ""),
       "m: the header has the key \"dtype\" twice"},
      {"metadata twice", file_of(R"({"__metadata__":{},"__metadata__":{}})", ""),
       "m: the header has the key \"__metadata__\" twice"},
      {"metadata no object", file_of(R"({"__metadata__":"x"})", ""),
       "m: __metadata__ is \"x\", expected an object of strings"},
      {"metadata no string", file_of(R"({"__metadata__":{"k":1}})", ""),
       "m: metadata 'k' is 1, expected a string"},
      {"entry no object", file_of(R"({"w":[1]})", ""),
       "m: tensor 'w' is [1], expected an object with dtype, shape, data_offsets"},
      {"no dtype", file_of(R"({"w":{"shape":[],"data_offsets":[0,4]}})", "1234"),
       "m: tensor 'w' has no 'dtype'"},
      {"no shape", file_of(R"({"w":{"dtype":"F32","data_offsets":[0,4]}})", "1234"),
       "m: tensor 'w' has no 'shape'"},
      {"no offsets", file_of(R"({"w":{"dtype":"F32","shape":[]}})", "1234"),
       "m: tensor 'w' has no 'data_offsets'"},
      {"unknown dtype", file_of(entry("[2]", "[0,8]", "\"F31\""), eight),
       "m: tensor 'w' has dtype \"F31\", which is unknown here"},
      {"dtype a number", file_of(entry("[2]", "[0,8]", "7"), eight),
       "m: tensor 'w' has dtype 7, which is unknown here"},
      {"shape a number", file_of(entry("2", "[0,8]"), eight),
       "m: tensor 'w' has shape 2, expected an array of sizes"},
      {"negative shape", file_of(entry("[-2]", "[0,8]"), eight),
       "m: tensor 'w' has shape [-2], expected an array of sizes"},
      {"fractional shape", file_of(entry("[2.0]", "[0,8]"), eight),
       "m: tensor 'w' has shape [2.0], expected an array of sizes"},
      {"shape of strings", file_of(entry("[\"2\"]", "[0,8]"), eight),
       "m: tensor 'w' has shape [\"2\"], expected an array of sizes"},
      {"unsigned 64-bit shape", file_of(entry("[18446744073709551614]", "[0,8]"), eight),
       "m: tensor 'w' has shape [18446744073709551614], expected an array of sizes"},
      {"shape overflows", file_of(entry("[4294967296,4294967296]", "[0,8]"), eight),
       "m: tensor 'w' has shape [4294967296,4294967296], whose size overflows"},
      {"one offset", file_of(entry("[2]", "[8]"), eight),
       "m: tensor 'w' has data_offsets [8], expected [begin,end]"},
      {"three offsets", file_of(entry("[2]", "[0,4,8]"), eight),
       "m: tensor 'w' has data_offsets [0,4,8], expected [begin,end]"},
      {"negative offset", file_of(entry("[2]", "[-8,0]"), eight),
       "m: tensor 'w' has data_offsets [-8,0], expected [begin,end]"},
      {"offsets backwards", file_of(entry("[2]", "[8,0]"), eight),
       "m: tensor 'w' has data_offsets [8,0], expected 8 bytes for F32 [2]"},
      {"too few bytes", file_of(entry("[2]", "[0,7]"), eight),
       "m: tensor 'w' has data_offsets [0,7], expected 8 bytes for F32 [2]"},
      {"too many bytes", file_of(entry("[2]", "[0,12]"), eight),
       "m: tensor 'w' has data_offsets [0,12], expected 8 bytes for F32 [2]"},
      {"gap at the start", file_of(entry("[1]", "[4,8]"), eight),
       "m: tensor 'w' begins at byte 4, expected 0: tensors leave a gap"},
      {"gap between", file_of(two + R"(3],"data_offsets":[5,8]}})", eight),
       "m: tensor 'v' begins at byte 5, expected 4: tensors leave a gap"},
      {"overlap", file_of(two + R"(5],"data_offsets":[3,8]}})", eight),
       "m: tensor 'v' begins at byte 3, expected 4: tensors overlap"},
      {"beyond the file", file_of(entry("[3]", "[0,12]"), eight),
       "m: tensor 'w' ends at byte 12, but the tensors have only 8 (truncated?)"},
      {"bytes left over", file_of(entry("[1]", "[0,4]"), eight),
       "m: 4 bytes follow the last tensor, expected none"},
      {"name of two lines", file_of(R"({"a\nb":1})", ""),
       "m: tensor 'a\\nb' is 1, expected an object with dtype, shape, data_offsets"},
  };
  for (const Defect& defect : defects) {
    const std::string message = complaint(defect.bytes);
    EXPECT_EQ(message, defect.message) << defect.what;
    EXPECT_EQ(message.find('\n'), message.npos) << defect.what;
  }
}

TEST(Safetensors, EveryTruncationIsRefused) {
  const std::string bytes = sample();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_NE(complaint(std::string_view(bytes).substr(0, size)), "") << "cut to " << size;
  }
}

TEST(Safetensors, MutationsNeverDoWorseThanAnError) {
  // A cheap fuzzer for every test run; the sanitizer presets see what it does. tests/fuzz has the real one.
  const std::string original = sample();
  std::mt19937 random(1);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  int accepted = 0;
  for (int round = 0; round < 10'000; ++round) {
    std::string bytes = original;
    for (std::size_t edits = 1 + below(3); edits > 0 && !bytes.empty(); --edits) {
      const std::size_t at = below(std::min(bytes.size(), 8 + below(bytes.size())) + 1) % bytes.size();
      switch (below(5)) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes[at] ^= static_cast<char>(1 << below(8));
          break;
        case 2:
          bytes.erase(at, 1 + below(4));
          break;
        case 3:
          bytes.insert(at, 1, "0123456789{}[],:\"-e"[below(19)]);
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size()), below(40)));
          break;
      }
    }
    accepted += complaint(bytes).empty();
  }
  EXPECT_GT(accepted, 0) << "a change of a weight is not a defect of the file";
  EXPECT_LT(accepted, 10'000);
}

}  // namespace
}  // namespace recur
