// Task classify: one label, or some, for a text or a series of numbers.
#pragma once

#include <memory>

#include "tasks/task.h"

namespace recur {

std::unique_ptr<Task> make_classify_task();

}  // namespace recur
