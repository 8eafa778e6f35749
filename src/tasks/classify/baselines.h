// Simple classifiers beside which a model's scores stand.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "metrics/classification.h"
#include "tasks/classify/pipeline.h"

namespace recur {

struct ClassifyBaseline {
  std::string name;
  std::function<std::vector<std::int32_t>(const Example&)> answer;
};

/// Fitted on these examples: the majority; of texts regression on n-grams of their words, weighted by naive
/// Bayes; of series nearest centroid and regression on summary statistics.
std::vector<ClassifyBaseline> fit_baselines(const ClassifyConfig& config, const ClassifyPipeline& pipeline,
                                            std::span<const Example> train, ThreadPool& pool);

/// How a baseline did, and 1 for each example that it has right, else 0.
struct ClassifyBaselineScore {
  ClassificationScore counts;
  std::vector<double> right;
};
ClassifyBaselineScore score_baseline(const ClassifyBaseline& baseline, Index classes, bool many_labels,
                                     std::span<const Example> examples);

}  // namespace recur
