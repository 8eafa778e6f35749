// Runs side by side: what `recur compare` prints.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace recur {

/// {"runs": [{"run", "task", "metrics", "parameters", "seconds", "epochs", "seconds_per_epoch",
/// "peak_memory_bytes", …}], "options": {key: [a value a run; null where it has no such option]} of those in
/// which they differ, "differences": [{"run", "from", "metric", "examples", "difference", "low", "high",
/// "better"}], "notes": ["…"]}.
///
/// A difference is of the scores of each example of the same split, a run's against the first run's, with its
/// 95 % bootstrap interval; "better" is whether the whole interval is on the better side of 0. It is there
/// where both runs finished and scored as many examples. Throws as show_run.
nlohmann::json compare(const std::vector<std::filesystem::path>& runs);

}  // namespace recur
