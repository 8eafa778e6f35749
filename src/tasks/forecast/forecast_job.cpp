#include "tasks/forecast/forecast_job.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "base/text.h"
#include "data/data_hash.h"
#include "tasks/forecast/forecast_model.h"
#include "tasks/forecast/forecast_plot.h"
#include "tasks/forecast/forecast_report.h"
#include "tasks/forecast/walk_forward.h"
#include "train/metrics.h"

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

/// Of all that was read: columns and their roles, and each series with the parts it was cut into.
std::string hash_of(const ForecastData& data) {
  const SeriesPanel& panel = data.panel();
  DataHash hash;
  hash.add_names(panel.columns);
  for (const Index count : {panel.targets, panel.covariates, panel.known, data.series()}) hash.add(count);
  for (Index s = 0; s < data.series(); ++s) {
    const OneSeries& series = panel.list[size(s)];
    const SeriesParts& parts = data.parts(s);
    hash.add(series.id);
    for (const Index end : {parts.valid, parts.test, parts.end}) hash.add(end);
    hash.add(series.steps());
    hash.add_numbers(std::span(series.times));
    for (const auto& column : series.columns) hash.add_numbers(std::span(column));
    for (const auto& column : series.filled) {
      std::vector<Index> steps;
      for (std::size_t t = 0; t < column.size(); ++t)
        if (column[t]) steps.push_back(static_cast<Index>(t));
      hash.add_numbers(std::span(std::as_const(steps)));
    }
  }
  return hash.hex();
}

/// At most `most` of the windows, evenly.
std::vector<Window> thinned(const std::vector<Window>& all, std::size_t most) {
  std::vector<Window> out;
  const std::size_t step = all.size() / most + 1;
  for (std::size_t i = 0; i < all.size(); i += step) out.push_back(all[i]);
  return out;
}

class ForecastJob final : public ForecastTraining {
 public:
  ForecastJob(ForecastData data, bool fold)
      : fold_(fold),
        data_(std::move(data)),
        model_(data_.config(), data_.scales(), data_.panel().targets, data_.panel().covariates,
               data_.panel().known),
        seed_(static_cast<std::uint64_t>(data_.config().seed)),
        data_sha256_(hash_of(data_)) {
    model_.net.initialise(seed_);
    valid_ = data_.windows(Part::valid);
    test_ = data_.windows(Part::test);
    RECUR_ASSERT(!valid_.empty());
    // The same number of windows in every epoch, wherever it begins, and at least one.
    std::vector<Index> windows(size(data_.series()), 0);
    for (const Window& window : data_.windows(Part::train)) ++windows[size(window.series)];
    stride_ = std::min(data_.config().data.stride, *std::max_element(windows.begin(), windows.end()));
    for (const Index count : windows) windows_per_epoch_ += count / stride_;
  }

  ForecastModel& forecaster() override { return model_; }
  const ForecastData& series() const override { return data_; }

  std::string task() const override { return "forecast"; }
  std::string model() const override { return model_.net.description(); }
  std::string loss_unit() const override {
    const ForecastModelConfig& m = data_.config().model;
    return (m.quantiles.empty() ? "" : "pinball and ") + std::string(to_name(m.loss)) + " per scaled value";
  }
  Parameters& parameters() override { return model_.net.parameters(); }

  std::vector<std::string> notes() const override {
    std::vector<std::string> notes;
    const SeriesPanel& panel = data_.panel();
    Index steps = 0;
    for (const OneSeries& series : panel.list) steps += series.steps();
    notes.push_back(
        fmt::format("{} series of {} target{}, {} steps in all; frequency: {}; season: {}", data_.series(),
                    data_.targets(), data_.targets() == 1 ? "" : "s", steps, panel.frequency.describe(),
                    data_.season() > 1 ? std::to_string(data_.season()) + " steps" : "none found"));
    const Index origin = static_cast<Index>(test_.size());
    notes.push_back(fmt::format("windows: {} to train on, {} to validate{}",
                                data_.windows(Part::train).size(), valid_.size(),
                                origin > 0 ? fmt::format(", {} to test", origin) : ""));
    if (stride_ < data_.config().data.stride)
      notes.push_back(fmt::format("stride is {}: no series has more windows to train on", stride_));
    if (data_.config().data.lookback > 1 && data_.parts(0).valid > 0)
      notes.emplace_back(
          "windows of validation and test look back into the part before them; their targets never do");
    notes.insert(notes.end(), data_.notes().begin(), data_.notes().end());
    return notes;
  }

  Index batches_per_epoch() const override { return (windows_per_epoch_ + batch_size() - 1) / batch_size(); }
  Index targets(Index /*epoch*/, Index number) override {
    const Index windows = std::min(batch_size(), windows_per_epoch_ - number * batch_size());
    const Index steps = data_.config().model.method == Method::recursive ? model_.coder.steps(true)
                                                                         : data_.config().data.horizon;
    return windows * data_.targets() * steps;
  }

  BatchLoss batch(const Pass& pass, Index epoch, Index number) override {
    order(epoch);
    const Index begin = number * batch_size(), end = std::min(begin + batch_size(), windows_per_epoch_);
    const auto windows = std::span(order_).subspan(size(begin), size(end - begin));
    const CodedBatch coded = model_.coder.encode(data_, windows, /*training=*/true);
    return {loss(pass, coded).value, targets(epoch, number)};
  }

  Score validate(ThreadPool& pool) override {
    const Pass pass{.pool = pool};
    WeightedMean mean;
    for (std::size_t begin = 0; begin < valid_.size(); begin += size(batch_size())) {
      throw_if_asked(stop_requested);
      const auto windows =
          std::span(valid_).subspan(begin, std::min(size(batch_size()), valid_.size() - begin));
      const CodedBatch coded = model_.coder.encode(data_, windows, /*training=*/true);
      add_measured(loss(pass, coded), coded.filled, mean);
    }
    return {.loss = mean.value(), .metrics = {}};
  }

