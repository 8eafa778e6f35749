// A Model as `verify` sees it.
#pragma once

#include "nn/model.h"
#include "tasks/task.h"

namespace recur {

/// Any Model: over tokens or numbers, an output for each step or, where it pools, one for the sequence.
class ModelNetwork : public TrainedNetwork {
 public:
  explicit ModelNetwork(std::unique_ptr<Model> model) : model_(std::move(model)) {}

  std::vector<Tensor> run(ThreadPool& pool, const std::vector<Tensor>& sequences) override;
  void check_input(const Tensor& sequence, const std::string& where) const override;
  Tensor random_input(Random& random, Index steps) const override;
  bool reads_parts() const override;
  bool streams() const override;
  Tensor run_part(ThreadPool& pool, const Tensor& part, RecurrentState& state) override;
  std::vector<Tensor> gradients(ThreadPool& pool, const std::vector<Tensor>& sequences) override;
  std::vector<GradientSample> gradient_samples(Random& random, const std::vector<Tensor>& sequences) override;

 private:
  std::unique_ptr<Model> model_;
};

/// The packing of sequences [T] or [T, F].
LayoutPtr layout_of(const std::vector<Tensor>& sequences);

/// Sequences as one packed batch: [T] or [T, F] each to [rows] or [rows, F].
Tensor pack_sequences(const std::vector<Tensor>& sequences, const Layout& layout);

/// The reverse, of floats: [rows, F] to [T, F] for each sequence.
std::vector<Tensor> unpack_sequences(const Tensor& rows, const Layout& layout);

/// Sequences, packed as `layout` says, through a model from its zero state.
ModelOutput forward_sequences(Model& model, const Pass& pass, const std::vector<Tensor>& sequences,
                              const LayoutPtr& layout);

}  // namespace recur
