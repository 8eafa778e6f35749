// A stream gives the bits of the whole sequence, for every cell with every pair of options; it allocates
// nothing; its state is a value.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <recur/error.h>
#include <recur/stream.h>

#ifdef __linux__
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "tests/api/allocations.h"
#include "tests/api/models.h"
#include "tests/conformance/options.h"

namespace recur {
namespace {

constexpr Index kTokens = 11;

std::shared_ptr<const StreamModel> some_model(Index tokens = kTokens) {
  return open(random_language_model(
      {.embedding = 5, .cell = "lstm", .hidden_size = {9, 7}, .residual = true, .head = {6}}, tokens));
}

std::span<const float> row(const Tensor& t, Index r) {
  return {t.data<float>() + r * t.dim(1), static_cast<std::size_t>(t.dim(1))};
}

std::vector<float> copy(std::span<const float> values) { return {values.begin(), values.end()}; }

TEST(Stream, StepsGiveTheBitsOfTheWholeSequence) {
  ThreadPool pool(1);
  int cases = 0;
  for (const conformance::Case& c : conformance::cases()) {
    if (c.config.bidirectional) continue;
    for (const Index tokens : {kTokens, Index{31}}) {  // with a table of input products, and without
      Model model(model_config(c.config), {.tokens = tokens, .outputs = tokens});
      randomise(model.parameters());
      const auto ids = random_tokens(5, tokens);
      const ModelOutput whole = model.forward(Pass{.pool = pool}, token_tensor(ids), Layout::dense(5, 1),
                                              model.encoder().zero_state(1));
      Stream stream(open(language_model_file(model, some_characters(tokens))));
      for (std::size_t t = 0; t < ids.size(); ++t)
        EXPECT_TRUE(same_bits(stream.step(ids[t]), row(whole.y.value, static_cast<Index>(t))))
            << c.name << ", " << tokens << " tokens, step " << t;
      ++cases;
    }
  }
  EXPECT_GT(cases, 100);
}

TEST(Stream, ReadsNumbersToo) {
  ThreadPool pool(1);
  Model model({.cell = "gru", .hidden_size = {6}}, {.features = 3, .outputs = 2});
  randomise(model.parameters());
  Tensor x = Tensor::empty({4, 3});
  for (Index i = 0; i < x.size(); ++i) x.data<float>()[i] = static_cast<float>(i) / 7;
  const Sequence sequence{Var(x), Layout::dense(4, 1)};
  const ModelOutput whole = model.forward(Pass{.pool = pool}, sequence, model.encoder().zero_state(1));

  Stream stream(open(model_of_numbers(model)));
  EXPECT_EQ(stream.model()->inputs(), 3);
  EXPECT_EQ(stream.model()->tokens(), 0);
  for (Index t = 0; t < 4; ++t) EXPECT_TRUE(same_bits(stream.step(row(x, t)), row(whole.y.value, t))) << t;
  EXPECT_TRUE(stream.step(std::vector<float>(2)).empty());
  EXPECT_TRUE(stream.step(0).empty());
  EXPECT_THROW(stream.model()->encode("a"), ConfigError);
}

TEST(Stream, StepsAllocateNothing) {
  for (const Index tokens : {kTokens, Index{31}}) {
    for (const bool layer_norm : {false, true}) {
      const auto model = open(random_language_model({.embedding = 5,
                                                     .cell = "gru_reset_before",
                                                     .hidden_size = {9, 9},
                                                     .residual = true,
                                                     .layer_norm = layer_norm,
                                                     .zoneout = 0.1,
                                                     .head = {6}},
                                                    tokens));
      Stream stream(model), other(model);
      std::vector<std::byte> state(model->state_size());
      const std::size_t before = allocations();
      for (std::int32_t token = 0; token < 10; ++token) stream.step(token);
      stream.save(state);
      other = stream;
      stream.reset();
      stream.restore(state);
      EXPECT_EQ(allocations(), before);
      EXPECT_TRUE(same_bits(stream.outputs(), other.outputs()));
    }
  }
}

// (ThreadSanitizer's own thread would outlive the child's exit.)
#if defined(__linux__) && !defined(__SANITIZE_THREAD__)
// In this mode the kernel kills whoever calls it for anything but reading and writing open files, and exit.
TEST(Stream, StepsCallNoSystem) {
  Stream stream(some_model());
  const pid_t child = fork();
  if (child == 0) {
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) _exit(77);
    for (std::int32_t token = 0; token < 10; ++token) stream.step(token);
    stream.reset();
    syscall(SYS_exit, 0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "this system has no seccomp";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "a step called the system";
}
#endif

TEST(Stream, TokensOutsideTheVocabularyAreNotRead) {
  const auto model = some_model();
  Stream stream(model);
  stream.step(3);
  const auto before = copy(stream.outputs());
  const auto state = stream.save();
  EXPECT_TRUE(stream.step(-1).empty());
  EXPECT_TRUE(stream.step(static_cast<std::int32_t>(kTokens)).empty());
  EXPECT_TRUE(stream.step(std::vector<float>(5)).empty());
  EXPECT_EQ(copy(stream.outputs()), before);
  EXPECT_EQ(stream.save(), state);
}

TEST(Stream, ForksGoTheirOwnWays) {
  const auto model = some_model();
  Stream stream(model);
  stream.step(3);
  Stream fork = stream;
  EXPECT_TRUE(same_bits(fork.outputs(), stream.outputs()));
  const auto once = copy(stream.step(4));
  EXPECT_FALSE(same_bits(fork.outputs(), once));
  EXPECT_TRUE(same_bits(fork.step(4), once));
  Stream moved = std::move(fork);
  EXPECT_TRUE(same_bits(moved.outputs(), once));
}

TEST(Stream, OneThatWasMovedFromCanBeAssignedTo) {
  const auto model = some_model();
  Stream stream(model);
  stream.step(3);
  Stream empty(model), other = std::move(empty);
  empty = stream;  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_TRUE(same_bits(empty.outputs(), stream.outputs()));
  EXPECT_FALSE(same_bits(other.outputs(), stream.outputs()));
}

TEST(Stream, AStateIsWrittenWholeOrNot) {
  Stream stream(some_model());
  std::vector<std::byte> state(stream.model()->state_size() + 1);
  EXPECT_FALSE(stream.save(std::span(state).first(state.size() - 2)));
  EXPECT_EQ(state, std::vector<std::byte>(state.size()));
  EXPECT_TRUE(stream.save(state));
}

TEST(Stream, AStateIsOfOneConfiguration) {
  const auto with_zoneout = [](double zoneout) {  // the same weights
    return open(random_language_model({.embedding = 5, .hidden_size = {4}, .zoneout = zoneout}, kTokens));
  };
  EXPECT_THROW(Stream(with_zoneout(0.1)).restore(Stream(with_zoneout(0.2)).save()), FormatError);
}

TEST(Stream, AResetStreamIsANewOne) {
  const auto model = some_model();
  Stream stream(model);
  const auto fresh = copy(stream.outputs()), first = copy(stream.step(3));
  EXPECT_NE(fresh, first);
  stream.step(5);
  stream.reset();
  EXPECT_EQ(copy(stream.outputs()), fresh);
  EXPECT_EQ(copy(stream.step(3)), first);
}

TEST(Stream, ASavedStateGoesOnWhereItWas) {
  const auto model = some_model();
  Stream stream(model);
  for (const std::int32_t token : {1, 2, 3}) stream.step(token);
  const auto state = stream.save();
  EXPECT_EQ(state.size(), model->state_size());
  const auto outputs = copy(stream.outputs()), next = copy(stream.step(4));

  Stream later(some_model());  // opened anew: the same model
  later.step(9);
  later.restore(state);
  EXPECT_EQ(copy(later.outputs()), outputs);
  EXPECT_EQ(later.save(), state);
  EXPECT_EQ(copy(later.step(4)), next);
}

template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Stream, OtherBytesAreNoState) {
  const auto model = some_model();
  Stream stream(model);
  stream.step(3);
  const auto before = copy(stream.outputs());
  auto state = stream.save();
  const auto restore = [&](std::span<const std::byte> bytes) {
    return message_of([&] { stream.restore(bytes); });
  };
  EXPECT_EQ(restore(std::span(state).first(10)),
            "a state of 10 bytes, expected " + std::to_string(model->state_size()) + "; was it cut off?");
  EXPECT_EQ(restore(std::span(state).first(state.size() - 1)),
            "a state of " + std::to_string(state.size() - 1) + " bytes, expected " +
                std::to_string(model->state_size()) + "; was it cut off?");
  Stream other(some_model(12));
  EXPECT_EQ(restore(other.save()),
            "the state of a stream of another model; open the model that it was saved from");
  state[0] = std::byte{'x'};
  EXPECT_EQ(restore(state),
            "these " + std::to_string(state.size()) + " bytes are not the saved state of a stream");
  EXPECT_EQ(copy(stream.outputs()), before);
}

TEST(StreamModel, KnowsWhatAStreamTakes) {
  for (const Index width : {8, 200}) {
    const auto model = open(random_language_model(
        {.embedding = 5, .cell = "gru", .hidden_size = {width, width}, .head = {6}}, kTokens));
    const std::size_t before = allocated_bytes();
    const Stream stream(model);
    const auto takes = static_cast<double>(allocated_bytes() - before);
    EXPECT_NEAR(takes, static_cast<double>(model->stream_bytes()), 200) << "an allocator adds some";
  }
}

TEST(StreamModel, KnowsItsText) {
  const auto model = some_model();
  EXPECT_EQ(model->task(), "lm");
  EXPECT_EQ(model->tokens(), kTokens);
  EXPECT_EQ(model->outputs(), kTokens);
  EXPECT_EQ(model->inputs(), 0);
  EXPECT_EQ(model->encode("!#é\""), (std::vector<std::int32_t>{1, 3, 2}));
  EXPECT_EQ(model->text(3), "#");
  Model same({.embedding = 5, .cell = "lstm", .hidden_size = {9, 7}, .residual = true, .head = {6}},
             {.tokens = kTokens, .outputs = kTokens});
  EXPECT_EQ(model->parameters(), same.parameters().count());
  EXPECT_GE(model->stream_bytes(), model->state_size());
}

TEST(StreamModel, RefusesWhatItCannotStream) {
  EXPECT_EQ(
      message_of([] {
        open(random_language_model({.embedding = 5, .hidden_size = {4}, .bidirectional = true}, 5));
      }),
      "test.safetensors: a bidirectional model cannot be streamed: it reads each sequence from its end, too");
  EXPECT_THROW(StreamModel::open("/no/such/file"), IoError);
  EXPECT_THROW(StreamModel::parse("nonsense", "it"), FormatError);
}

TEST(StreamModel, RefusesAFileThatIsNotWhatItsConfigurationSays) {
  const ModelFile good = random_language_model({.embedding = 5, .hidden_size = {4}}, 5);
  const auto refusal = [&](auto&& change) {
    ModelFile bad = good;
    change(bad);
    return message_of([&] { open(bad); });
  };
  EXPECT_EQ(refusal([](ModelFile& f) { f.config["model"]["cell"] = "lstn"; }).substr(0, 45),
            "test.safetensors: there is no cell 'lstn'; th");
  EXPECT_EQ(refusal([](ModelFile& f) { f.config["model"].erase("head"); }),
            "test.safetensors: its configuration has no 'model.head'; the file was changed after training");
  EXPECT_EQ(refusal([](ModelFile& f) { f.config["model"]["head"] = "x"; }),
            "test.safetensors: its model.head is 'x', expected a list of integers, at least 1 and at most "
            "1048576; the file was changed after training");
  EXPECT_EQ(refusal([](ModelFile& f) { f.config["model"]["hidden_size"] = {5}; }),
            "test.safetensors: tensor 'encoder.weight_ih_l0' is F32 [16,5], expected F32 [20,5]");
  const std::string changed = "; the file was changed after training";
  const std::string widths = ", expected a list of integers, at least 1 and at most 1048576" + changed;
  const auto refused_as = [&](const char* key, nlohmann::json value) {
    return refusal([&](ModelFile& f) { f.config["model"][key] = value; });
  };
  EXPECT_EQ(refused_as("hidden_size", {-1}), "test.safetensors: its model.hidden_size is [-1]" + widths);
  EXPECT_EQ(refused_as("hidden_size", {2.5}), "test.safetensors: its model.hidden_size is [2.5]" + widths);
  EXPECT_EQ(refused_as("hidden_size", nlohmann::json::array()),
            "test.safetensors: its 'model.hidden_size' is empty" + changed);
  EXPECT_EQ(refused_as("head", {0}), "test.safetensors: its model.head is [0]" + widths);
  for (const nlohmann::json& zoneout : {nlohmann::json(5), nlohmann::json(nullptr), nlohmann::json("x")})
    EXPECT_NE(refused_as("zoneout", zoneout), "") << zoneout;
  EXPECT_NE(refused_as("residual", 1), "");
  EXPECT_LT(refused_as("head", std::vector<int>(100'000)).size(), 300U);
  EXPECT_EQ(refusal([](ModelFile& f) { f.blobs["vocabulary"] = some_characters(6).to_bytes(); }),
            "test.safetensors: a vocabulary of 6 for a model of 5 tokens");
  // What answers with more tokens than it knows would write one that is not there.
  Model more({.embedding = 5, .hidden_size = {4}}, {.tokens = 5, .outputs = 6});
  EXPECT_EQ(message_of([&] { open(language_model_file(more, some_characters(5))); }),
            "test.safetensors: 6 outputs for a vocabulary of 5" + changed);
}

TEST(StreamModel, RefusesAProjectionThatTheFormulaDoesNotKnow) {
  for (const char* cell : {"gru", "gru_reset_before", "mingru"}) {
    for (const Index width : {2, 4, 9}) {
      ModelFile file = random_language_model({.embedding = 5, .cell = cell, .hidden_size = {4}}, 5);
      file.config["model"]["proj_size"] = width;
      EXPECT_EQ(message_of([&] { open(file); }),
                fmt::format(
                    "test.safetensors: its 'model.proj_size' is {}, but {} can have none: its formula reads "
                    "h; the file was changed after training",
                    width, cell));
    }
  }
}

// Other programs may put tensors anywhere.
TEST(StreamModel, ReadsTensorsThatLieAtOddBytes) {
  const ModelFile file = random_language_model({.embedding = 5, .hidden_size = {4}, .head = {3}}, 5);
  const std::string bytes = file.to_bytes();
  const Safetensors aligned = Safetensors::parse(bytes, "aligned");
  nlohmann::ordered_json header{{"__metadata__", aligned.metadata()},
                                {"odd", {{"dtype", "U8"}, {"shape", {1}}, {"data_offsets", {0, 1}}}}};
  std::string data = "x";
  for (const StoredTensor& t : aligned.tensors()) {
    header[t.name] = {{"dtype", to_string(t.type)},
                      {"shape", t.shape},
                      {"data_offsets", {data.size(), data.size() + t.bytes.size()}}};
    data.append(reinterpret_cast<const char*>(t.bytes.data()), t.bytes.size());
  }
  const std::string text = header.dump();
  const std::uint64_t size = text.size();
  const std::string odd = std::string(reinterpret_cast<const char*>(&size), sizeof size) + text + data;
  Stream a(StreamModel::parse(bytes, "aligned")), b(StreamModel::parse(odd, "odd"));
  for (const std::int32_t token : {1, 4, 0}) EXPECT_TRUE(same_bits(a.step(token), b.step(token)));
}

TEST(Stream, OfTiedWeightsGivesTheBitsOfTheWholeSequence) {
  ThreadPool pool(1);
  for (const Index tokens : {kTokens, Index{31}}) {  // with a table of input products, and without
    Model model({.embedding = 5, .hidden_size = {9, 5}}, {.tokens = tokens, .outputs = tokens, .tied = true});
    randomise(model.parameters());
    const auto ids = random_tokens(5, tokens);
    const ModelOutput whole = model.forward(Pass{.pool = pool}, token_tensor(ids), Layout::dense(5, 1),
                                            model.encoder().zero_state(1));
    const ModelFile file = language_model_file(model, some_characters(tokens));
    EXPECT_EQ(file.find("head.0.weight"), nullptr);
    const auto opened = open(file);
    EXPECT_EQ(opened->parameters(), model.parameters().count());
    Stream stream(opened);
    for (std::size_t t = 0; t < ids.size(); ++t)
      EXPECT_TRUE(same_bits(stream.step(ids[t]), row(whole.y.value, static_cast<Index>(t)))) << t;
  }
}

}  // namespace
}  // namespace recur
