#include "train/weight_average.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/error.h"

namespace recur {
namespace {

constexpr const char* kLosses = "average.losses";
constexpr const char* kSteps = "average.steps";
const std::string kMean = "average.";

Tensor numbers_of(const std::vector<double>& values) {
  Tensor t = Tensor::empty({static_cast<Index>(values.size())}, DType::f64);
  std::copy(values.begin(), values.end(), t.data<double>());
  return t;
}

}  // namespace

WeightAverage::WeightAverage(const AveragingConfig& config, Parameters& parameters)
    : patience_(config.average_patience), parameters_(&parameters), pieces_(pieces_of(parameters)) {}

bool WeightAverage::observe_epoch(double valid_loss) {
  if (patience_ == 0 || running_) return false;
  const auto epochs = static_cast<Index>(losses_.size());
  const bool over =
      epochs > patience_ && valid_loss > *std::min_element(losses_.begin(), losses_.end() - patience_);
  losses_.push_back(valid_loss);
  if (over) begin();
  return over;
}

void WeightAverage::begin() {
  running_ = true;
  losses_.clear();
  for (const Parameter& p : *parameters_)
    means_.push_back(p.kind == ParameterKind::statistic ? Tensor()
                                                        : Tensor::zeros(p.value.shape(), p.value.dtype()));
}

void WeightAverage::observe_step(ThreadPool& pool) {
  if (!running_) return;
  ++steps_;
  std::vector<Parameter*> list;
  for (Parameter& p : *parameters_) list.push_back(&p);
  with_float_type(parameters_->dtype(), [&]<class T>(T) {
    const T share = static_cast<T>(1.0 / static_cast<double>(steps_));
    each_piece(pieces_, pool, [&](std::size_t, const Piece& piece) {
      const T* const value = list[piece.parameter]->value.data<T>();
      T* const mean = means_[piece.parameter].data<T>();
      for (Index i = piece.begin; i < piece.end; ++i) mean[i] += share * (value[i] - mean[i]);
    });
  });
}

void WeightAverage::exchange() {
  if (steps_ == 0) return;
  std::size_t number = 0;
  for (Parameter& p : *parameters_) {
    Tensor& mean = means_[number++];
    if (!mean.defined()) continue;
    std::swap(p.value, mean);
    ++p.version;
  }
}

std::vector<NamedTensor> WeightAverage::state() const {
  std::vector<NamedTensor> list;
  if (patience_ == 0) return list;
  if (!running_) {
    if (!losses_.empty()) list.push_back({kLosses, numbers_of(losses_)});
    return list;
  }
  list.push_back({kSteps, numbers_of({static_cast<double>(steps_)})});
  std::size_t number = 0;
  for (const Parameter& p : *parameters_)
    if (const Tensor& mean = means_[number++]; mean.defined()) list.push_back({kMean + p.name, mean});
  return list;
}

void WeightAverage::restore(const ModelFile& checkpoint) {
  if (patience_ == 0) return;
  if (const Tensor* const losses = checkpoint.find(kLosses)) {
    const Tensor& stored = checkpoint.at(kLosses, {losses->size()}, DType::f64);
    losses_.assign(stored.data<double>(), stored.data<double>() + stored.size());
  }
  if (checkpoint.find(kSteps) == nullptr) return;
  const double steps = *checkpoint.at(kSteps, {1}, DType::f64).data<double>();
  check<FormatError>(steps >= 0 && steps < 0x1p53 && steps == std::floor(steps),
                     "{}: {} is {}, expected a count; the file was changed after it was written",
                     checkpoint.where, kSteps, steps);
  begin();
  steps_ = static_cast<Index>(steps);
  std::size_t number = 0;
  for (const Parameter& p : *parameters_) {
    const Tensor& mean = means_[number++];
    if (!mean.defined()) continue;
    const Tensor& stored = checkpoint.at(kMean + p.name, mean.shape(), mean.dtype());
    std::memcpy(mean.raw(), stored.raw(), static_cast<std::size_t>(stored.bytes()));
  }
}

}  // namespace recur
