#include "base/fields.h"

#include <gtest/gtest.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/settings.h"
#include "base/toml.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

enum class Pool { last, mean, attention };
constexpr std::array<std::string_view, 3> names_of(Pool) { return {"last", "mean", "attention"}; }

struct Model {
  std::vector<Index> hidden_size{128};
  double dropout = 0;
  Pool pool = Pool::last;
  bool bidirectional = false;
  static constexpr auto fields = std::tuple{
      field("hidden_size", &Model::hidden_size, "units of each layer").at_least(1),
      field("dropout", &Model::dropout, "share of units dropped").at_least(0).less_than(1),
      field("pool", &Model::pool, "how steps become one vector"),
      field("bidirectional", &Model::bidirectional, "read both ways"),
  };
};

struct Train {
  double learning_rate = 1e-3;
  Index epochs = 20;
  std::vector<double> quantiles{0.1, 0.9};
  static constexpr auto fields = std::tuple{
      field("learning_rate", &Train::learning_rate, "size of a step").more_than(0),
      field("epochs", &Train::epochs, "passes over the data").between(1, 1000),
      field("quantiles", &Train::quantiles, "which to forecast").between(0, 1),
  };
};

struct Config {
  std::string task = "classify";
  std::filesystem::path out;
  Model model;
  Train train;
  std::vector<std::string> columns;
  static constexpr auto fields = std::tuple{
      field("task", &Config::task, "what to learn"),         field("out", &Config::out, "run folder"),
      field("model", &Config::model, "the network"),         field("train", &Config::train, "how it learns"),
      field("columns", &Config::columns, "columns to read"),
  };
};

void apply_toml(Config& config, std::string_view text) {
  set_options(parse_toml(text, "my.toml"), options_of(config));
}
std::string toml_error(std::string_view text) {
  Config config;
  return message_of<ConfigError>([&] { apply_toml(config, text); });
}
std::string set_error(std::string_view text) {
  Config config;
  return message_of<ConfigError>([&] { set_options(std::vector{parse_setting(text)}, options_of(config)); });
}

TEST(Toml, GivesEveryKindOfOptionItsValue) {
  Config config;
  apply_toml(config, R"(
task = "lm"
out = "runs/tiny"
columns = ["a", "b"]
[model]
hidden_size = [256, 64]
dropout = 0.5
pool = "attention"
bidirectional = true
[train]
learning_rate = 1   # an integer is a number
epochs = 3
)");
  EXPECT_EQ(config.task, "lm");
  EXPECT_EQ(config.out, "runs/tiny");
  EXPECT_EQ(config.columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.model.hidden_size, (std::vector<Index>{256, 64}));
  EXPECT_EQ(config.model.dropout, 0.5);
  EXPECT_EQ(config.model.pool, Pool::attention);
  EXPECT_TRUE(config.model.bidirectional);
  EXPECT_EQ(config.train.learning_rate, 1.0);
  EXPECT_EQ(config.train.epochs, 3);
  EXPECT_EQ(config.train.quantiles, (std::vector<double>{0.1, 0.9})) << "what is not named keeps its default";
  apply_toml(config, "model.hidden_size = 32");
  EXPECT_EQ(config.model.hidden_size, (std::vector<Index>{32})) << "one value is a list of one";
}

