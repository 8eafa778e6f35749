// Task forecast: what comes next in one or many series.
#pragma once

#include "tasks/task.h"

namespace recur {

std::unique_ptr<Task> make_forecast_task();

}  // namespace recur
