#include "cli/task_verb.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "base/toml.h"
#include "cli/presets.h"

namespace recur {
namespace {

constexpr std::string_view kTaskKey = "task";

/// The options that flags may set: the task is the first word.
std::vector<Option> settable(Task& task) {
  std::vector<Option> options = task.options();
  std::erase_if(options, [](const Option& option) { return option.key == kTaskKey; });
  return options;
}

/// Takes the key `task` out of a file's settings; "" if there is none.
std::string take_task(std::vector<Setting>& settings) {
  std::string name;
  std::erase_if(settings, [&](const Setting& setting) {
    if (setting.key != kTaskKey) return false;
    const auto* text = std::get_if<std::string>(&setting.value.data);
    check<ConfigError>(text != nullptr, "{}task is {}, expected one of {}", setting.place,
                       setting.value.describe(), join(task_names()));
    name = *text;
    return true;
  });
  return name;
}

}  // namespace

/// Makes the task that the first word names, once there is one.
void TaskVerb::find_subject() {
  if (task_ || subject_.empty()) return;
  std::error_code ignored;
  const std::vector<std::string_view> tasks = task_names();
  if (std::find(tasks.begin(), tasks.end(), subject_) == tasks.end() &&
      std::filesystem::is_directory(subject_, ignored)) {
    const auto config = (std::filesystem::path(subject_) / "config.toml").string();
    fail<ConfigError>(
        "'{}' is a folder, expected a task ({}) or a configuration{}", subject_, join(tasks),
        std::filesystem::exists(config, ignored)
            ? "; to go on with this run: recur train " + config + " --out " + subject_ + " --resume"
            : "");
  }
  if (!std::filesystem::path(subject_).has_extension()) {
    task_ = find_task(subject_).make();
    return;
  }
  file_settings_ = read_toml(subject_);
  const std::string name = take_task(file_settings_);
  check<ConfigError>(!name.empty(), "{}: there is no key 'task', expected task = \"…\" with one of {}",
                     subject_, join(task_names()));
  task_ = find_task(name).make();
}

std::vector<Option> TaskVerb::options() {
  std::vector<Option> all = own_options();
  find_subject();
  if (!task_) return all;
  for (Option& option : settable(*task_)) all.push_back(std::move(option));
  return all;
}

void TaskVerb::configure(std::vector<Setting> flags) {
  find_subject();
  const std::vector<Option> own = own_options();
  const auto first_of_task = std::stable_partition(flags.begin(), flags.end(), [&](const Setting& flag) {
    return std::any_of(own.begin(), own.end(), [&](const Option& option) { return option.key == flag.key; });
  });
  set_options(std::span(flags.begin(), first_of_task), own);

  const std::vector<Option> options = settable(*task_);
  if (!preset_.empty()) {
    std::vector<Setting> preset = preset_settings(preset_);
    take_task(preset);
    set_options(preset, options);
  }
  set_options(file_settings_, options);
  set_options(std::span(first_of_task, flags.end()), options);
}

std::vector<Word> task_words() { return {{"TASK|CONFIG.toml", "subject", true}}; }

std::vector<Alias> task_aliases() {
  return {{"data.train", "--data"},
          {"sample.every", "--sample-every"},
          {"sample.temperatures", "--sample-temperatures"},
          {"sample.length", "--sample-length"},
          {"sample.prompt", "--sample-prompt"}};
}

std::vector<std::string_view> task_names() {
  std::vector<std::string_view> names;
  for (const TaskEntry& task : all_tasks()) names.push_back(task.name);
  return names;
}

}  // namespace recur
