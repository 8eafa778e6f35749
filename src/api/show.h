// What there is to know about a program, a cell, a run, and runs side by side: what `recur show` and `recur
// compare` print.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

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

/// Runs side by side: {"runs": [as show_run, without "config", "tensors" and "advice"],
/// "options": {key: [a value a run; null where it has no such option]}}, of the options in which they differ.
/// Throws as show_run.
nlohmann::json compare(const std::vector<std::filesystem::path>& runs);

}  // namespace recur
