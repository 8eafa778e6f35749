#include "cli/arguments.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "cli/help.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

struct Layer {
  std::vector<Index> hidden_size{128};
  double dropout = 0;
  bool bias = true;
  static constexpr auto fields = std::tuple{
      field("hidden_size", &Layer::hidden_size, "units of each layer").at_least(1),
      field("dropout", &Layer::dropout, "share of units dropped").at_least(0).less_than(1),
      field("bias", &Layer::bias, "add a bias"),
  };
};
struct Input {
  std::filesystem::path train;
  double dropout = 0;
  static constexpr auto fields = std::tuple{
      field("train", &Input::train, "what to learn from"),
      field("dropout", &Input::dropout, "share of inputs dropped"),
  };
};
struct Config {
  Index seed = 42;
  Input data;
  Layer model;
  static constexpr auto fields = std::tuple{
      field("seed", &Config::seed, "of all that is random"),
      field("data", &Config::data, "what is read"),
      field("model", &Config::model, "the network"),
  };
};

/// A verb as `train` is: the options of `lm` are there once its name is.
struct Learn final : Verb {
  std::string task;
  bool resume = false;
  std::string set;
  Config config;
  static constexpr auto fields = std::tuple{
      field("task", &Learn::task, "what to learn"),
      field("resume", &Learn::resume, "go on from the checkpoint"),
      field("set", &Learn::set, "any option by its key"),
  };

  std::vector<Option> options() override {
    std::vector<Option> all = options_of(*this);
    if (!task.empty()) append_options(config, "", all);
    return all;
  }
  int run(Console&) override { return 0; }
};

Command learn_command() {
  return {.name = "learn",
          .summary = "Learn",
          .examples = "recur learn lm --data a.txt\n",
          .words = {{"TASK", "task", true}},
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Learn>(); },
          .aliases = {{"data.train", "--data"}},
          .variants = [] { return std::vector<std::string_view>{"lm"}; }};
}

std::string error_of(const std::vector<std::string>& arguments) {
  Learn verb;
  return message_of<ConfigError>([&] { parse_arguments(learn_command(), arguments, verb); });
}

TEST(Arguments, FlagsSetTheOptionsTheyAreNamedAfter) {
  Learn verb;
  ASSERT_TRUE(
      parse_arguments(learn_command(),
                      std::vector<std::string>{"lm", "--data", "a.txt", "--hidden-size=256,64", "--seed",
                                               "-1", "--resume", "--model-dropout", "0.5", "--data-dropout",
                                               "0.25", "--no-bias", "--set", "model.dropout=0.125"},
                      verb));
  EXPECT_EQ(verb.config.data.train, "a.txt");
  EXPECT_EQ(verb.config.model.hidden_size, (std::vector<Index>{256, 64}));
  EXPECT_EQ(verb.config.seed, -1);
  EXPECT_TRUE(verb.resume);
  EXPECT_EQ(verb.config.data.dropout, 0.25);
  EXPECT_EQ(verb.config.model.dropout, 0.125) << "the last one counts";
  EXPECT_FALSE(verb.config.model.bias);
}

TEST(Arguments, WordsMayBeginWithADashAfterTwoDashes) {
  Learn verb;
  ASSERT_TRUE(parse_arguments(learn_command(), std::vector<std::string>{"--resume", "--", "--help"}, verb));
  EXPECT_EQ(verb.task, "--help");
  EXPECT_TRUE(verb.resume);
}

TEST(Arguments, ErrorsSayWhatIsWrongAndWhatToDo) {
  EXPECT_EQ(error_of({}), "'recur learn' needs TASK (see recur learn --help)");
  EXPECT_EQ(error_of({"lm", "x"}), "'recur learn' has no use for 'x' (see recur learn --help)");
  EXPECT_EQ(error_of({"lm", "--hiden-size", "3"}),
            "unknown flag '--hiden-size' of 'recur learn'; did you mean '--hidden-size'?");
  EXPECT_EQ(error_of({"--seed", "3", "lm"}),
            "unknown flag '--seed' of 'recur learn' (flags follow the word TASK)");
  EXPECT_EQ(error_of({"lm", "--dropout", "0.5"}),
            "unknown flag '--dropout' of 'recur learn'; did you mean '--data-dropout' or '--model-dropout'?");
  EXPECT_EQ(error_of({"lm", "--no-seed"}),
            "unknown flag '--no-seed' of 'recur learn'; did you mean '--seed'?");
  EXPECT_EQ(error_of({"lm", "--seed"}),
            "--seed needs a value, found nothing (if that is meant, write --seed=VALUE)");
  EXPECT_EQ(error_of({"lm", "--seed", "--resume"}),
            "--seed needs a value, found '--resume' (if that is meant, write --seed=VALUE)");
  EXPECT_EQ(error_of({"lm", "--seed", "ten"}), "--seed is 'ten', expected an integer");
  EXPECT_EQ(error_of({"lm", "--hidden-size", "64,0"}),
            "--hidden-size is '64,0', expected a list of integers, at least 1");
  EXPECT_EQ(error_of({"lm", "--no-bias=3"}), "--no-bias takes no value, found '3'");
  EXPECT_EQ(error_of({"lm", "--set", "seed"}),
            "--set takes key=value, found 'seed' (as in --set train.learning_rate=1e-3)");
  EXPECT_EQ(error_of({"lm", "--set", "model.dropuot=1"}),
            "--set: unknown key 'model.dropuot'; did you mean 'model.dropout'?");
}

TEST(Help, ShowsWhatTheFlagsAreAndTheirDefaults) {
  Learn verb;
  EXPECT_FALSE(parse_arguments(learn_command(), std::vector<std::string>{"lm", "--help"}, verb));
  EXPECT_EQ(help_of(learn_command(), verb), R"(usage: recur learn TASK [flags]

Learn.

  TASK                      what to learn

flags:
  --resume                  go on from the checkpoint
  --set KEY=VALUE           any option by its key
  --seed N                  of all that is random (default 42)

flags of [data]:
  --data PATH               what to learn from
  --data-dropout X          share of inputs dropped (default 0)

flags of [model]:
  --hidden-size N,…         units of each layer (default 128)
  --model-dropout X         share of units dropped (default 0)
  --no-bias                 add a bias (default on)

examples:
  recur learn lm --data a.txt
)");
}

}  // namespace
}  // namespace recur
