// The tasks: one line each.
#include "base/error.h"
#include "base/text.h"
#include "tasks/classify.h"
#include "tasks/forecast.h"
#include "tasks/lm.h"
#include "tasks/seq2seq.h"
#include "tasks/tag.h"
#include "tasks/task.h"

namespace recur {

void Task::predict(const ModelFile& model, const std::filesystem::path&, ThreadPool&, const AnswerSink&) {
  fail<ConfigError>(
      "{}: a model of task '{}' has no answers to inputs; a language model writes: recur generate",
      model.where, model.task);
}

void Task::answer_with(const std::vector<Setting>& settings) {
  if (!settings.empty())
    fail<ConfigError>("--set {}: models of this task have nothing to choose when they answer",
                      settings.front().key);
}

const std::vector<TaskEntry>& all_tasks() {
  static const std::vector<TaskEntry> tasks{
      {"classify", "labels for texts or series of numbers", make_classify_task},
      {"forecast", "what comes next in one or many series of numbers", make_forecast_task},
      {"lm", "language models over bytes, characters, words or parts of words", make_lm_task},
      {"seq2seq", "a text made of a text: translations, answers, summaries", make_seq2seq_task},
      {"tag", "a tag for each word of a sentence", make_tag_task},
  };
  return tasks;
}

std::unique_ptr<Task> task_of(const ModelFile& file) {
  for (const TaskEntry& task : all_tasks())
    if (task.name == file.task) return task.make();
  fail<FormatError>("{}: a model of task '{}', which this version of recur does not have", file.where,
                    file.task);
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
