// The tasks: one line each.
#include "base/error.h"
#include "base/text.h"
#include "tasks/lm.h"
#include "tasks/task.h"

namespace recur {

const std::vector<TaskEntry>& all_tasks() {
  static const std::vector<TaskEntry> tasks{
      {"lm", "language models over bytes, characters or words", make_lm_task},
  };
  return tasks;
}

const TaskEntry& find_task(std::string_view name) {
  std::vector<std::string_view> names;
  for (const TaskEntry& task : all_tasks()) {
    if (task.name == name) return task;
    names.push_back(task.name);
  }
  fail<ConfigError>("there is no task '{}'{} (the tasks are: {})", name, did_you_mean(name, names),
                    join(names));
}

}  // namespace recur