  std::vector<BaselineScored> baselines(ThreadPool&) override {
    if (fold_ || baselines_scored_) return baselines_;
    baselines_scored_ = true;
    ridge_ = RidgeBaseline::fit(data_);
    for (const BaselineForecast& baseline : baselines_for(data_, valid_, ridge()))
      if (const auto scores = score_baseline(data_, Part::valid, valid_, baseline)) {
        NamedNumbers numbers;
        const nlohmann::json metrics = scores->metrics();
        for (const auto& [name, value] : metrics.items()) numbers.emplace_back(name, value.get<double>());
        const double loss = loss_is_scaled_error() ? scores->mse_scaled() : kNotMeasured;
        baselines_.push_back({.baseline = baseline.name, .loss = loss, .metrics = numbers});
      }
    const auto error = [](const BaselineScored& b) {
      const auto mse = std::find_if(b.metrics.begin(), b.metrics.end(),
                                    [](const auto& m) { return m.first == "mse_scaled"; });
      return mse == b.metrics.end() ? std::numeric_limits<double>::infinity() : mse->second;
    };
    std::stable_sort(baselines_.begin(), baselines_.end(),
                     [&](const auto& a, const auto& b) { return error(a) < error(b); });
    return baselines_;
  }

  ModelFile model_file(ThreadPool& pool, const nlohmann::json& metrics) override {
    ModelFile file = to_file(model_, pool, data_, valid_.front());
    file.metrics = metrics;
    if (ridge_) {
      const Tensor weights = ridge_->to_tensor(data_.config().data.lookback, data_.config().data.horizon);
      if (weights.defined()) file.tensors.push_back({"pipeline.ridge", weights});
    }
    file.data_sha256 = data_sha256_;
    return file;
  }

  Report final_report(ThreadPool& pool) override {
    if (fold_) return {};
    baselines(pool);
    Report report;
    const auto add = [&](Part part, const std::vector<Window>& windows) {
      if (windows.empty()) return;
      const std::string split(to_name(part));
      Report of_part = report_windows(model_.net, pool, data_, part, windows, ridge(), seed_, stop_requested);
      report.metrics[split] = of_part.metrics;
      for (const auto& [name, metrics] : of_part.baselines.items()) report.baselines[name][split] = metrics;
      report.tables = std::move(of_part.tables);
      report.each = std::move(of_part.each);
    };
    add(Part::train, thinned(data_.windows(Part::train), 1000));
    add(Part::valid, valid_);
    add(Part::test, test_);
    if (data_.config().data.refit > 0 && !test_.empty())
      report.metrics["walk_forward"] = walk_forward(data_, data_.config().data.refit, pool, stop_requested);
    return report;
  }

  std::vector<Picture> pictures(ThreadPool& pool) override {
    if (fold_) return {};
    return {{"forecast.svg", forecast_svg(model_.net, pool, data_, test_.empty() ? valid_ : test_, seed_)}};
  }

 private:
  Index batch_size() const { return data_.config().train.batch_size; }
  const RidgeBaseline* ridge() const { return ridge_ ? &*ridge_ : nullptr; }

  /// Whether the loss is the mean squared error of the scaled series, so that baselines have it, too.
  bool loss_is_scaled_error() const {
    const ForecastConfig& c = data_.config();
    const WindowScaling w = c.transform.window;
    return c.model.loss == PointLoss::mse && c.model.quantiles.empty() &&
           c.model.method != Method::recursive && !c.transform.log && c.transform.difference.empty() &&
           c.transform.scale == Scaling::standard && w != WindowScaling::mean &&
           w != WindowScaling::standard && data_.series() == 1;
  }

  /// Adds the loss of what was measured in a batch: what was filled in is scored nowhere.
  void add_measured(const Loss& loss, const std::vector<bool>& filled, WeightedMean& mean) const {
    if (filled.empty()) return mean.add(loss.mean(), static_cast<Index>(loss.count));
    const std::size_t outputs = size(model_.coder.outputs());
    for (std::size_t i = 0; i < filled.size() * outputs; ++i)
      if (!filled[i / outputs]) mean.add(static_cast<double>(loss.each.data<float>()[i]), 1);
  }

  Loss loss(const Pass& pass, const CodedBatch& coded) {
    const ForecastModelConfig& m = data_.config().model;
    return point_and_quantiles(pass, model_.net.forward(pass, coded), coded.targets, m.loss, m.quantiles,
                               m.huber_delta);
  }

  /// The windows of an epoch in its own order.
  void order(Index epoch) {
    if (epoch == ordered_) return;
    ordered_ = epoch;
    Random random(seed_, /*stream=*/1000 + static_cast<std::uint64_t>(epoch));
    order_ = data_.windows(Part::train, stride_, random.next_below(stride_));
    random.shuffle(std::span(order_));
    order_.resize(size(windows_per_epoch_));
  }

  bool fold_;
  ForecastData data_;
  ForecastModel model_;
  std::uint64_t seed_;
  std::string data_sha256_;
  std::vector<Window> valid_, test_, order_;
  Index stride_ = 1, windows_per_epoch_ = 0, ordered_ = -1;
  std::optional<RidgeBaseline> ridge_;
  bool baselines_scored_ = false;
  std::vector<BaselineScored> baselines_;
};

}  // namespace

std::unique_ptr<ForecastTraining> make_forecast_job(ForecastData data, bool fold) {
  return std::make_unique<ForecastJob>(std::move(data), fold);
}

}  // namespace recur
