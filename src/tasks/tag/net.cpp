#include "tasks/tag/net.h"

#include <algorithm>
#include <cmath>

#include "base/flush_to_zero.h"
#include "base/text.h"
#include "kernels/table.h"
#include "nn/dropout.h"
#include "nn/initialise.h"
#include "nn/ops.h"
#include "tasks/model_network.h"
#include "train/job.h"

namespace recur {
namespace {

enum Site : std::uint32_t { kWords, kEncoded, kPooled, kHead };  // kHead + layer

/// One column of the words' rows.
Tensor column_of(const Tensor& words, Index column) {
  const Index rows = words.dim(0), width = words.dim(1);
  Tensor ids = Tensor::empty({rows}, DType::i32);
  for (Index r = 0; r < rows; ++r)
    ids.data<std::int32_t>()[r] = words.data<std::int32_t>()[r * width + column];
  return ids;
}

/// Softmax of each row; the sum of the logs of their sums.
double softmax_rows(const Tensor& scores, const Tensor& probabilities) {
  const Index tags = scores.dim(1);
  double logs = 0;
  for (Index t = 0; t < scores.dim(0); ++t) {
    const float* const x = scores.data<float>() + t * tags;
    const float highest = *std::max_element(x, x + tags);
    double sum = 0;
    for (Index k = 0; k < tags; ++k) sum += std::exp(static_cast<double>(x[k] - highest));
    for (Index k = 0; k < tags; ++k)
      probabilities.data<float>()[t * tags + k] =
          static_cast<float>(std::exp(static_cast<double>(x[k] - highest)) / sum);
    logs += static_cast<double>(highest) + std::log(sum);
  }
  return logs;
}

}  // namespace

TagShape TagShape::of(const TagPipeline& pipeline) {
  std::vector<Index> features;
  for (const LabelSet& values : pipeline.features()) features.push_back(values.size() + 1);
  return {.words = pipeline.vocabulary().size(),
          .characters = pipeline.characters() == nullptr ? 0 : pipeline.characters()->size(),
          .features = std::move(features),
          .tags = pipeline.tags().size(),
          .intents = pipeline.intents().size(),
          .rules = rules_of(pipeline.tags(), pipeline.scheme())};
}

TagNet::TagNet(const TagModelConfig& config, const TagShape& shape, DType dtype,
               Parameters::Admission admission)
    : config_(config), shape_(shape), parameters_(dtype, std::move(admission)) {
  embedding_.emplace(parameters_, "embedding", shape.words, config.embedding);
  Index width = config.embedding;
  if (config.case_embedding > 0) {
    case_embedding_.emplace(parameters_, "case", kWordCases, config.case_embedding);
    width += config.case_embedding;
  }
  for (std::size_t k = 0; k < shape.features.size(); ++k) {
    // What was never met says nothing: its vector stays 0.
    feature_embeddings_.emplace_back(parameters_, "feature." + std::to_string(k + 1), shape.features[k],
                                     config.feature_embedding, kUnknownFeature);
    width += config.feature_embedding;
  }
  if (shape.characters > 0) {
    chars_.emplace(parameters_, config, shape.characters, shape.char_column());
    width += chars_->output_size();
  }
  encoder_.emplace(config.recurrent(width), parameters_, "encoder.");
  width = encoder_->output_size();
  head_.emplace(parameters_, "head.", width, config, shape.tags);
  if (config.crf) crf_.emplace(parameters_, "crf.", shape.tags, shape.rules);
  if (shape.intents == 0) return;
  constexpr Index kAttention = 64;
  intent_pool_.emplace(parameters_, "intent.pool", config.intent_pool, width, kAttention);
  intent_head_.emplace(parameters_, "intent", width, shape.intents);
}

void TagNet::initialise(std::uint64_t seed) {
  Random random(seed, /*stream=*/0);
  initialise_embedding(*embedding_, config_, random);
  if (case_embedding_) initialise_embedding(*case_embedding_, config_, random);
  for (const Embedding& features : feature_embeddings_) initialise_embedding(features, config_, random);
  if (chars_) chars_->initialise(parameters_, config_, random);
  initialise_recurrent(*encoder_, parameters_, config_, random, "encoder.");
  head_->initialise(config_, random);
  if (!intent_head_) return;
  if (intent_pool_->hidden() != nullptr) {
    initialise_linear(*intent_pool_->hidden(), config_, random);
    initialise_linear(*intent_pool_->score(), config_, random);
  }
  initialise_linear(*intent_head_, config_, random);
}

std::string TagNet::description() const {
  std::string text = config_.description();
  if (!feature_embeddings_.empty())
    text += ", " + counted(static_cast<Index>(feature_embeddings_.size()), "feature column");
  if (chars_) text += ", characters " + std::string(to_name(config_.chars));
  return text + (crf_ ? ", crf" : "");
}

TagNet::Output TagNet::forward(const Pass& pass, const Tensor& words, const LayoutPtr& layout) {
  const FlushToZero flush;
  Var x = embedding_->forward(pass, column_of(words, kWordColumn), config_.embedding_dropout);
  if (case_embedding_) x = concat(pass, x, case_embedding_->forward(pass, column_of(words, kCaseColumn)));
  for (std::size_t k = 0; k < feature_embeddings_.size(); ++k)
    x = concat(
        pass, x,
        feature_embeddings_[k].forward(pass, column_of(words, kFeatureColumn + static_cast<Index>(k))));
  if (chars_) x = concat(pass, x, chars_->forward(pass, words));
  x = dropout(pass, x, *layout, config_.dropout, kOutsideLayers, kWords);
  const RecurrentOutput encoded =
      encoder_->forward(pass, Sequence{x, layout}, encoder_->zero_state(layout->batch()));
  const Var y = dropout(pass, encoded.y.rows, *layout, config_.dropout, kOutsideLayers, kEncoded);
  Output out{.scores = head_->forward(pass, y, *layout, kHead), .intents = {}};
  if (intent_head_) {
    const Var pooled = intent_pool_->forward(pass, encoded.y);
    out.intents = intent_head_->forward(pass, dropout(pass, pooled, *Layout::dense(1, layout->batch()),
                                                      config_.dropout, kOutsideLayers, kPooled));
  }
  return out;
}

ChainScores TagNet::chain() const {
  if (crf_) return crf_->scores();
  constexpr float kForbidden = ChainArgs<float>::kForbidden;
  ChainScores chain{.tags = shape_.tags, .transition = {}, .start = {}, .end = {}};
  for (const auto& [rules, scores] :
       {std::pair(&shape_.rules.follow, &chain.transition), std::pair(&shape_.rules.begin, &chain.start),
        std::pair(&shape_.rules.end, &chain.end)})
    for (const std::uint8_t may : *rules) scores->push_back(may ? 0 : kForbidden);
  return chain;
}

std::vector<TagReading> readings_of(TagNet& net, std::span<const TagExample> examples, ThreadPool& pool,
                                    const std::function<bool()>& stop_requested) {
  constexpr std::size_t kMostExamples = 64;
  std::vector<TagReading> readings(examples.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < examples.size(); ++i)
    if (examples[i].input.dim(0) > 0) {
      order.push_back(i);
    } else {
      readings[i].scores = readings[i].probabilities = Tensor::empty({0, net.shape().tags});
    }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return examples[i].input.dim(0); });
  for (std::size_t begin = 0; begin < order.size(); begin += kMostExamples) {
    throw_if_asked(stop_requested);
    const std::size_t end = std::min(order.size(), begin + kMostExamples);
    std::vector<Tensor> batch;
    for (std::size_t i = begin; i < end; ++i) batch.push_back(examples[order[i]].input);
    const LayoutPtr layout = layout_of(batch);
    const Pass pass{.pool = pool};
    const TagNet::Output out = net.forward(pass, pack_sequences(batch, *layout), layout);
    const std::vector<Tensor> scores = unpack_sequences(out.scores.value, *layout);
    Crf::Marginals marginals;
    std::vector<Tensor> probabilities;
    if (net.crf() != nullptr) {
      marginals = net.crf()->marginals(pass, out.scores.value, layout);
      probabilities = unpack_sequences(marginals.probabilities, *layout);
    }
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t b = i - begin;
      TagReading& reading = readings[order[i]];
      reading.scores = scores[b];
      if (net.crf() != nullptr) {
        reading.probabilities = probabilities[b];
        reading.log_sum = marginals.log_sums[b];
      } else {
        reading.probabilities = Tensor::empty(scores[b].shape());
        reading.log_sum = softmax_rows(scores[b], reading.probabilities);
      }
      if (out.intents.defined())
        reading.intents = out.intents.value.rows(static_cast<Index>(b), static_cast<Index>(b) + 1).clone();
    }
  }
  return readings;
}

}  // namespace recur
