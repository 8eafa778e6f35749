// The parameters of a model: named tensors with their gradients, owned in one list.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "tensor/tensor.h"

namespace recur {

/// What a parameter is, for initialisers and penalties.
enum class ParameterKind {
  kernel,     ///< multiplies an input: weight_ih, a linear layer's weight
  recurrent,  ///< multiplies h: weight_hh, per-unit weights, a projection
  bias,
  gain,  ///< of a norm
  embedding,
  statistic,  ///< not trained, but kept with the model: running statistics of batch norm
};

struct Parameter {
  std::string name;
  ParameterKind kind = ParameterKind::kernel;
  Tensor value, gradient;  ///< of one shape
  /// Defined: the value holds whole numbers up to 127 times these, one a row, and a layer that can multiplies
  /// it as bytes (not in training).
  Tensor scales{};
  Index version = 0;  ///< moves on whenever the value changes, so that packed copies know
};

/// Owns the parameters; layers keep references, which stay valid as the list grows. Optimiser, model file and
/// layer see one copy.
class Parameters {
 public:
  /// Asked before memory is taken for a parameter; throws to refuse it.
  using Admission = std::function<void(const std::string& name, const Shape& shape)>;

  explicit Parameters(DType dtype = DType::f32, Admission admission = {})
      : dtype_(dtype), admission_(std::move(admission)) {}
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  /// A new parameter of zeros, with a zero gradient. REQUIRES: the name is new.
  Parameter& add(std::string name, ParameterKind kind, const Shape& shape) {
    RECUR_ASSERT(find(name) == nullptr);
    if (admission_) admission_(name, shape);
    list_.push_back({std::move(name), kind, Tensor::zeros(shape, dtype_), Tensor::zeros(shape, dtype_)});
    return list_.back();
  }
  Parameter* find(std::string_view name) {
    for (Parameter& p : list_)
      if (p.name == name) return &p;
    return nullptr;
  }
  DType dtype() const { return dtype_; }
  /// How many values are trained.
  Index count() const {
    Index n = 0;
    for (const Parameter& p : list_) n += p.kind == ParameterKind::statistic ? 0 : p.value.size();
    return n;
  }
  void zero_gradients() {
    for (Parameter& p : list_) p.gradient.fill_zero();
  }

  auto begin() { return list_.begin(); }
  auto end() { return list_.end(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  std::size_t size() const { return list_.size(); }

 private:
  DType dtype_;
  Admission admission_;
  std::deque<Parameter> list_;
};

}  // namespace recur
