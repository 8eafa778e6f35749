// Task seq2seq: one text made of another: translations, answers, summaries.
#pragma once

#include <memory>

#include "tasks/task.h"

namespace recur {

std::unique_ptr<Task> make_seq2seq_task();

}  // namespace recur
