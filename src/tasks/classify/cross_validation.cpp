#include "tasks/classify/cross_validation.h"

#include <algorithm>
#include <limits>

#include "tasks/classify/baselines.h"
#include "tasks/classify/job.h"
#include "train/early_stopping.h"
#include "train/loop.h"

namespace recur {
namespace {

/// The data as fold `fold` sees it: its examples validate.
ClassifyData fold_of(const ClassifyData& data, Index fold) {
  ClassifyData part;
  part.pipeline = data.pipeline;
  part.vectors = data.vectors;
  for (std::size_t i = 0; i < data.train.size(); ++i)
    (data.folds[i] == fold ? part.valid : part.train).push_back(data.train[i]);
  return part;
}

Index folds_of(const ClassifyData& data) { return *std::ranges::max_element(data.folds) + 1; }

/// Training on a fold, of which nothing is kept but its scores.
class FoldJob final : public ClassifyJob {
 public:
  FoldJob(const ClassifyConfig& config, ClassifyData data, std::vector<ClassificationScore>& counts,
          std::vector<double>& nats)
      : ClassifyJob(config, std::move(data)), counts_(counts), nats_(nats) {}

  Score validate(ThreadPool& pool) override {
    const ClassifyScore score = score_held_out(pool);
    counts_[epoch()].add(score.counts);
    nats_[epoch()] += score.nats * static_cast<double>(score.counts.examples());
    return {.loss = score.nats};
  }
  std::vector<BaselineScored> baselines(ThreadPool&) override { return {}; }
  Report final_report(ThreadPool&) override { return {}; }

 private:
  std::vector<ClassificationScore>& counts_;
  std::vector<double>& nats_;
};

}  // namespace

std::vector<Score> cross_validate(const ClassifyConfig& config, const ClassifyData& data, ThreadPool& pool,
                                  const std::function<bool()>& stop_requested) {
  const auto epochs = static_cast<std::size_t>(config.train.epochs);
  std::vector<ClassificationScore> counts(epochs, ClassificationScore(data.pipeline->labels().size()));
  std::vector<double> nats(epochs);
  for (Index fold = 0; fold < folds_of(data); ++fold) {
    ClassifyConfig own = config;
    // Behind the highest seed comes the lowest.
    own.seed =
        static_cast<Index>((static_cast<std::uint64_t>(config.seed) + static_cast<std::uint64_t>(fold) + 1) &
                           static_cast<std::uint64_t>(std::numeric_limits<Index>::max()));
    own.train.patience = 0;
    FoldJob job(own, fold_of(data, fold), counts, nats);
    const RunStopped stopped =
        run_training(job, own.train,
                     {.seed = static_cast<std::uint64_t>(own.seed), .stop_requested = stop_requested}, pool)
            .stopped;
    if (stopped.reason == StopReason::interrupted) throw Interrupted();
    // Epochs that a fold did not come to are no candidates: it diverged.
    for (auto e = static_cast<std::size_t>(stopped.epoch); e < epochs; ++e)
      nats[e] = std::numeric_limits<double>::infinity();
  }
  std::vector<Score> scores;
  for (std::size_t e = 0; e < epochs; ++e)
    scores.push_back(
        {.loss = nats[e] / static_cast<double>(data.train.size()), .metrics = metrics_of(counts[e])});
  return scores;
}

const Score& best_of(const ClassifyConfig& config, const std::vector<Score>& epochs) {
  EarlyStoppingState state;
  for (std::size_t e = 0; e < epochs.size(); ++e)
    if (observe_epoch(static_cast<const EarlyStoppingConfig&>(config.train), state, static_cast<Index>(e) + 1,
                      epochs[e].loss)
            .stop)
      break;
  return epochs[static_cast<std::size_t>(std::max<Index>(state.best_epoch, 1)) - 1];
}

std::vector<BaselineScored> cross_validate_baselines(const ClassifyConfig& config, const ClassifyData& data,
                                                     ThreadPool& pool) {
  const Index classes = data.pipeline->labels().size();
  const bool many = data.pipeline->many_labels();
  std::vector<std::string> names;
  std::vector<ClassificationScore> counts;
  for (Index fold = 0; fold < folds_of(data); ++fold) {
    const ClassifyData part = fold_of(data, fold);
    const std::vector<ClassifyBaseline> fitted = fit_baselines(config, *data.pipeline, part.train, pool);
    counts.resize(fitted.size(), ClassificationScore(classes));
    names.clear();
    for (std::size_t b = 0; b < fitted.size(); ++b) {
      names.push_back(fitted[b].name);
      counts[b].add(score_baseline(fitted[b], classes, many, part.valid).counts);
    }
  }
  std::vector<BaselineScored> scored;
  for (std::size_t b = 0; b < counts.size(); ++b)
    scored.push_back({.baseline = names[b], .metrics = metrics_of(counts[b])});
  return scored;
}

}  // namespace recur
