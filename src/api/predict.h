// Answers of a trained model to new data: what `recur predict` does.
#pragma once

#include <filesystem>

#include "tasks/task.h"

namespace recur {

/// Hands `answer` one answer for each input of a file, or of the standard input ("-"), as soon as it is
/// known. `anew`: options that have other values than in the model, see Task::answer_with(). Throws IoError,
/// FormatError, DataError; ConfigError for a task without such answers.
void predict(const std::filesystem::path& run, const std::filesystem::path& input, Index threads,
             const AnswerSink& answer, const std::vector<Setting>& anew = {});

}  // namespace recur
