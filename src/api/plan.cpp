#include "api/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <variant>
#include <vector>

#include "api/threads.h"
#include "base/settings.h"
#include "train/optimizer.h"

namespace recur {
namespace {

struct Measured {
  std::string model;
  Index memory = 0, parameters = 0, steps_per_epoch = 0, targets_per_step = 0;
};

/// Runs one step, if it is to.
Measured measure(Task& task, ThreadPool& pool, bool step = true) {
  const TrainConfig& config = task.train();
  const Index before = memory_use().bytes;
  reset_peak();
  const std::unique_ptr<TrainingJob> job = task.start();
  Optimizer optimizer(config, job->parameters());
  if (step) {
    Tape tape;
    const Pass pass{.pool = pool, .tape = &tape, .training = true, .seed = task.seed()};
    tape.backward(job->batch(pass, 0, 0).loss);
  }
  return {.model = job->model(),
          .memory = memory_use().peak - before,
          .parameters = job->parameters().count(),
          .steps_per_epoch = (job->batches_per_epoch() + config.accumulate - 1) / config.accumulate,
          .targets_per_step = job->targets(0, 0) * config.accumulate};
}

/// The options that say how wide a model and how large a batch is; they come back as they were.
class Size {
 public:
  explicit Size(Task& task) {
    for (const Option& option : task.options()) {
      constexpr std::array<std::string_view, 4> kWidths{"model.embedding", "model.hidden_size", "model.head",
                                                        "model.proj_size"};
      if (std::ranges::find(kWidths, option.key) != kWidths.end()) {
        if (auto* const one = std::get_if<Index*>(&option.target)) widths_.push_back(*one);
        if (auto* const list = std::get_if<std::vector<Index>*>(&option.target))
          for (Index& width : **list) widths_.push_back(&width);
      } else if (option.key == "train.batch_size") {
        batch_ = std::get<Index*>(option.target);
      }
    }
    for (const Index* width : widths_) whole_.push_back(*width);
    if (batch_ != nullptr) whole_batch_ = *batch_;
  }
  ~Size() { set(widest(), whole_batch_); }
  Size(const Size&) = delete;
  Size& operator=(const Size&) = delete;

  Index widest() const { return whole_.empty() ? 0 : *std::ranges::max_element(whole_); }
  Index batch() const { return whole_batch_; }

  /// The widest layer of a small model in which the narrowest is not lost to rounding; a quarter of the
  /// model's own or somewhat less, since the further the guess, the more the rounding of blocks of memory
  /// counts.
  Index small() const {
    Index narrowest = widest();
    for (const Index width : whole_)
      if (width > 0) narrowest = std::min(narrowest, width);
    const Index most = std::clamp<Index>(widest() / 4, 32, 128),
                unit = std::clamp<Index>(16 * widest() / std::max<Index>(narrowest, 1), 32, most);
    return most / unit * unit;
  }

  /// All widths in proportion, so that the widest is `width`.
  void set(Index width, Index batch) {
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const double share = static_cast<double>(whole_[i]) / static_cast<double>(widest());
      if (whole_[i] > 0) *widths_[i] = std::max<Index>(1, std::llround(share * static_cast<double>(width)));
    }
    if (batch_ != nullptr) *batch_ = batch;
  }

 private:
  std::vector<Index*> widths_;
  std::vector<Index> whole_;
  Index* batch_ = nullptr;
  Index whole_batch_ = 0;
};

/// The value at x of the polynomial through the points.
template <std::size_t N>
double through(const std::array<double, N>& xs, const std::array<double, N>& ys, double x) {
  double y = 0;
  for (std::size_t i = 0; i < N; ++i) {
    double weight = 1;
    for (std::size_t j = 0; j < N; ++j)
      if (j != i) weight *= (x - xs[j]) / (xs[i] - xs[j]);
    y += weight * ys[i];
  }
  return y;
}

/// Memory and parameters from small models: of a width they are a polynomial of degree two, of a batch of
/// degree one.
Measured extrapolate(Task& task, ThreadPool& pool, Size& size) {
  const Index first = size.small();
  const std::array<double, 3> widths{static_cast<double>(first), static_cast<double>(2 * first),
                                     static_cast<double>(3 * first)};
  constexpr std::array<double, 2> kBatches{16, 32};
  const bool smaller_batch = size.batch() > 32;
  const double batch = static_cast<double>(size.batch());
  std::array<double, 3> memory{}, parameters{};
  for (std::size_t w = 0; w < widths.size(); ++w) {
    std::array<double, 2> of_batch{};
    for (std::size_t b = 0; b < (smaller_batch ? kBatches.size() : 1); ++b) {
      size.set(static_cast<Index>(widths[w]), smaller_batch ? static_cast<Index>(kBatches[b]) : size.batch());
      const Measured small = measure(task, pool);
      of_batch[b] = static_cast<double>(small.memory);
      parameters[w] = static_cast<double>(small.parameters);
    }
    memory[w] = smaller_batch ? through(kBatches, of_batch, batch) : of_batch[0];
  }
  size.set(first, size.batch());
  Measured out = measure(task, pool, /*step=*/false);
  const double width = static_cast<double>(size.widest());
  out.memory = std::llround(through(widths, memory, width));
  out.parameters = std::llround(through(widths, parameters, width));
  return out;
}

/// Models and batches up to this size are measured at once.
constexpr Index kNarrow = 256;

}  // namespace

nlohmann::json plan(Task& task, const PlanRequest& request) {
  const TrainConfig& config = task.train();
  validate(config);
  ThreadPool pool(threads_or_all(request.threads));
  std::string name, cell, sizes;
  for (const Option& option : task.options()) {
    if (option.key == "task") name = to_text(option);
    if (option.key == "model.cell") cell = to_text(option);
    if (option.key == "model.hidden_size") sizes = to_text(option);
  }
  Measured found;
  bool measured = true;
  {
    Size size(task);
    if (size.widest() > kNarrow || size.batch() > kNarrow) {
      found = extrapolate(task, pool, size);
      found.model = cell + " " + sizes;
      measured = found.memory < request.machine_bytes / 2;
    }
  }
  if (measured) found = measure(task, pool);
  return {{"task", name},
          {"model", found.model},
          {"parameters", found.parameters},
          {"memory_bytes", found.memory},
          {"machine_bytes", request.machine_bytes},
          {"measured", measured},
          {"epochs", config.epochs},
          {"steps_per_epoch", found.steps_per_epoch},
          {"steps", found.steps_per_epoch * config.epochs},
          {"targets_per_step", found.targets_per_step}};
}

}  // namespace recur
