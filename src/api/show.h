// What there is to know about a program, a cell, a run: what `recur show` prints.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "base/types.h"

namespace recur {

/// The program: {"version", "isa": the one in use, "isas": those that run here, "cores",
/// "cells": [{"name", "summary"}], "tasks": [{"name", "summary"}]}.
nlohmann::json show_program();

/// Whether there is a cell of that name.
bool is_cell(std::string_view name);

/// A cell, of `input` inputs and `hidden` units: {"cell", "summary", "equations": ["…"],
/// "gates": [{"name", "from", "stage"}], "states", "unit_weights", "input", "hidden", "parameters",
/// "formula"}; `formula` says what the parameters are the sum of. Throws ConfigError if there is no such
/// cell.
nlohmann::json show_cell(std::string_view name, Index input, Index hidden);

/// A finished run, or its model file: {"run", "task", "parameters", "bytes", "isa", "data_sha256", "config",
/// "metrics", "baselines", "steps", "epoch", "seconds", "advice", "tensors": [{"name", "shape", "type"}]}.
/// What only the run folder tells (from "baselines" to "advice") is absent for a bare model file. Throws
/// IoError, FormatError.
nlohmann::json show_run(const std::filesystem::path& run);

}  // namespace recur
