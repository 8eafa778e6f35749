// TaskVerb: what the verbs share that begin with a task: its options are their flags.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/train.h"
#include "cli/command.h"

namespace recur {

/// A verb whose first word is a task or a configuration that names one. An option is what comes last of: its
/// default, the preset, the configuration, the flags.
class TaskVerb : public Verb {
 public:
  std::vector<Option> options() final;
  void configure(std::vector<Setting> flags) final;

 protected:
  std::string subject_;  // TASK|CONFIG.toml
  std::string preset_;
  std::string set_;  // stands for --set, whose values are settings themselves

  /// The fields of these, which each such verb has.
  static constexpr auto common_fields = std::tuple{
      field("subject", &TaskVerb::subject_, "a task, or a file of options whose key `task` names it"),
      field("preset", &TaskVerb::preset_, "begin with the options of a preset"),
      field("set", &TaskVerb::set_, "give any option a value by its key, as in train.epochs=3"),
  };

  /// The options of the verb itself, not of the task.
  virtual std::vector<Option> own_options() = 0;

  /// The task, its options set.
  Task& task() { return *task_; }

 private:
  void find_subject();

  std::unique_ptr<Task> task_;
  std::vector<Setting> file_settings_;
};

/// The words and aliases that such a command has.
std::vector<Word> task_words();
std::vector<Alias> task_aliases();
std::vector<std::string_view> task_names();

}  // namespace recur
