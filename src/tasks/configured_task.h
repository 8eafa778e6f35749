// What every task does alike with its configuration.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "tasks/task.h"

namespace recur {

/// A task whose configuration has `seed`, `train` and `data.train`, a file or several; and maybe `decode`, of
/// which a trained model may be given other values.
template <class Config>
class ConfiguredTask : public Task {
 public:
  std::vector<Option> options() override { return options_of(config_); }
  const TrainConfig& train() const override { return config_.train; }
  std::uint64_t seed() const override { return static_cast<std::uint64_t>(config_.seed); }
  std::filesystem::path data() const override { return first_of(config_.data.train); }
  void answer_with(const std::vector<Setting>& settings) override {
    if constexpr (requires(Config config) { config.decode; }) {
      for (const Setting& setting : settings)
        check<ConfigError>(
            setting.key.starts_with("decode."),
            "--set {}: a trained model can change how it looks for answers alone, by the keys of [decode]",
            setting.key);
      anew_ = settings;
    } else {
      Task::answer_with(settings);
    }
  }

 protected:
  Config config_{};
  std::vector<Setting> anew_;  ///< what answer_with() was given

 private:
  static std::filesystem::path first_of(const std::filesystem::path& file) { return file; }
  static std::filesystem::path first_of(const std::vector<std::filesystem::path>& files) {
    return files.empty() ? std::filesystem::path() : files.front();
  }
};

}  // namespace recur
