// A classifier in training.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/length_batches.h"
#include "nn/model.h"
#include "tasks/classify/data.h"
#include "tasks/classify/score.h"
#include "train/job.h"

namespace recur {

class ClassifyJob : public TrainingJob {
 public:
  ClassifyJob(const ClassifyConfig& config, ClassifyData data);

  std::string task() const override { return "classify"; }
  std::string model() const override { return model_.description(); }
  std::string loss_unit() const override;
  Parameters& parameters() override { return model_.parameters(); }
  std::vector<std::string> notes() const override { return data_.notes; }

  Index batches_per_epoch() const override { return batches_.size(); }
  Index targets(Index /*epoch*/, Index number) override { return batches_.sequences(number); }
  BatchLoss batch(const Pass& pass, Index epoch, Index number) override;
  Score validate(ThreadPool& pool) override;
  std::vector<BaselineScored> baselines(ThreadPool& pool) override;
  ModelFile model_file(ThreadPool& pool, const nlohmann::json& metrics) override;
  Report final_report(ThreadPool& pool) override;

 protected:
  /// The number of the epoch under way, from 0.
  std::size_t epoch() const { return static_cast<std::size_t>(epoch_); }
  ClassifyScore score_held_out(ThreadPool& pool) {
    return score_examples(model_, *data_.pipeline, data_.valid, pool, stop_requested);
  }

 private:
  Tensor class_weights() const;
  /// The tokens of a training example, changed as [train] asks.
  Tensor augmented(Tensor input, const Pass& pass, Index sequence) const;
  void tune_thresholds(const ClassifyScore& valid);
  Score cross_validated(ThreadPool& pool);
  void add_golden(ThreadPool& pool, ModelFile& file);

  ClassifyConfig config_;
  ClassifyData data_;
  LengthBatches batches_;
  Model model_;
  Tensor class_weights_;
  Index epoch_ = 0;                        // the one under way
  std::vector<Score> folds_;               // of each epoch, where it is cross-validated
  std::vector<BaselineScored> baselines_;  // on validation
  nlohmann::json baseline_tests_;          // by name
  std::vector<SimpleScore> simple_;        // the baselines on the last split
};

}  // namespace recur
