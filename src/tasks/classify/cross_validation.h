// Cross-validation: where examples are too few to hold some out, each part of them validates models that were
// trained on the other parts.
#pragma once

#include <functional>
#include <vector>

#include "tasks/classify/data.h"
#include "train/job.h"

namespace recur {

/// The validation score of each epoch, over the held-out examples of all folds together. The folds' models
/// have seeds of their own. Throws Interrupted where `stop_requested`, asked after each step, says so.
std::vector<Score> cross_validate(const ClassifyConfig& config, const ClassifyData& data, ThreadPool& pool,
                                  const std::function<bool()>& stop_requested);

/// The score of the epoch that a run with these options keeps.
const Score& best_of(const ClassifyConfig& config, const std::vector<Score>& epochs);

/// Scores of the baselines over the same folds.
std::vector<BaselineScored> cross_validate_baselines(const ClassifyConfig& config, const ClassifyData& data,
                                                     ThreadPool& pool);

}  // namespace recur
