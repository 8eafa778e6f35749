// The configuration of a task as a model file keeps it.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "base/fields.h"
#include "formats/model_file.h"

namespace recur {

/// The options that belong into a model file: all but `paths` of [data], which name files, and when
/// checkpoints are written. Those are the surroundings of one run.
nlohmann::json config_for_file(std::span<const Option> options, std::initializer_list<const char*> paths);

/// Sets the options to those that a model file was trained with. Throws FormatError if it is of another task
/// than `task` (`expected` names it: "a classifier (classify)"), or holds what no option allows.
void read_config(const ModelFile& file, std::string_view task, std::string_view expected,
                 std::span<const Option> options);

}  // namespace recur
