#include "tasks/seq2seq/answers.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "kernels/table.h"
#include "nn/losses.h"
#include "nn/share.h"
#include "tasks/seq2seq/batch.h"
#include "train/job.h"

namespace recur {
namespace {

constexpr std::size_t kTogether = 64;

/// Calls f(numbers) for examples of near length, so many at a time.
template <class F>
void each_batch(std::span<const PairExample> examples, const std::function<bool()>& stop_requested, F&& f) {
  std::vector<std::size_t> order(examples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return examples[i].source.size(); });
  for (std::size_t begin = 0; begin < order.size(); begin += kTogether) {
    throw_if_asked(stop_requested);
    f(std::span(order).subspan(begin, std::min(kTogether, order.size() - begin)));
  }
}

/// Logits to log-probabilities, row by row and in place.
void log_softmax(ThreadPool& pool, const Tensor& logits) {
  const Index rows = logits.dim(0), classes = logits.dim(1);
  const Tensor first = Tensor::zeros({rows}, DType::i32), losses = Tensor::empty({rows});
  share(pool, rows, 8, [&](Index begin, Index end) {
    float* const x = logits.data<float>();
    kernels<float>().cross_entropy({.rows = end - begin,
                                    .classes = classes,
                                    .logits = x + begin * classes,
                                    .targets = first.data<std::int32_t>() + begin,
                                    .losses = losses.data<float>() + begin});
    for (Index r = begin; r < end; ++r) {
      // The loss of a class is the log of the sum less its logit.
      const float log_sum = losses.data<float>()[r] + x[r * classes];
      for (Index c = 0; c < classes; ++c) x[r * classes + c] -= log_sum;
    }
  });
}

}  // namespace

std::vector<std::vector<BeamResult>> answers_of(Seq2SeqNet& net, const DecodeConfig& options,
                                                std::span<const PairExample> examples, ThreadPool& pool,
                                                const std::function<bool()>& stop_requested) {
  const auto end = static_cast<std::int32_t>(net.shape().target - 2), start = end + 1;
  const BeamOptions beam{.beam = options.beam,
                         .n_best = options.n_best,
                         .length_penalty = options.length_penalty,
                         .coverage_penalty = options.coverage_penalty,
                         .min_length = options.min_length,
                         .start = start,
                         .end = end,
                         .never = {0, start},  // <unk> says nothing
                         .attention = options.show_attention};
  const bool tells = options.show_attention || options.coverage_penalty > 0;
  std::vector<std::vector<BeamResult>> answers(examples.size());
  each_batch(examples, stop_requested, [&](std::span<const std::size_t> batch) {
    std::vector<std::span<const std::int32_t>> sources;
    std::vector<BeamSource> limits;
    for (const std::size_t i : batch) {
      const auto length = static_cast<Index>(examples[i].source.size());
      sources.emplace_back(examples[i].source);
      const Index most = options.max_length > 0 ? options.max_length : 2 * length + 50;
      limits.push_back({.max_length = std::max(most, options.min_length), .length = tells ? length : 0});
    }
    const Pass pass{.pool = pool};
    const PackedTokens packed = pack_tokens(sources);
    const EncodedSources encoded = net.encode(pass, packed.ids, packed.layout);
    std::vector<Index> all(batch.size());
    std::iota(all.begin(), all.end(), Index{0});
    DecoderState state = net.begin(encoded, all);
    Seq2SeqNet::Step said;
    const auto model = [&](const BeamRows& rows) -> BeamScores {
      throw_if_asked(stop_requested);
      state = state.select(std::vector<Index>(rows.parents.begin(), rows.parents.end()));
      const Tensor tokens = Tensor::empty({static_cast<Index>(rows.tokens.size())}, DType::i32);
      std::ranges::copy(rows.tokens, tokens.data<std::int32_t>());
      said = net.step(pass, encoded, state, tokens);
      log_softmax(pool, said.logits);
      BeamScores scores{
          .log_probabilities = {said.logits.data<float>(), static_cast<std::size_t>(said.logits.size())},
          .attention = {}};
      if (tells)
        scores.attention = {said.seen.weights.data<float>(),
                            static_cast<std::size_t>(said.seen.weights.size())};
      return scores;
    };
    std::vector<std::vector<BeamResult>> found = beam_search(pool, beam, limits, model);
    for (std::size_t b = 0; b < batch.size(); ++b) answers[batch[b]] = std::move(found[b]);
  });
  return answers;
}

std::vector<double> nats_of(Seq2SeqNet& net, std::span<const PairExample> examples, ThreadPool& pool,
                            const std::function<bool()>& stop_requested) {
  std::vector<double> nats(examples.size());
  each_batch(examples, stop_requested, [&](std::span<const std::size_t> numbers) {
    std::vector<const PairExample*> chosen;
    for (const std::size_t i : numbers) chosen.push_back(&examples[i]);
    const PairBatch batch = make_batch(chosen, static_cast<std::int32_t>(net.shape().target - 1));
    const Pass pass{.pool = pool};
    const Loss loss = cross_entropy(pass, logits_of(net, pass, batch), batch.targets);
    const Layout& layout = *batch.inputs.layout;
    for (Index p = 0; p < layout.batch(); ++p) {
      double sum = 0;
      for (Index t = 0; t < layout.length(p); ++t)
        sum += static_cast<double>(loss.each.data<float>()[layout.row(t, p)]);
      nats[numbers[static_cast<std::size_t>(layout.sequence(p))]] =
          sum / static_cast<double>(std::max<Index>(1, layout.length(p)));
    }
  });
  return nats;
}

}  // namespace recur
