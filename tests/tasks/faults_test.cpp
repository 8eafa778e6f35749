// A run that dies or fails at any step by which it changes a file, and goes on, ends with the same bytes.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "api/train.h"
#include "base/error.h"
#include "base/file.h"
#include "base/settings.h"
#include "tests/base/temporary_folder.h"
#include "train/metrics_log.h"

namespace recur {
namespace {

class Faults : public testing::Test {
 protected:
  Faults() {
    std::string text;
    for (int i = 0; i < 40; ++i)
      text += "the cat sat on the mat and sang " + std::to_string(i * i % 17) + " songs.\n";
    write_file_atomically(folder_ / "text.txt", text);
    begin("whole");
    bytes_ = read_file(folder_ / "whole/model.safetensors");
    events_ = events("whole");
  }
  ~Faults() override { on_file_step = nullptr; }

  void begin(const std::string& name, bool resume = false) {
    const std::unique_ptr<Task> task = find_task("lm").make();
    std::vector<Setting> settings;
    for (const std::string& s :
         {"data.train=" + (folder_ / "text.txt").string(), std::string("model.hidden_size=4"),
          std::string("model.embedding=4"), std::string("train.epochs=2"), std::string("train.batch_size=16"),
          std::string("data.sequence_length=48"), std::string("train.checkpoint_every=2"),
          std::string("model.dropout=0.1")})
      settings.push_back(parse_setting(s));
    set_options(settings, task->options());
    train(*task, {.out = folder_ / name, .resume = resume, .threads = 1});
  }

  /// metrics.jsonl without the seconds, which no two runs share.
  std::vector<std::string> events(const std::string& name) const {
    std::vector<std::string> lines;
    for (Event event : read_metrics(folder_ / name / "metrics.jsonl")) {
      std::visit(
          [](auto& e) {
            if constexpr (requires { e.seconds; }) e.seconds = 0;
          },
          event);
      lines.push_back(to_json_line(event));
    }
    return lines;
  }

  /// How often a run changes a file.
  int steps_of_a_run() {
    int steps = 0;
    on_file_step = [&](std::string_view) { ++steps; };
    begin("counted");
    on_file_step = nullptr;
    return steps;
  }

  void goes_on(int step) {
    begin("run", /*resume=*/true);
    EXPECT_TRUE(read_file(folder_ / "run/model.safetensors") == bytes_) << "after step " << step;
    EXPECT_EQ(events("run"), events_) << "after step " << step;
    EXPECT_TRUE(read_file(folder_ / "run/config.toml") == read_file(folder_ / "whole/config.toml"));
    for (const auto& file : std::filesystem::directory_iterator(folder_ / "run"))
      EXPECT_NE(file.path().extension(), ".tmp") << file.path() << " after step " << step;
    std::filesystem::remove_all(folder_ / "run");
  }

  /// Hundreds of runs that sync their files: in memory, where there is such a folder.
  struct InMemory {
    InMemory() {
      if (std::filesystem::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", /*overwrite=*/1);
    }
    ~InMemory() { ::unsetenv("TMPDIR"); }
  } in_memory_;
  TemporaryFolder folder_;
  std::string bytes_;
  std::vector<std::string> events_;
};

TEST_F(Faults, KilledAtAnyStep) {
  const int steps = steps_of_a_run();
  ASSERT_GT(steps, 60);
  for (int fatal = 1; fatal <= steps; ++fatal) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      on_file_step = [left = fatal](std::string_view) mutable {
        if (--left == 0) _exit(9);
      };
      begin("run");
      _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(WEXITSTATUS(status), 9) << "step " << fatal;
    goes_on(fatal);
  }
}

TEST_F(Faults, FailedAtAnyStep) {
  const int steps = steps_of_a_run();
  for (int failing = 1; failing <= steps; ++failing) {
    on_file_step = [left = failing](std::string_view step) mutable {
      if (--left == 0) fail<IoError>("no space after '{}'", step);
    };
    EXPECT_THROW(begin("run"), IoError);
    on_file_step = nullptr;
    goes_on(failing);
  }
}

// The second death comes while the run is taken up again.
TEST_F(Faults, KilledTwice) {
  const int steps = steps_of_a_run();
  const auto die_at = [&](int fatal, bool resume) {
    const pid_t child = fork();
    if (child == 0) {
      on_file_step = [left = fatal](std::string_view) mutable {
        if (--left == 0) _exit(9);
      };
      begin("run", resume);
      _exit(0);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status);
  };
  for (int second = 1; second <= 12; ++second) {
    ASSERT_TRUE(die_at(steps / 2 + second, false));
    ASSERT_TRUE(die_at(second, true));
    goes_on(second);
  }
}

}  // namespace
}  // namespace recur
