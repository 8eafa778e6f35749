// How a classifier did on a set of examples, for programs and for people.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "metrics/classification.h"
#include "nn/model.h"
#include "tasks/classify/pipeline.h"
#include "train/job.h"

namespace recur {

/// Logits [classes] of every example. They do not depend on which examples are asked together.
std::vector<std::vector<float>> logits_of(Model& model, std::span<const Example> examples, ThreadPool& pool);

/// What a model says of examples whose labels are known.
struct ClassifyScore {
  double nats = 0;  ///< mean −ln p(label); of many labels the mean over all decisions
  ClassificationScore counts;
  std::vector<std::vector<float>> probabilities;   ///< of each example
  std::vector<std::vector<std::int32_t>> answers;  ///< of each example
};
ClassifyScore score_examples(Model& model, const ClassifyPipeline& pipeline,
                             std::span<const Example> examples, ThreadPool& pool);
/// Answers and counts anew, from the same probabilities: the thresholds have changed.
void answer_anew(ClassifyScore& score, const ClassifyPipeline& pipeline, std::span<const Example> examples);

/// {"accuracy", "f1_macro", "f1_micro"}, and those of a split: also "nats" and the ends of accuracy's 95 %
/// interval, "accuracy_low" and "accuracy_high".
NamedNumbers metrics_of(const ClassificationScore& counts);
NamedNumbers metrics_of(const ClassifyScore& score);

/// Tables on a split: classes, confusions, the answers that were furthest from right.
std::vector<ReportTable> tables_of(const ClassifyScore& score, const ClassifyPipeline& pipeline,
                                   std::span<const Example> examples, const std::string& split);
/// Says in a table how the model's accuracy compares with the baselines', on the last split; nothing without
/// any. `right` says of each baseline which examples of that split it has right, as report.each does of the
/// model: paired resampling tells whether a difference may be chance. `tuned`: whether the thresholds were
/// tuned on the validation examples, so that a verdict on them flatters.
void add_verdict(Report& report, const std::map<std::string, std::vector<double>>& right, bool tuned);
/// 1 for each example that is right, else 0.
ScorePerExample each_of(const ClassifyScore& score, std::span<const Example> examples);

}  // namespace recur
