// How a classifier did on a set of examples, for programs and for people.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "metrics/classification.h"
#include "nn/model.h"
#include "tasks/classify/pipeline.h"
#include "train/job.h"

namespace recur {

/// Logits [classes] of every example. They do not depend on which examples are asked together.
std::vector<std::vector<float>> logits_of(Model& model, std::span<const Example> examples, ThreadPool& pool,
                                          const std::function<bool()>& stop_requested = {});

/// What a model says of examples whose labels are known.
struct ClassifyScore {
  double nats = 0;  ///< mean −ln p(label); of many labels the mean over all decisions
  ClassificationScore counts;
  std::vector<std::vector<float>> probabilities;   ///< of each example
  std::vector<std::vector<std::int32_t>> answers;  ///< of each example
};
ClassifyScore score_examples(Model& model, const ClassifyPipeline& pipeline,
                             std::span<const Example> examples, ThreadPool& pool,
                             const std::function<bool()>& stop_requested = {});
/// Answers and counts anew, from the same probabilities: the thresholds have changed.
void answer_anew(ClassifyScore& score, const ClassifyPipeline& pipeline, std::span<const Example> examples);

/// {"accuracy", "f1_macro", "f1_micro"}, and those of a split: also "nats" and the ends of accuracy's 95 %
/// interval, "accuracy_low" and "accuracy_high".
NamedNumbers metrics_of(const ClassificationScore& counts);
NamedNumbers metrics_of(const ClassifyScore& score);

/// Tables on a split: classes, confusions, the answers that were furthest from right.
std::vector<ReportTable> tables_of(const ClassifyScore& score, const ClassifyPipeline& pipeline,
                                   std::span<const Example> examples, const std::string& split);
/// The metric that a classifier is judged by: "accuracy", or "f1_micro" of many labels.
const char* judged_by(bool many_labels);

/// Each example's part in that metric, which is their mean: 1 where the answer is right, else 0; of many
/// labels
///   F + (n − F·d) / mean(d),  n = 2·(labels given and right),  d = labels given + labels there,  F = Σn /
///   Σd:
/// to first order what resampling the examples does to F (the infinitesimal jackknife, Jaeckel 1972).
ScorePerExample each_of(std::span<const std::vector<std::int32_t>> answers, std::span<const Example> examples,
                        bool many_labels);

/// How a simple model did where a model is judged.
struct SimpleScore {
  std::string name;
  double value = 0;          ///< by the metric that is judged by
  std::vector<double> each;  ///< as each_of; empty where not known
};
/// Says in a table how a model's score compares with those of simple ones on a split, and by paired
/// resampling of the examples, where each of them is known, in which interval a difference lies and whether
/// it may be chance. `own.values` may be empty, too. REQUIRES: at least one simple model.
ReportTable verdict_on(const std::string& split, double value, const ScorePerExample& own,
                       const std::vector<SimpleScore>& simple);

}  // namespace recur
