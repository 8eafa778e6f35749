#include "api/verify.h"

#include <recur/stream.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/error.h"
#include "base/random.h"
#include "simd/isa.h"
#include "tasks/lm.h"

namespace recur {
namespace {

using Ids = std::vector<std::int32_t>;

class Prover {
 public:
  explicit Prover(LanguageModel& lm) : model_(*lm.model), tokens_(lm.vocabulary.size()) {
    Random random(2024);
    for (const Index length : {kSteps, Index{1}, kSteps - 5, Index{0}, kSteps / 2}) {
      Ids ids(static_cast<std::size_t>(length));
      for (std::int32_t& id : ids) id = static_cast<std::int32_t>(random.next_below(tokens_));
      sequences_.push_back(std::move(ids));
      alone_.push_back(run(one_, {sequences_.back()}, model_.encoder().zero_state(1)).front());
    }
  }

  static Check intact(const ModelFile& file) {
    const std::string digest = file.digest();
    return {
        .promise = "every byte of the file is as it was written",
        .compared = static_cast<Index>(digest.size()),
        .holds = digest == file.checksum,
        .detail = digest == file.checksum ? "SHA-256 " + digest.substr(0, 16) + "…"
                  : file.checksum.empty()
                      ? "the file has no checksum"
                      : "the checksum differs: the file was changed after training; take it from a backup, "
                        "or train again"};
  }

  Check golden(const ModelFile& file) {
    Check check{.promise = "the golden outputs of the file"};
    const Tensor* tokens = file.find("golden.tokens");
    recur::check<FormatError>(tokens != nullptr && tokens->dtype() == DType::i32 && tokens->size() > 0,
                              "{}: has no golden inputs; the file was changed after training", file.where);
    const std::int32_t* const ids = tokens->data<std::int32_t>();
    for (Index i = 0; i < tokens->size(); ++i)
      recur::check<FormatError>(ids[i] >= 0 && ids[i] < tokens_,
                                "{}: golden token {} is {}, expected 0 to {}", file.where, i, ids[i],
                                tokens_ - 1);
    const Tensor& expected = file.at("golden.logits", {tokens->size(), tokens_});
    const Tensor found = run(one_, {Ids(ids, ids + tokens->size())}, model_.encoder().zero_state(1)).front();
    compare(check, found, expected, "golden outputs");
    check.detail = check.holds
                       ? "computed with " + file.isa + ", replayed with " + std::string(name(current_isa()))
                       : "the weights were changed after training, or this machine computes differently: " +
                             check.detail;
    return check;
  }

  Check batch() {
    Check check{.promise = "the same bits alone and in a batch"};
    std::vector<std::size_t> order{0, 1, 2, 3, 4};
    for (int turn = 0; turn < 5; ++turn) {
      std::vector<Ids> batch;
      for (const std::size_t i : order) batch.push_back(sequences_[i]);
      const auto found = run(one_, batch, model_.encoder().zero_state(5));
      for (std::size_t i = 0; i < 5; ++i)
        compare(check, found[i], alone_[order[i]],
                "sequence " + std::to_string(order[i]) + " at place " + std::to_string(i));
      std::rotate(order.begin(), order.begin() + 1, order.end());
    }
    return done(check, "5 sequences of 24, 1, 19, 0 and 12 tokens, each at every place");
  }

  Check chunks() {
    Check check{.promise = "the same bits in one piece and in chunks"};
    for (const std::size_t size : {1, 2, 7}) {
      RecurrentState state = model_.encoder().zero_state(1);
      const Ids& ids = sequences_[0];
      for (std::size_t begin = 0; begin < ids.size(); begin += size) {
        const std::size_t end = std::min(ids.size(), begin + size);
        const Ids part(ids.begin() + static_cast<std::ptrdiff_t>(begin),
                       ids.begin() + static_cast<std::ptrdiff_t>(end));
        const Tensor found = run(one_, {part}, state, &state).front();
        compare(check, found, alone_[0].rows(static_cast<Index>(begin), static_cast<Index>(end)),
                "chunks of " + std::to_string(size) + ", token " + std::to_string(begin));
      }
    }
    return done(check, "chunks of 1, 2 and 7 tokens");
  }

