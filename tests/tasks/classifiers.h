// Classifiers to train in a folder of their own, and texts for them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/predict.h"
#include "base/file.h"
#include "base/settings.h"
#include "tasks/task.h"
#include "tests/base/temporary_folder.h"

namespace recur {

class Classifiers : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& text) const {
    write_file_atomically(folder_ / name, text);
    return folder_ / name;
  }

  /// A task with a small model; what is set later wins.
  static std::unique_ptr<Task> task(const std::filesystem::path& data,
                                    const std::vector<std::string>& settings = {}) {
    std::unique_ptr<Task> task = find_task("classify").make();
    std::vector<Setting> all;
    for (const char* s : {"model.hidden_size=12", "model.embedding=8", "model.pool=mean", "train.epochs=6",
                          "train.batch_size=8", "train.learning_rate=0.02", "model.dropout=0.1"})
      all.push_back(parse_setting(s));
    all.push_back(parse_setting("data.train=" + data.string()));
    for (const std::string& s : settings) all.push_back(parse_setting(s));
    set_options(all, task->options());
    return task;
  }

  std::vector<nlohmann::ordered_json> answers(const std::string& name,
                                              const std::filesystem::path& input) const {
    std::vector<nlohmann::ordered_json> all;
    predict(run(name), input, 1, [&](const nlohmann::ordered_json& answer) { all.push_back(answer); });
    return all;
  }

  template <class E>
  static std::string refusal(const std::function<void()>& call) {
    try {
      call();
    } catch (const E& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  std::vector<std::string> notes(const std::filesystem::path& data,
                                 const std::vector<std::string>& settings = {}) const {
    return task(data, settings)->start()->notes();
  }

  std::string bytes(const std::string& name) const { return read_file(run(name) / "model.safetensors"); }
  std::filesystem::path run(const std::string& name) const { return folder_ / name; }

  TemporaryFolder folder_;
};

/// Opinions whose sense hangs on one word.
inline std::string opinions(int count, int first = 0) {
  const char* const good[]{"wonderful", "great", "lovely"};
  const char* const bad[]{"dull", "awful", "boring"};
  const char* const things[]{"film", "book", "song", "dish", "day"};
  std::string text = "text\tlabel\n";
  for (int i = first; i < first + count; ++i) {
    const bool is_good = i % 2 == 0;
    text += "The " + std::string(things[i % 5]) + " number " + std::to_string(i) + " was " +
            (is_good ? good[i % 3] : bad[i % 3]) + "!\t" + (is_good ? "good" : "bad") + "\n";
  }
  return text;
}

}  // namespace recur
