#include "tasks/model_network.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "base/error.h"
#include "nn/losses.h"

namespace recur {
namespace {

LayoutPtr layout_of(const std::vector<Tensor>& sequences) {
  std::vector<Index> lengths;
  for (const Tensor& sequence : sequences) lengths.push_back(sequence.dim(0));
  return Layout::ragged(lengths);
}

ModelOutput forward(Model& model, const Pass& pass, const std::vector<Tensor>& sequences,
                    const LayoutPtr& layout, const RecurrentState& initial) {
  const Tensor rows = pack_sequences(sequences, *layout);
  return model.shape().tokens > 0 ? model.forward(pass, rows, layout, initial)
                                  : model.forward(pass, Sequence{Var(rows), layout}, initial);
}

/// The number whose gradient is checked: the mean square of the outputs.
Loss mean_square(Model& model, const Pass& pass, const std::vector<Tensor>& sequences) {
  const Var y = forward_sequences(model, pass, sequences, layout_of(sequences)).y;
  return mse(pass, y, Tensor::zeros(y.shape(), y.dtype()));
}

void backpropagate(Model& model, ThreadPool& pool, const std::vector<Tensor>& sequences) {
  model.parameters().zero_gradients();
  Tape tape;
  tape.backward(mean_square(model, Pass{.pool = pool, .tape = &tape}, sequences).value);
}

/// The gradient of one value of a parameter, drawn at random, beside what `loss` says. Where a function has a
/// kink, as relu's at 0, the difference is between the slopes on its two sides, and the gradient of neither
/// is wrong: then another value is drawn, and nothing is said where none is found.
std::optional<GradientSample> smooth_sample(Random& random, Parameter& p,
                                            const std::function<double()>& loss) {
  constexpr int kMostDraws = 64;
  const double* const gradient = p.gradient.data<double>();
  const double here = loss();
  for (int draw = 0; draw < kMostDraws; ++draw) {
    // One that has a gradient: most rows of an embedding were not read.
    Index at = random.next_below(p.value.size());
    for (Index tried = 0; tried < p.value.size() && gradient[at] == 0; ++tried)
      at = (at + 1) % p.value.size();
    double& value = p.value.data<double>()[at];
    const double before = value, step = 1e-5 * (1 + std::abs(before));
    const auto with = [&](double other) {
      value = other;
      ++p.version;
      return loss();
    };
    const double above = (with(before + step) - here) / step, below = (here - with(before - step)) / step;
    value = before;
    ++p.version;
    const GradientSample sample{p.name + "[" + std::to_string(at) + "]", gradient[at], (above + below) / 2};
    // At a kink one side's slope is the gradient, so that it is off by half of what the two are apart.
    const double apart = std::abs(above - below);
    const bool kink = apart > 1e-7 + 1e-4 * std::abs(sample.difference) &&
                      std::abs(sample.gradient - sample.difference) <= apart;
    if (!kink) return sample;
  }
  return std::nullopt;
}

Tensor in_double(const Tensor& values) {
  if (values.dtype() != DType::f32) return values;
  const Tensor wide = Tensor::empty(values.shape(), DType::f64);
  std::copy_n(values.data<float>(), values.size(), wide.data<double>());
  return wide;
}

}  // namespace

Tensor pack_sequences(const std::vector<Tensor>& sequences, const Layout& layout) {
  RECUR_ASSERT(!sequences.empty());
  const bool tokens = sequences[0].shape().rank() == 1;
  const Index width = tokens ? 1 : sequences[0].dim(1);
  const Shape shape = tokens ? Shape{layout.rows()} : Shape{layout.rows(), width};
  const Tensor packed = Tensor::empty(shape, sequences[0].dtype());
  const auto bytes = static_cast<std::size_t>(width * size_of(packed.dtype()));
  for (Index t = 0; t < layout.steps(); ++t)
    for (Index i = 0; i < layout.active(t); ++i) {
      const Tensor& sequence = sequences[static_cast<std::size_t>(layout.sequence(i))];
      std::copy_n(static_cast<const std::byte*>(sequence.raw()) + static_cast<std::size_t>(t) * bytes, bytes,
                  static_cast<std::byte*>(packed.raw()) + static_cast<std::size_t>(layout.row(t, i)) * bytes);
    }
  return packed;
}

ModelOutput forward_sequences(Model& model, const Pass& pass, const std::vector<Tensor>& sequences,
                              const LayoutPtr& layout) {
  const auto n = static_cast<Index>(sequences.size());
  return forward(model, pass, sequences, layout, model.encoder().zero_state(n));
}

std::vector<Tensor> ModelNetwork::run(ThreadPool& pool, const std::vector<Tensor>& sequences) {
  const LayoutPtr layout = layout_of(sequences);
  const auto n = static_cast<Index>(sequences.size());
  const Tensor y = forward_sequences(*model_, {.pool = pool}, sequences, layout).y.value;
  std::vector<Tensor> out;
  if (model_->shape().pool) {
    for (Index i = 0; i < n; ++i) out.push_back(y.rows(i, i + 1));
    return out;
  }
  const Index width = y.dim(1);
  for (const Tensor& sequence : sequences) out.push_back(Tensor::empty({sequence.dim(0), width}));
  for (Index t = 0; t < layout->steps(); ++t)
    for (Index i = 0; i < layout->active(t); ++i)
      std::copy_n(y.data<float>() + layout->row(t, i) * width, width,
                  out[static_cast<std::size_t>(layout->sequence(i))].data<float>() + t * width);
  return out;
}

void ModelNetwork::check_input(const Tensor& sequence, const std::string& where) const {
  const ModelShape& shape = model_->shape();
  if (shape.tokens == 0) {
    check<FormatError>(
        sequence.dtype() == DType::f32 && sequence.shape().rank() == 2 && sequence.dim(1) == shape.features,
        "{}: the golden inputs have shape {}, expected [steps, {}]", where, sequence.shape().to_string(),
        shape.features);
    return;
  }
  check<FormatError>(sequence.dtype() == DType::i32 && sequence.shape().rank() == 1,
                     "{}: the golden tokens have shape {}, expected [steps]", where,
                     sequence.shape().to_string());
  const std::int32_t* const ids = sequence.data<std::int32_t>();
  for (Index i = 0; i < sequence.size(); ++i)
    check<FormatError>(ids[i] >= 0 && ids[i] < shape.tokens, "{}: golden token {} is {}, expected 0 to {}",
                       where, i, ids[i], shape.tokens - 1);
}

Tensor ModelNetwork::random_input(Random& random, Index steps) const {
  const ModelShape& shape = model_->shape();
  if (shape.tokens > 0) {
    const Tensor ids = Tensor::empty({steps}, DType::i32);
    for (Index i = 0; i < steps; ++i)
      ids.data<std::int32_t>()[i] = static_cast<std::int32_t>(random.next_below(shape.tokens));
    return ids;
  }
  const Tensor x = Tensor::empty({steps, shape.features});
  for (Index i = 0; i < x.size(); ++i) x.data<float>()[i] = static_cast<float>(random.normal());
  return x;
}

bool ModelNetwork::reads_parts() const { return !model_->config().bidirectional && !model_->shape().pool; }

Tensor ModelNetwork::run_part(ThreadPool& pool, const Tensor& part, RecurrentState& state) {
  if (state.parts.empty()) state = model_->encoder().zero_state(1);
  const ModelOutput out = forward(*model_, {.pool = pool}, {part}, Layout::dense(part.dim(0), 1), state);
  state = out.state;
  return out.y.value;
}

std::vector<Tensor> ModelNetwork::gradients(ThreadPool& pool, const std::vector<Tensor>& sequences) {
  backpropagate(*model_, pool, sequences);
  std::vector<Tensor> out;
  for (const Parameter& p : model_->parameters()) out.push_back(p.gradient.clone());
  return out;
}

std::vector<GradientSample> ModelNetwork::gradient_samples(Random& random,
                                                           const std::vector<Tensor>& sequences) {
  Model twin(model_->config(), model_->shape(), DType::f64);
  for (const Parameter& p : model_->parameters()) {
    Parameter& wide = *twin.parameters().find(p.name);
    wide.value = in_double(p.value);
    ++wide.version;
  }
  std::vector<Tensor> inputs;
  for (const Tensor& sequence : sequences) inputs.push_back(in_double(sequence));
  ThreadPool one(1);
  backpropagate(twin, one, inputs);
  std::vector<GradientSample> samples;
  for (Parameter& p : twin.parameters()) {
    if (p.kind == ParameterKind::statistic) continue;
    if (const auto sample =
            smooth_sample(random, p, [&] { return mean_square(twin, Pass{.pool = one}, inputs).mean(); }))
      samples.push_back(*sample);
  }
  return samples;
}

}  // namespace recur
