// Averages of weights: SGD that is averaged from when it no longer improves (NT-ASGD).
#pragma once

#include <tuple>
#include <vector>

#include "base/fields.h"
#include "base/thread_pool.h"
#include "formats/model_file.h"
#include "nn/parameters.h"
#include "train/pieces.h"

namespace recur {

struct AveragingConfig {
  /// Epochs back that an epoch's validation loss is compared with; 0: weights are never averaged. Larger is
  /// more patient.
  Index average_patience = 0;

  static constexpr auto fields = std::tuple{
      field("average_patience", &AveragingConfig::average_patience,
            "weights are averaged, step by step, once an epoch's validation loss is above the lowest of more "
            "epochs ago than this (NT-ASGD); the average is scored and kept; 0: never")
          .at_least(0),
  };
};

/// The mean of the weights after each step since the validation loss stopped improving: of epoch losses v_0,
/// v_1, … with patience n it begins after epoch t ≥ n where v_t > min(v_0 … v_{t−n−1}) (Merity et al. 2018,
/// algorithm 1; Polyak & Juditsky 1992).
class WeightAverage {
 public:
  WeightAverage(const AveragingConfig& config, Parameters& parameters);

  /// Whether steps are averaged by now.
  bool running() const { return running_; }
  /// Takes note of an epoch's validation loss; true if averaging begins with it.
  bool observe_epoch(double valid_loss);
  /// Takes the weights after a step into the mean, if it is running. Element by element: the same bits for
  /// any number of threads.
  void observe_step(ThreadPool& pool);
  /// Exchanges the parameters' values with their means, and back; nothing where no step was averaged.
  void exchange();

  /// For checkpoints: the means, and what begins them. REQUIRES: they are not exchanged.
  std::vector<NamedTensor> state() const;
  /// Throws FormatError.
  void restore(const ModelFile& checkpoint);

 private:
  void begin();

  Index patience_;
  Parameters* parameters_;
  std::vector<Piece> pieces_;
  std::vector<double> losses_;  // of epochs, until it runs
  bool running_ = false;
  Index steps_ = 0;            // averaged
  std::vector<Tensor> means_;  // by parameter; undefined where nothing is trained
};

/// While it lives, the parameters are their means.
class Averaged {
 public:
  explicit Averaged(WeightAverage& average) : average_(average) { average_.exchange(); }
  ~Averaged() { average_.exchange(); }
  Averaged(const Averaged&) = delete;
  Averaged& operator=(const Averaged&) = delete;

 private:
  WeightAverage& average_;
};

}  // namespace recur
