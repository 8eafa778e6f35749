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

/// The share of the examples that have each label.
std::vector<double> label_shares(Index classes, std::span<const Example> examples);
/// The first of them again, from a trained pipeline.
ClassifyBaseline majority_of(const ClassifyPipeline& pipeline);

/// How a baseline did, and each example's part in it.
struct ClassifyBaselineScore {
  ClassificationScore counts;
  std::vector<double> each;
};
ClassifyBaselineScore score_baseline(const ClassifyBaseline& baseline, Index classes, bool many_labels,
                                     std::span<const Example> examples);

}  // namespace recur
