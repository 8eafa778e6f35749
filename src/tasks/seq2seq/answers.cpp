#include "tasks/seq2seq/answers.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "decode/sampler.h"
#include "nn/log_sums.h"
#include "nn/losses.h"
#include "nn/share.h"
#include "tasks/seq2seq/batch.h"
#include "tensor/token_tensor.h"
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
  const Tensor sums = Tensor::empty({rows});
  share(pool, rows, 8, [&](Index begin, Index end) {
    float* const x = logits.data<float>();
    float* const sum = sums.data<float>();
    log_sums(end - begin, classes, x + begin * classes, sum + begin);
    for (Index r = begin; r < end; ++r)
      for (Index c = 0; c < classes; ++c) x[r * classes + c] -= sum[r];
  });
}

/// Sources that are answered together.
class Batch {
 public:
  Batch(Seq2SeqNet& net, const DecodeConfig& options, std::span<const PairExample> examples,
        std::span<const std::size_t> numbers, ThreadPool& pool)
      : net_(net), options_(options), pass_{.pool = pool} {
    std::vector<std::span<const std::int32_t>> sources;
    for (const std::size_t i : numbers) {
      const auto length = static_cast<Index>(examples[i].source.size());
      sources.emplace_back(examples[i].source);
      const Index most = options.max_length > 0 ? options.max_length : 2 * length + 50;
      limits_.push_back({.max_length = std::max(most, options.min_length),
                         .length = options.show_attention || options.coverage_penalty > 0 ? length : 0});
    }
    const PackedTokens packed = pack_tokens(sources);
    encoded_ = net.encode(pass_, packed.ids, packed.layout);
    std::vector<Index> all(numbers.size());
    std::iota(all.begin(), all.end(), Index{0});
    state_ = net.begin(encoded_, all);
  }

  std::vector<std::vector<BeamResult>> best(const std::function<bool()>& stop_requested) {
    const BeamOptions beam{.beam = options_.beam,
                           .n_best = options_.n_best,
                           .length_penalty = options_.length_penalty,
                           .coverage_penalty = options_.coverage_penalty,
                           .min_length = options_.min_length,
                           .start = start(),
                           .end = end(),
                           .never = {kUnknown, start()},
                           .attention = options_.show_attention};
    const bool tells = options_.show_attention || options_.coverage_penalty > 0;
    return beam_search(pass_.pool, beam, limits_, [&](const BeamRows& rows) -> BeamScores {
      throw_if_asked(stop_requested);
      read(std::vector<Index>(rows.parents.begin(), rows.parents.end()), rows.tokens);
      log_softmax(pass_.pool, said_.logits);
      return {.log_probabilities = values_of(said_.logits),
              .attention = tells ? values_of(said_.seen.weights) : std::span<const float>()};
    });
  }

  /// Text n is drawn with `seeds[n]`.
  std::vector<std::vector<BeamResult>> drawn(std::span<const std::uint64_t> seeds,
                                             const std::function<bool()>& stop_requested) {
    std::vector<std::vector<BeamResult>> texts(limits_.size(), std::vector<BeamResult>(1));
    std::vector<Sampler> samplers;
    for (const std::uint64_t seed : seeds)
      samplers.emplace_back(Sampling{.temperature = options_.temperature,
                                     .top_k = options_.top_k,
                                     .top_p = options_.top_p,
                                     .seed = seed});
    std::vector<std::size_t> alive(limits_.size());
    std::iota(alive.begin(), alive.end(), std::size_t{0});
    std::vector<Index> parents(state_.sources);
    std::vector<std::int32_t> tokens(alive.size(), start());
    for (Index step = 0; !alive.empty(); ++step) {
      throw_if_asked(stop_requested);
      read(parents, tokens);
      log_softmax(pass_.pool, said_.logits);
      parents.clear();
      tokens.clear();
      std::vector<std::size_t> still;
      for (std::size_t row = 0; row < alive.size(); ++row) {
        BeamResult& text = texts[alive[row]].front();
        const auto at = static_cast<Index>(row);
        const std::span<float> p(said_.logits.rows(at, at + 1).data<float>(),
                                 static_cast<std::size_t>(said_.logits.dim(1)));
        const std::vector<float> log_probabilities(p.begin(), p.end());
        p[kUnknown] = p[static_cast<std::size_t>(start())] = kNever;
        if (step < options_.min_length) p[static_cast<std::size_t>(end())] = kNever;
        const bool full = step == limits_[alive[row]].max_length;
        const std::int32_t token =
            full ? end() : samplers[alive[row]].next(p, static_cast<std::uint64_t>(step));
        text.log_probability += static_cast<double>(log_probabilities[static_cast<std::size_t>(token)]);
        text.score = text.log_probability;
        if (token == end()) continue;
        text.tokens.push_back(token);
        if (options_.show_attention) {
          const auto from = said_.seen.weights.data<float>() + said_.seen.begin[row];
          text.attention.insert(text.attention.end(), from, from + limits_[alive[row]].length);
        }
        parents.push_back(at);
        tokens.push_back(token);
        still.push_back(alive[row]);
      }
      alive = std::move(still);
    }
    return texts;
  }

 private:
  static constexpr std::int32_t kUnknown = 0;  // says nothing
  static constexpr float kNever = -std::numeric_limits<float>::infinity();

  std::int32_t end() const { return static_cast<std::int32_t>(net_.shape().target - 2); }
  std::int32_t start() const { return end() + 1; }
  static std::span<const float> values_of(const Tensor& t) {
    return {t.data<float>(), static_cast<std::size_t>(t.size())};
  }

  /// Text i goes on from `parents[i]` with `tokens[i]`.
  void read(const std::vector<Index>& parents, std::span<const std::int32_t> tokens) {
    const auto size = static_cast<Index>(parents.size());
    bool same = size == static_cast<Index>(state_.sources.size());
    for (Index i = 0; same && i < size; ++i) same = parents[static_cast<std::size_t>(i)] == i;
    if (!same) state_ = state_.select(parents);
    said_ = net_.step(pass_, encoded_, state_, token_tensor(tokens));
  }

  Seq2SeqNet& net_;
  const DecodeConfig& options_;
  Pass pass_;
  std::vector<BeamSource> limits_;
  EncodedSources encoded_;
  DecoderState state_;
  Seq2SeqNet::Step said_;
};

}  // namespace

std::vector<std::vector<BeamResult>> answers_of(Seq2SeqNet& net, const DecodeConfig& options,
                                                std::span<const PairExample> examples, ThreadPool& pool,
                                                const std::function<bool()>& stop_requested, Index first) {
  std::vector<std::vector<BeamResult>> answers(examples.size());
  each_batch(examples, stop_requested, [&](std::span<const std::size_t> numbers) {
    Batch batch(net, options, examples, numbers, pool);
    std::vector<std::vector<BeamResult>> found;
    if (options.temperature > 0) {
      // Each text has draws of its own.
      std::vector<std::uint64_t> seeds;
      for (const std::size_t i : numbers)
        seeds.push_back((static_cast<std::uint64_t>(options.draw) << 32) + static_cast<std::uint64_t>(first) +
                        i);
      found = batch.drawn(seeds, stop_requested);
    } else {
      found = batch.best(stop_requested);
    }
    for (std::size_t b = 0; b < numbers.size(); ++b) answers[numbers[b]] = std::move(found[b]);
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
