// Task tag: a tag for each word of a sentence.
#pragma once

#include <memory>

#include "tasks/task.h"

namespace recur {

std::unique_ptr<Task> make_tag_task();

}  // namespace recur
