#include "api/verify.h"

#include <fmt/core.h>
#include <recur/stream.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "simd/isa.h"
#include "tasks/task.h"

namespace recur {
namespace {

class Prover {
 public:
  explicit Prover(TrainedNetwork& network) : network_(network) {
    Random random(2024);
    for (const Index length : {kSteps, Index{1}, kSteps - 5, Index{0}, kSteps / 2}) {
      sequences_.push_back(network.random_input(random, length));
      alone_.push_back(network.run(one_, {sequences_.back()}).front());
    }
  }

  /// What the file holds has its checksum, and the file is what is written for it, header and all.
  static Check intact(const ModelFile& file, const std::filesystem::path& path) {
    const std::string digest = file.digest(), bytes = read_file(path);
    Check check{.promise = "every byte of the file is as it was written",
                .compared = static_cast<Index>(bytes.size()),
                .holds = digest == file.checksum && bytes == file.to_bytes(),
                .detail = "SHA-256 " + digest.substr(0, 16) + "…"};
    if (!check.holds)
      check.detail =
          (file.checksum.empty()     ? "the file has no checksum"
           : digest != file.checksum ? "the checksum differs: the file was changed after training"
                                     : "its header was changed after training, or another program wrote it") +
          std::string("; take it from a backup, or train again");
    return check;
  }

  Check golden(const ModelFile& file) {
    Check check{.promise = "the golden outputs of the file"};
    const Tensor &input = file.golden_input(), &output = file.golden_output();
    network_.check_input(input, file.where);
    const Tensor found = network_.run(one_, {input}).front();
    recur::check<FormatError>(output.dtype() == found.dtype() && output.shape() == found.shape(),
                              "{}: the golden outputs have shape {}, expected {}", file.where,
                              output.shape().to_string(), found.shape().to_string());
    compare(check, found, output, "golden outputs");
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
      std::vector<Tensor> batch;
      for (const std::size_t i : order) batch.push_back(sequences_[i]);
      const auto found = network_.run(one_, batch);
      for (std::size_t i = 0; i < 5; ++i)
        compare(check, found[i], alone_[order[i]],
                "sequence " + std::to_string(order[i]) + " at place " + std::to_string(i));
      std::rotate(order.begin(), order.begin() + 1, order.end());
    }
    std::string lengths;
    for (std::size_t i = 0; i < 5; ++i)
      lengths += (i == 0 ? "" : i == 4 ? " and " : ", ") + std::to_string(sequences_[i].dim(0));
    return done(check, "5 sequences of " + lengths + " steps, each at every place");
  }

  Check chunks() {
    Check check{.promise = "the same bits in one piece and in chunks"};
    const Tensor& sequence = sequences_[0];
    for (const Index size : {1, 2, 7}) {
      RecurrentState state;
      for (Index begin = 0; begin < sequence.dim(0); begin += size) {
        const Index end = std::min(sequence.dim(0), begin + size);
        compare(check, network_.run_part(one_, sequence.rows(begin, end), state), alone_[0].rows(begin, end),
                "chunks of " + std::to_string(size) + ", step " + std::to_string(begin));
      }
    }
    return done(check, "chunks of 1, 2 and 7 steps");
  }

  Check stream(const std::shared_ptr<const StreamModel>& model) {
    Check check{.promise = "the same bits step by step, saved and restored"};
    Stream stream(model);
    const Tensor& sequence = sequences_[0];
    for (Index i = 0; i < sequence.dim(0); ++i) {
      if (i == sequence.dim(0) / 2) {
        const std::vector<std::byte> state = stream.save();
        stream = Stream(model);
        stream.restore(state);
      }
      const std::span<const float> found =
          sequence.dtype() == DType::i32 ? stream.step(sequence.data<std::int32_t>()[i])
                                         : stream.step(std::span(sequence.rows(i, i + 1).data<float>(),
                                                                 static_cast<std::size_t>(sequence.dim(1))));
      const Tensor expected = alone_[0].rows(i, i + 1);
      RECUR_ASSERT(static_cast<Index>(found.size()) == expected.size());
      count(check, found.data(), expected.data<float>(), expected.size(), "step " + std::to_string(i));
    }
    return done(check, "a stream of " + std::to_string(model->stream_bytes()) + " bytes, its state " +
                           std::to_string(model->state_size()));
  }

  /// Every parameter's, at one place drawn at random.
  Check gradients() {
    Check check{.promise = "gradients are what finite differences in double say", .holds = true};
    Random random(7);
    const std::vector<Tensor> batch{network_.random_input(random, 5), network_.random_input(random, 2)};
    double furthest = 0;
    for (const GradientSample& sample : network_.gradient_samples(random, batch)) {
      ++check.compared;
      const double off = std::abs(sample.gradient - sample.difference);
      furthest = std::max(furthest, off);
      if (off <= 1e-7 + 1e-4 * std::abs(sample.difference) || !check.holds) continue;
      check.holds = false;
      check.detail = fmt::format("{} has {}, but changing it gives {}", sample.parameter, sample.gradient,
                                 sample.difference);
    }
    return done(check, fmt::format("one value of each parameter, {:.1g} apart at most", furthest));
  }

  Check gradients_on_threads() {
    Check check{.promise = "the same gradients on any number of threads"};
    const std::vector<Tensor> alone = network_.gradients(one_, sequences_);
    for (const Index threads : {2, 3}) {
      ThreadPool pool(threads);
      const std::vector<Tensor> found = network_.gradients(pool, sequences_);
      for (std::size_t i = 0; i < alone.size(); ++i)
        compare(check, found[i], alone[i], std::to_string(threads) + " threads");
    }
    return done(check, "1, 2 and 3 threads");
  }

  Check threads() {
    Check check{.promise = "the same bits on any number of threads"};
    for (const Index threads : {2, 3}) {
      ThreadPool pool(threads);
      const auto found = network_.run(pool, sequences_);
      for (std::size_t i = 0; i < 5; ++i)
        compare(check, found[i], alone_[i], std::to_string(threads) + " threads");
    }
    return done(check, "1, 2 and 3 threads");
  }

 private:
  static constexpr Index kSteps = 24;

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

  TrainedNetwork& network_;
  ThreadPool one_{1};
  std::vector<Tensor> sequences_, alone_;
};

}  // namespace

bool Verification::holds() const {
  return std::all_of(checks.begin(), checks.end(), [](const Check& c) { return c.holds; });
}

Verification verify(const std::filesystem::path& run) {
  const std::filesystem::path path = model_path(run);
  const ModelFile file = ModelFile::read(path);
  const std::unique_ptr<TrainedNetwork> network = task_of(file)->network(file);
  Prover prover(*network);
  Verification proof{.run = run.string(),
                     .checks = {Prover::intact(file, path), prover.golden(file), prover.batch()}};
  if (network->reads_parts()) proof.checks.push_back(prover.chunks());
  if (network->streams()) proof.checks.push_back(prover.stream(StreamModel::open(run.string())));
  proof.checks.push_back(prover.threads());
  for (const Check& check : {prover.gradients(), prover.gradients_on_threads()})
    if (check.compared > 0) proof.checks.push_back(check);  // a network need not tell its gradients
  return proof;
}

}  // namespace recur
