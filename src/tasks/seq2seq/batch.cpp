#include "tasks/seq2seq/batch.h"

#include <algorithm>

#include "nn/dropout.h"

namespace recur {

PackedTokens pack_tokens(const std::vector<std::span<const std::int32_t>>& sequences) {
  std::vector<Index> lengths;
  lengths.reserve(sequences.size());
  for (const auto& sequence : sequences) lengths.push_back(static_cast<Index>(sequence.size()));
  PackedTokens packed{.ids = {}, .layout = Layout::ragged(lengths)};
  const Layout& layout = *packed.layout;
  packed.ids = Tensor::empty({layout.rows()}, DType::i32);
  std::int32_t* out = packed.ids.data<std::int32_t>();
  if (out == nullptr) return packed;  // there is no row
  for (Index t = 0; t < layout.steps(); ++t)
    for (Index p = 0; p < layout.active(t); ++p)
      *out++ = sequences[static_cast<std::size_t>(layout.sequence(p))][static_cast<std::size_t>(t)];
  return packed;
}

PairBatch make_batch(const std::vector<const PairExample*>& examples, std::int32_t start) {
  std::vector<std::span<const std::int32_t>> sources, targets;
  std::vector<std::vector<std::int32_t>> inputs;
  std::vector<std::span<const std::int32_t>> input_spans;
  for (const PairExample* example : examples) {
    sources.emplace_back(example->source);
    targets.emplace_back(example->target);
    std::vector<std::int32_t>& input = inputs.emplace_back();
    if (example->target.empty()) continue;
    input.push_back(start);
    input.insert(input.end(), example->target.begin(), example->target.end() - 1);
  }
  for (const auto& input : inputs) input_spans.emplace_back(input);
  return {.sources = pack_tokens(sources),
          .inputs = pack_tokens(input_spans),
          .targets = pack_tokens(targets).ids};
}

void read_own_tokens(Seq2SeqNet& net, const Pass& pass, double p, const PairBatch& batch) {
  constexpr std::uint32_t kSite = 1001;  // apart from the masks of layers
  if (p <= 0) return;
  const Tensor logits = logits_of(net, Pass{.pool = pass.pool}, batch).value;
  const PhiloxKey key = mask_key(pass.random_key(kOutsideLayers, kSite));
  const Layout& layout = *batch.inputs.layout;
  const Index classes = logits.dim(1), words = classes - 2;  // </s> and <s> are not read again
  std::int32_t* const inputs = batch.inputs.ids.data<std::int32_t>();
  for (Index t = 1; t < layout.steps(); ++t)
    for (Index position = 0; position < layout.active(t); ++position) {
      const auto sequence = static_cast<std::uint32_t>(pass.first_sequence + layout.sequence(position));
      if (uniform01(mask_word(key, sequence, static_cast<std::uint64_t>(t), 0)) >= static_cast<float>(p))
        continue;
      const float* const said = logits.data<float>() + layout.row(t - 1, position) * classes;
      inputs[layout.row(t, position)] =
          static_cast<std::int32_t>(std::max_element(said, said + words) - said);
    }
}

Var logits_of(Seq2SeqNet& net, const Pass& pass, const PairBatch& batch) {
  const EncodedSources encoded = net.encode(pass, batch.sources.ids, batch.sources.layout);
  return net.decode(pass, encoded, batch.inputs.ids, batch.inputs.layout);
}

}  // namespace recur
