// A report as people read it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace recur {

/// The metrics by split and those of the baselines, as one table.
std::string scores_text(const nlohmann::json& report);

/// The tables of a report, each under its title; empty if it has none.
std::string tables_text(const nlohmann::json& report);

}  // namespace recur
