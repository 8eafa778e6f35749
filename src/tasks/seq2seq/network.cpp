#include "tasks/seq2seq/network.h"

#include <algorithm>

#include "base/error.h"
#include "nn/losses.h"
#include "tasks/gradient_samples.h"
#include "tasks/model_network.h"
#include "tasks/seq2seq/batch.h"

namespace recur {
namespace {

constexpr std::int32_t kNothing = -1;

/// Column 0 or 1 of a pair, up to its end.
std::vector<std::int32_t> column_of(const Tensor& pair, Index column) {
  std::vector<std::int32_t> tokens;
  for (Index t = 0; t < pair.dim(0); ++t) {
    const std::int32_t token = pair.data<std::int32_t>()[t * 2 + column];
    if (token == kNothing) break;
    tokens.push_back(token);
  }
  return tokens;
}

struct Decoded {
  Var logits;
  LayoutPtr layout;
};
Decoded decode(Seq2SeqNet& net, const Pass& pass, const std::vector<Tensor>& pairs) {
  std::vector<std::vector<std::int32_t>> columns[2];
  PackedTokens packed[2];
  for (const Index side : {0, 1}) {
    std::vector<std::span<const std::int32_t>> spans;
    for (const Tensor& pair : pairs) columns[side].push_back(column_of(pair, side));
    for (const auto& tokens : columns[side]) spans.emplace_back(tokens);
    packed[side] = pack_tokens(spans);
  }
  const EncodedSources encoded = net.encode(pass, packed[0].ids, packed[0].layout);
  return {net.decode(pass, encoded, packed[1].ids, packed[1].layout), packed[1].layout};
}

class Seq2SeqNetwork final : public TrainedNetwork {
 public:
  explicit Seq2SeqNetwork(std::unique_ptr<Seq2SeqNet> net) : net_(std::move(net)) {}

  std::vector<Tensor> run(ThreadPool& pool, const std::vector<Tensor>& pairs) override {
    return outputs_of(*net_, pool, pairs);
  }

  void check_input(const Tensor& pair, const std::string& where) const override {
    check<FormatError>(pair.dtype() == DType::i32 && pair.shape().rank() == 2 && pair.dim(1) == 2,
                       "{}: the golden inputs have shape {}, expected [tokens, 2]", where,
                       pair.shape().to_string());
    for (Index i = 0; i < pair.size(); ++i) {
      const Index most = (i % 2 == 0 ? net_->shape().source : net_->shape().target) - 1;
      const std::int32_t token = pair.data<std::int32_t>()[i];
      check<FormatError>(token >= kNothing && token <= most, "{}: golden token {} is {}, expected {} to {}",
                         where, i, token, kNothing, most);
    }
  }

  /// Sources and texts of any length up to `steps`.
  Tensor random_input(Random& random, Index steps) const override {
    const auto draw = [&](Index length, Index bound) {
      std::vector<std::int32_t> tokens;
      for (Index t = 0; t < length; ++t)
        tokens.push_back(static_cast<std::int32_t>(random.next_below(bound)));
      return tokens;
    };
    const Index shorter = random.next_below(steps + 1);
    const bool source_is_longer = random.next_below(2) == 0;
    const auto source = draw(source_is_longer ? steps : shorter, net_->shape().source);
    return pair_of(source, draw(source_is_longer ? shorter : steps, net_->shape().target));
  }

  std::vector<Tensor> gradients(ThreadPool& pool, const std::vector<Tensor>& pairs) override {
    backpropagate(*net_, pool, pairs);
    std::vector<Tensor> out;
    out.reserve(net_->parameters().size());
    for (const Parameter& p : net_->parameters()) out.push_back(p.gradient.clone());
    return out;
  }

  std::vector<GradientSample> gradient_samples(Random& random, const std::vector<Tensor>& pairs) override {
    Seq2SeqNet twin(net_->config(), net_->shape(), DType::f64);
    copy_in_double(net_->parameters(), twin.parameters());
    ThreadPool one(1);
    backpropagate(twin, one, pairs);
    return sample_gradients(random, twin.parameters(),
                            [&] { return *mean_square(twin, Pass{.pool = one}, pairs).data<double>(); });
  }

 private:
  static Var loss_of(Seq2SeqNet& net, const Pass& pass, const std::vector<Tensor>& pairs) {
    const Var y = decode(net, pass, pairs).logits;
    return mse(pass, y, Tensor::zeros(y.shape(), y.dtype())).value;
  }
  static Tensor mean_square(Seq2SeqNet& net, const Pass& pass, const std::vector<Tensor>& pairs) {
    return loss_of(net, pass, pairs).value;
  }
  static void backpropagate(Seq2SeqNet& net, ThreadPool& pool, const std::vector<Tensor>& pairs) {
    net.parameters().zero_gradients();
    Tape tape;
    tape.backward(loss_of(net, Pass{.pool = pool, .tape = &tape}, pairs));
  }

  std::unique_ptr<Seq2SeqNet> net_;
};

}  // namespace

Tensor pair_of(std::span<const std::int32_t> source, std::span<const std::int32_t> inputs) {
  const Tensor pair =
      Tensor::empty({static_cast<Index>(std::max(source.size(), inputs.size())), 2}, DType::i32);
  std::fill_n(pair.data<std::int32_t>(), pair.size(), kNothing);
  for (std::size_t t = 0; t < source.size(); ++t) pair.data<std::int32_t>()[2 * t] = source[t];
  for (std::size_t t = 0; t < inputs.size(); ++t) pair.data<std::int32_t>()[2 * t + 1] = inputs[t];
  return pair;
}

std::vector<Tensor> outputs_of(Seq2SeqNet& net, ThreadPool& pool, const std::vector<Tensor>& pairs) {
  const Decoded decoded = decode(net, {.pool = pool}, pairs);
  return unpack_sequences(decoded.logits.value, *decoded.layout);
}

std::unique_ptr<TrainedNetwork> make_seq2seq_network(std::unique_ptr<Seq2SeqNet> net) {
  return std::make_unique<Seq2SeqNetwork>(std::move(net));
}

}  // namespace recur
