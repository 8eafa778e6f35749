// What every task does alike with its configuration.
#pragma once

#include <filesystem>
#include <vector>

#include "tasks/task.h"

namespace recur {

/// A task whose configuration has `seed`, `train` and `data.train`: a file or several.
template <class Config>
class ConfiguredTask : public Task {
 public:
  std::vector<Option> options() override { return options_of(config_); }
  const TrainConfig& train() const override { return config_.train; }
  std::uint64_t seed() const override { return static_cast<std::uint64_t>(config_.seed); }
  std::filesystem::path data() const override { return first_of(config_.data.train); }

 protected:
  Config config_{};

 private:
  static std::filesystem::path first_of(const std::filesystem::path& file) { return file; }
  static std::filesystem::path first_of(const std::vector<std::filesystem::path>& files) {
    return files.empty() ? std::filesystem::path() : files.front();
  }
};

}  // namespace recur