TEST(Toml, ErrorsNameTheLineTheKeyAndTheWayOut) {
  EXPECT_EQ(toml_error("[train]\nepoch = 3"),
            "my.toml:2: unknown key 'train.epoch'; did you mean 'train.epochs'?");
  EXPECT_EQ(toml_error("epochs = 3"), "my.toml:1: unknown key 'epochs'; did you mean 'train.epochs'?");
  EXPECT_EQ(toml_error("banana = 3"), "my.toml:1: unknown key 'banana'");
  EXPECT_EQ(toml_error("\n\ntrain = 3"),
            "my.toml:3: 'train' is a table of options, found 3 (write train.learning_rate = …)");
  EXPECT_EQ(toml_error("[train]\nepochs = \"ten\""),
            "my.toml:2: train.epochs is 'ten', expected an integer, at least 1 and at most 1000");
  EXPECT_EQ(toml_error("[train]\nepochs = 10.0"),
            "my.toml:2: train.epochs is 10, expected an integer, at least 1 and at most 1000");
  EXPECT_EQ(toml_error("[train]\nepochs = 0"),
            "my.toml:2: train.epochs is 0, expected an integer, at least 1 and at most 1000");
  EXPECT_EQ(toml_error("[train]\nlearning_rate = nan"),
            "my.toml:2: train.learning_rate is nan, expected a number, more than 0");
  EXPECT_EQ(toml_error("[model]\nhidden_size = [64, 0]"),
            "my.toml:2: model.hidden_size is [64, 0], expected a list of integers, at least 1");
  EXPECT_EQ(toml_error("[model]\ndropout = 1"),
            "my.toml:2: model.dropout is 1, expected a number, at least 0 and less than 1");
  EXPECT_EQ(toml_error("[model]\npool = \"men\""),
            "my.toml:2: model.pool is 'men', expected one of last, mean, attention; did you mean 'mean'?");
  // Two that toml++ 3.3 calls impossible; the fuzzer found them.
  EXPECT_EQ(toml_error("[\n").substr(0, 30), "my.toml:1: Error while parsing");
  EXPECT_EQ(toml_error("\u034E = 1").substr(0, 30), "my.toml:1: Error while parsing");
  EXPECT_EQ(
      toml_error("task = 1979-05-27"),
      "my.toml:1: task is a date, a time or a table in a list, which no option takes (put a text in quotes)");
  EXPECT_EQ(toml_error("task = lm").substr(0, 11), "my.toml:1: ");
  EXPECT_NE(toml_error("task = lm").find("expected TOML"), std::string::npos);
}

