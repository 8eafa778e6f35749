// The plan of a run: what it says beforehand is what the run takes.
#include "api/plan.h"

#include <gtest/gtest.h>

#include "api/train.h"
#include "base/file.h"
#include "base/settings.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

struct Plan : testing::Test {
  Plan() {
    std::string text;
    for (int i = 0; i < 700; ++i)
      text += "the cat sat on the mat and sang " + std::to_string(i * i % 17) + " songs.\n";
    write_file_atomically(folder / "text.txt", text);
  }
  std::unique_ptr<Task> task(const std::vector<std::string>& settings) const {
    std::unique_ptr<Task> task = find_task("lm").make();
    std::vector<Setting> all{parse_setting("data.train=" + (folder / "text.txt").string()),
                             parse_setting("train.epochs=1"), parse_setting("data.sequence_length=64")};
    for (const std::string& s : settings) all.push_back(parse_setting(s));
    set_options(all, task->options());
    return task;
  }
  TemporaryFolder folder;
};

TEST_F(Plan, IsWhatTheRunTakes) {
  for (const auto& settings : std::vector<std::vector<std::string>>{
           {"model.hidden_size=320", "model.embedding=64", "train.batch_size=32"},
           {"model.cell=gru", "model.hidden_size=272,136", "model.embedding=136", "train.batch_size=64",
            "model.dropout=0.1", "train.optimizer=sgd"},
           {"model.cell=gru", "model.hidden_size=48", "model.layer_norm=true", "train.batch_size=300",
            "data.sequence_length=16"}}) {
    const nlohmann::json measured = plan(*task(settings), {.threads = 1, .machine_bytes = Index{1} << 60});
    const nlohmann::json estimated = plan(*task(settings), {.threads = 1, .machine_bytes = 1});
    EXPECT_TRUE(measured["measured"].get<bool>());
    EXPECT_FALSE(estimated["measured"].get<bool>());
    reset_peak();
    const Index before = memory_use().bytes;
    const nlohmann::json run =
        train(*task(settings), {.out = folder / "run", .force = true, .threads = 1}).json;
    const double took = static_cast<double>(memory_use().peak - before);
    EXPECT_NEAR(measured["memory_bytes"].get<double>(), took, 0.1 * took) << settings[0];
    EXPECT_NEAR(estimated["memory_bytes"].get<double>(), took, 0.1 * took) << settings[0];
    for (const char* key : {"parameters", "model", "steps", "targets_per_step"})
      EXPECT_EQ(estimated[key], measured[key]) << key;
    EXPECT_EQ(estimated["parameters"], run["parameters"]);
  }
}

TEST_F(Plan, OfWhatNoMachineHoldsIsANumberToo) {
  const nlohmann::json huge =
      plan(*task({"model.hidden_size=100000", "model.embedding=4096"}), {.threads = 1});
  EXPECT_FALSE(huge["measured"].get<bool>());
  const double width = 100000, vocabulary = 29, parameters = 4 * width * (4096 + width + 1);
  EXPECT_NEAR(huge["parameters"].get<double>(), parameters, 0.01 * parameters + vocabulary * 2 * width);
  // Values, gradients, two moments, and weights packed for two products: 24 bytes a parameter at least.
  EXPECT_NEAR(huge["memory_bytes"].get<double>(), 24 * parameters, 0.15 * 24 * parameters);
}

}  // namespace
}  // namespace recur
