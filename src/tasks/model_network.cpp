#include "tasks/model_network.h"

#include <algorithm>

#include "base/error.h"
#include "nn/losses.h"
#include "tasks/gradient_samples.h"

namespace recur {
namespace {

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

}  // namespace

LayoutPtr layout_of(const std::vector<Tensor>& sequences) {
  std::vector<Index> lengths;
  lengths.reserve(sequences.size());
  for (const Tensor& sequence : sequences) lengths.push_back(sequence.dim(0));
  return Layout::ragged(lengths);
}

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

std::vector<Tensor> unpack_sequences(const Tensor& rows, const Layout& layout) {
  const Index width = rows.dim(1);
  std::vector<Tensor> out;
  for (Index s = 0; s < layout.batch(); ++s)
    out.push_back(Tensor::empty({layout.length(layout.position(s)), width}));
  for (Index t = 0; t < layout.steps(); ++t)
    for (Index i = 0; i < layout.active(t); ++i)
      std::copy_n(rows.data<float>() + layout.row(t, i) * width, width,
                  out[static_cast<std::size_t>(layout.sequence(i))].data<float>() + t * width);
  return out;
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
  if (model_->shape().pool) {
    std::vector<Tensor> out;
    for (Index i = 0; i < n; ++i) out.push_back(y.rows(i, i + 1));
    return out;
  }
  return unpack_sequences(y, *layout);
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

bool ModelNetwork::streams() const { return reads_parts() && model_->shape().cutoffs.empty(); }

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
  copy_in_double(model_->parameters(), twin.parameters());
  std::vector<Tensor> inputs;
  for (const Tensor& sequence : sequences) inputs.push_back(in_double(sequence));
  ThreadPool one(1);
  backpropagate(twin, one, inputs);
  return sample_gradients(random, twin.parameters(),
                          [&] { return mean_square(twin, Pass{.pool = one}, inputs).mean(); });
}

}  // namespace recur