// A parser that recurses would leave its stack.
TEST(Toml, RefusesWhatLiesTooDeep) {
  const auto repeated = [](int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  const std::string refused =
      "my.toml:2: tables or lists more than 64 deep in each other, expected options: table.option = value";
  for (const int deep : {100, 200'000}) {
    EXPECT_EQ(toml_error("\n[" + repeated(deep, "a.") + "a]"), refused);
    EXPECT_EQ(toml_error("\n" + repeated(deep, "'a'.") + "a = 1"), refused);
    EXPECT_EQ(toml_error("\na = " + repeated(deep, "[")), refused);
    EXPECT_EQ(toml_error("\n" + repeated(deep, "a = {")), refused);
    EXPECT_EQ(toml_error("\n" + repeated(deep, "a.b = [{")), refused);
  }
  Config config;
  const std::string brackets = repeated(100, "[.");
  apply_toml(config, "task = '''" + brackets + "\n'''''  # " + brackets + "\nout = \"\\\"" + brackets +
                         "\"\n[train]\nquantiles = [" + repeated(100, "0.5, ") + "]\n");
  EXPECT_EQ(config.train.quantiles.size(), 100U);
  EXPECT_NO_THROW(parse_toml(repeated(63, "a.") + "a = 1", "my.toml"));
}

TEST(Toml, WritesWhatItReads) {
  Config config;
  config.task = "say \"hi\"\n\\\x01";
  config.model.hidden_size = {256, 64};
  config.model.pool = Pool::mean;
  config.train.learning_rate = 0.1 + 0.2;
  config.train.quantiles = {1.0 / 3, 5e-324, 1};
  config.columns = {"time", "größe"};
  const std::string text = write_toml(options_of(config));
  Config back;
  apply_toml(back, text);
  EXPECT_EQ(back.task, config.task);
  EXPECT_EQ(back.model.hidden_size, config.model.hidden_size);
  EXPECT_EQ(back.model.pool, config.model.pool);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(back.train.learning_rate), std::bit_cast<std::uint64_t>(0.1 + 0.2));
  EXPECT_EQ(back.train.quantiles, config.train.quantiles);
  EXPECT_EQ(back.columns, config.columns);
  EXPECT_EQ(write_toml(options_of(back)), text);
}

TEST(Toml, LooksAsAPersonWouldWriteIt) {
  Config config;
  EXPECT_EQ(write_toml(options_of(config)), R"(task = "classify"             # what to learn
out = ""                      # run folder
columns = []                  # columns to read

[model]
hidden_size = [128]           # units of each layer
dropout = 0.0                 # share of units dropped
pool = "last"                 # how steps become one vector: last | mean | attention
bidirectional = false         # read both ways

[train]
learning_rate = 0.001         # size of a step
epochs = 20                   # passes over the data
quantiles = [0.1, 0.9]        # which to forecast
)");
}

TEST(Json, WritesWhatItReads) {
  Config config;
  config.task = "lm";
  config.model.pool = Pool::mean;
  config.model.hidden_size = {3, 4};
  config.train.learning_rate = 1e-4;
  const auto json = to_json(options_of(config));
  EXPECT_EQ(
      json.dump(),
      R"({"columns":[],"model":{"bidirectional":false,"dropout":0.0,"hidden_size":[3,4],"pool":"mean"},)"
      R"("out":"","task":"lm","train":{"epochs":20,"learning_rate":0.0001,"quantiles":[0.1,0.9]}})");
  Config back;
  set_options(settings_of(nlohmann::json::parse(json.dump()), "model: "), options_of(back));
  EXPECT_EQ(to_json(options_of(back)), json);
  EXPECT_EQ(message_of<ConfigError>([&] {
              set_options(settings_of(nlohmann::json::parse(R"({"train": {"epochs": null}})"), "model: "),
                          options_of(back));
            }),
            "model: train.epochs is null, which no option takes");
  EXPECT_EQ(message_of<ConfigError>([&] {
              set_options(settings_of(nlohmann::json::parse(R"({"train": {"speed": 1}})"), "model: "),
                          options_of(back));
            }),
            "model: unknown key 'train.speed'");
}

TEST(Set, ReadsATextAsTheOptionsType) {
  Config config;
  const auto options = options_of(config);
  const auto set = [&](std::string_view text) { set_options(std::vector{parse_setting(text)}, options); };
  set("train.learning_rate=3e-4");
  set("model.hidden_size=256,64");
  set("model.pool=mean");
  set("model.bidirectional=true");
  set("columns=a,b=c,");
  set("task=");
  EXPECT_EQ(config.train.learning_rate, 3e-4);
  EXPECT_EQ(config.model.hidden_size, (std::vector<Index>{256, 64}));
  EXPECT_EQ(config.model.pool, Pool::mean);
  EXPECT_TRUE(config.model.bidirectional);
  EXPECT_EQ(config.columns, (std::vector<std::string>{"a", "b=c", ""}));
  EXPECT_EQ(config.task, "");
  set("columns=");
  EXPECT_TRUE(config.columns.empty());
  EXPECT_EQ(to_text(options[2]), "256,64");
}

struct Files {
  std::vector<std::filesystem::path> train;
  static constexpr auto fields = std::tuple{field("train", &Files::train, "files to read")};
};

TEST(Set, AListOfPathsComesFromAllSources) {
  const std::vector<std::filesystem::path> both{"a.tsv", "b c.tsv.gz"};
  Files files, back;
  const auto options = options_of(files);
  set_options(std::vector{parse_setting("train=a.tsv,b c.tsv.gz")}, options);
  EXPECT_EQ(files.train, both);
  EXPECT_EQ(to_text(options[0]), "a.tsv,b c.tsv.gz");
  EXPECT_EQ(describe_type(options[0]), "a list of paths");
  set_options(parse_toml(write_toml(options), "my.toml"), options_of(back));
  EXPECT_EQ(back.train, both);
  set_options(parse_toml("train = 'a,b.tsv'", "my.toml"), options_of(back));
  EXPECT_EQ(back.train, (std::vector<std::filesystem::path>{"a,b.tsv"})) << "one path is a list of one";
  EXPECT_EQ(to_json(options).dump(), R"({"train":["a.tsv","b c.tsv.gz"]})");
  set_options(settings_of(to_json(options), "model: "), options_of(back));
  EXPECT_EQ(back.train, both);
}

TEST(Set, ErrorsNameKeyValueAndRange) {
  EXPECT_EQ(set_error("train.epochs"),
            "--set takes key=value, found 'train.epochs' (as in --set train.learning_rate=1e-3)");
  EXPECT_EQ(set_error("train.learning_rte=1"),
            "--set: unknown key 'train.learning_rte'; did you mean 'train.learning_rate'?");
  EXPECT_EQ(set_error("train.learning_rate=-1"),
            "--set: train.learning_rate is '-1', expected a number, more than 0");
  EXPECT_EQ(set_error("train.learning_rate=inf"),
            "--set: train.learning_rate is 'inf', expected a number, more than 0");
  EXPECT_EQ(set_error("model.hidden_size=64,"),
            "--set: model.hidden_size is '64,', expected a list of integers, at least 1");
  EXPECT_EQ(set_error("model.bidirectional=yes"),
            "--set: model.bidirectional is 'yes', expected true or false");
}

}  // namespace
}  // namespace recur