  Check stream(const std::shared_ptr<const StreamModel>& model) {
    Check check{.promise = "the same bits step by step, saved and restored"};
    Stream stream(model);
    for (std::size_t i = 0; i < sequences_[0].size(); ++i) {
      if (i == sequences_[0].size() / 2) {
        const std::vector<std::byte> state = stream.save();
        stream = Stream(model);
        stream.restore(state);
      }
      const std::span<const float> found = stream.step(sequences_[0][i]);
      const Tensor expected = alone_[0].rows(static_cast<Index>(i), static_cast<Index>(i) + 1);
      count(check, found.data(), expected.data<float>(), expected.size(), "token " + std::to_string(i));
    }
    return done(check, "a stream of " + std::to_string(model->stream_bytes()) + " bytes, its state " +
                           std::to_string(model->state_size()));
  }

  Check threads() {
    Check check{.promise = "the same bits on any number of threads"};
    for (const Index threads : {2, 3}) {
      ThreadPool pool(threads);
      const auto found = run(pool, sequences_, model_.encoder().zero_state(5));
      for (std::size_t i = 0; i < 5; ++i)
        compare(check, found[i], alone_[i], std::to_string(threads) + " threads");
    }
    return done(check, "1, 2 and 3 threads");
  }

 private:
  static constexpr Index kSteps = 24;

  /// The logits of each sequence, [length, V].
  std::vector<Tensor> run(ThreadPool& pool, const std::vector<Ids>& batch, const RecurrentState& initial,
                          RecurrentState* final_state = nullptr) {
    std::vector<Index> lengths;
    for (const Ids& ids : batch) lengths.push_back(static_cast<Index>(ids.size()));
    const LayoutPtr layout = Layout::ragged(lengths);
    const Tensor ids = Tensor::empty({layout->rows()}, DType::i32);
    const auto each = [&](auto&& f) {
      for (Index t = 0; t < layout->steps(); ++t)
        for (Index i = 0; i < layout->active(t); ++i)
          f(layout->row(t, i), static_cast<std::size_t>(layout->sequence(i)), t);
    };
    each([&](Index row, std::size_t n, Index t) {
      ids.data<std::int32_t>()[row] = batch[n][static_cast<std::size_t>(t)];
    });
    const ModelOutput out = model_.forward({.pool = pool}, ids, layout, initial);
    if (final_state != nullptr) *final_state = out.state;
    std::vector<Tensor> logits;
    for (const Index length : lengths) logits.push_back(Tensor::empty({length, tokens_}));
    each([&](Index row, std::size_t n, Index t) {
      std::copy_n(out.y.value.data<float>() + row * tokens_, tokens_, logits[n].data<float>() + t * tokens_);
    });
    return logits;
  }

  static void compare(Check& check, const Tensor& found, const Tensor& expected, const std::string& where) {
    count(check, found.data<float>(), expected.data<float>(), expected.size(), where);
  }
  static void count(Check& check, const float* found, const float* expected, Index size,
                    const std::string& where) {
    const bool first = check.compared == 0;
    if (first) check.holds = true;
    check.compared += size;
    if (std::memcmp(found, expected, static_cast<std::size_t>(size) * sizeof(float)) == 0 || !check.holds)
      return;
    check.holds = false;
    Index at = 0;
    while (std::bit_cast<std::uint32_t>(found[at]) == std::bit_cast<std::uint32_t>(expected[at])) ++at;
    check.detail = fmt::format("{}: number {} is {}, expected {}", where, at, found[at], expected[at]);
  }
  static Check done(Check& check, const std::string& how) {
    if (check.holds) check.detail = how;
    return check;
  }

  Model& model_;
  Index tokens_;
  ThreadPool one_{1};
  std::vector<Ids> sequences_;
  std::vector<Tensor> alone_;
};

}  // namespace

bool Verification::holds() const {
  return std::all_of(checks.begin(), checks.end(), [](const Check& c) { return c.holds; });
}

Verification verify(const std::filesystem::path& run) {
  const ModelFile file = ModelFile::read(model_path(run));
  LanguageModel lm = load_language_model(file);
  Prover prover(lm);
  const auto streamed = StreamModel::open(run.string());
  return {.run = run.string(),
          .checks = {Prover::intact(file), prover.golden(file), prover.batch(), prover.chunks(),
                     prover.stream(streamed), prover.threads()}};
}

}  // namespace recur
