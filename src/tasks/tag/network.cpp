#include "tasks/tag/network.h"

#include <algorithm>

#include "base/error.h"
#include "nn/losses.h"
#include "nn/ops.h"
#include "tasks/gradient_samples.h"
#include "tasks/model_network.h"

namespace recur {
namespace {

class TagNetwork final : public TrainedNetwork {
 public:
  explicit TagNetwork(std::unique_ptr<TagNet> net) : net_(std::move(net)) {}

  std::vector<Tensor> run(ThreadPool& pool, const std::vector<Tensor>& sentences) override {
    return outputs_of(*net_, pool, sentences);
  }

  void check_input(const Tensor& sentence, const std::string& where) const override {
    const Index width = net_->shape().width();
    check<FormatError>(
        sentence.dtype() == DType::i32 && sentence.shape().rank() == 2 && sentence.dim(1) == width,
        "{}: the golden inputs have shape {}, expected [words, {}]", where, sentence.shape().to_string(),
        width);
    for (Index t = 0; t < sentence.dim(0); ++t)
      for (Index c = 0; c < width; ++c) {
        const std::int32_t id = sentence.data<std::int32_t>()[t * width + c];
        check<FormatError>(id >= least(c) && id < bound(c),
                           "{}: number {} of golden word {} is {}, expected {} to {}", where, c, t, id,
                           least(c), bound(c) - 1);
      }
  }

  Tensor random_input(Random& random, Index steps) const override {
    const Index width = net_->shape().width();
    Tensor sentence = Tensor::empty({steps, width}, DType::i32);
    for (Index t = 0; t < steps; ++t) {
      const Index end = net_->shape().char_column() + random.next_below(kMostCharacters + 1);
      for (Index c = 0; c < width; ++c)
        sentence.data<std::int32_t>()[t * width + c] =
            c < end ? static_cast<std::int32_t>(random.next_below(bound(c))) : kNoCharacter;
    }
    return sentence;
  }

  std::vector<Tensor> gradients(ThreadPool& pool, const std::vector<Tensor>& sentences) override {
    backpropagate(*net_, pool, sentences);
    std::vector<Tensor> out;
    out.reserve(net_->parameters().size());
    for (const Parameter& p : net_->parameters()) out.push_back(p.gradient.clone());
    return out;
  }

  std::vector<GradientSample> gradient_samples(Random& random,
                                               const std::vector<Tensor>& sentences) override {
    TagNet twin(net_->config(), net_->shape(), DType::f64);
    copy_in_double(net_->parameters(), twin.parameters());
    ThreadPool one(1);
    backpropagate(twin, one, sentences);
    return sample_gradients(random, twin.parameters(), [&] {
      return *loss_of(twin, Pass{.pool = one}, sentences).value.data<double>();
    });
  }

 private:
  /// What the numbers in a column of a word's row are not below, and what they are below.
  std::int32_t least(Index column) const { return column < net_->shape().char_column() ? 0 : kNoCharacter; }
  Index bound(Index column) const {
    const TagShape& shape = net_->shape();
    return column == kWordColumn          ? shape.words
           : column == kCaseColumn        ? kWordCases
           : column < shape.char_column() ? shape.features[static_cast<std::size_t>(column - kFeatureColumn)]
                                          : shape.characters;
  }

  /// The number whose gradient is checked: the mean square of all scores, and what a CRF makes of them where
  /// each word has the first tag that may stand anywhere.
  static Var loss_of(TagNet& net, const Pass& pass, const std::vector<Tensor>& sentences) {
    const LayoutPtr layout = layout_of(sentences);
    const TagNet::Output out = net.forward(pass, pack_sequences(sentences, *layout), layout);
    const auto square = [&](const Var& y) { return mse(pass, y, Tensor::zeros(y.shape(), y.dtype())).value; };
    Var loss = square(out.scores);
    if (out.intents.defined()) loss = add(pass, loss, square(out.intents));
    const ChainRules& rules = net.shape().rules;
    const auto count = static_cast<std::size_t>(net.shape().tags);
    for (std::size_t k = 0; k < count && net.crf() != nullptr; ++k) {
      if (!rules.begin[k] || !rules.end[k] || !rules.follow[k * count + k]) continue;
      const Tensor tags = Tensor::empty({layout->rows()}, DType::i32);
      std::fill_n(tags.data<std::int32_t>(), tags.size(), static_cast<std::int32_t>(k));
      return add(pass, loss, net.crf()->loss(pass, out.scores, tags, layout).value);
    }
    return loss;
  }
  static void backpropagate(TagNet& net, ThreadPool& pool, const std::vector<Tensor>& sentences) {
    net.parameters().zero_gradients();
    Tape tape;
    tape.backward(loss_of(net, Pass{.pool = pool, .tape = &tape}, sentences));
  }

  std::unique_ptr<TagNet> net_;
};

}  // namespace

std::vector<Tensor> outputs_of(TagNet& net, ThreadPool& pool, const std::vector<Tensor>& sentences) {
  const LayoutPtr layout = layout_of(sentences);
  const TagNet::Output out = net.forward({.pool = pool}, pack_sequences(sentences, *layout), layout);
  std::vector<Tensor> outputs = unpack_sequences(out.scores.value, *layout);
  if (!out.intents.defined()) return outputs;
  const Index intents = net.shape().intents;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Tensor all = Tensor::empty({outputs[i].size() + intents});
    std::copy_n(out.intents.value.data<float>() + static_cast<Index>(i) * intents, intents,
                std::copy_n(outputs[i].data<float>(), outputs[i].size(), all.data<float>()));
    outputs[i] = all;
  }
  return outputs;
}

std::unique_ptr<TrainedNetwork> make_tag_network(std::unique_ptr<TagNet> net) {
  return std::make_unique<TagNetwork>(std::move(net));
}

}  // namespace recur
