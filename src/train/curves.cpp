#include "train/curves.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/error.h"

namespace recur {
namespace {

constexpr int kTraining = 0, kValidation = 1;  // colours, the same in every panel
constexpr std::size_t kSmoothPoints = 120;     // a smoothed line has about as many
constexpr std::size_t kFewSteps = 60;          // so few steps are drawn as they are

/// Steps as x: epochs where possible.
struct Time {
  Index steps_per_epoch = 0;

  explicit Time(const History& h) : steps_per_epoch(h.started ? h.started->steps_per_epoch : 0) {}
  double operator()(Index step) const {
    return steps_per_epoch > 0 ? static_cast<double>(step) / static_cast<double>(steps_per_epoch)
                               : static_cast<double>(step);
  }
};

/// Means of consecutive stretches of a series: the same length but for the last, about kSmoothPoints of them.
/// Of positive numbers over orders of magnitude the geometric mean is the one that a logarithmic axis shows
/// in the middle.
Series smoothed(const Series& raw, bool geometric) {
  Series out{.name = raw.name, .colour = raw.colour};
  const std::size_t size = raw.x.size(), length = std::max<std::size_t>(1, size / kSmoothPoints);
  for (std::size_t begin = 0; begin < size; begin += length) {
    const std::size_t end = std::min(size, begin + length);
    double sum = 0, count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double y = geometric ? std::log(raw.y[i]) : raw.y[i];
      if (!std::isfinite(y)) continue;
      sum += y;
      ++count;
    }
    const double mean = count > 0 ? sum / count : kNotMeasured;
    out.x.push_back((raw.x[begin] + raw.x[end - 1]) / 2);
    out.y.push_back(geometric ? std::exp(mean) : mean);
  }
  return out;
}

std::string brief(double value) { return fmt::format("{:.4g}", value); }

Panel loss_panel(const History& h, Time time) {
  Panel panel{.title = "Loss", .unit = h.started ? h.started->loss_unit : ""};
  Series train{.name = "training", .colour = kTraining};
  for (const StepDone& step : h.steps) {
    train.x.push_back(time(step.step));
    train.y.push_back(step.loss);
  }
  if (h.steps.size() > kFewSteps) {
    panel.series.push_back({.x = train.x, .y = train.y, .stroke = Stroke::faint, .colour = kTraining});
    train = smoothed(train, /*geometric=*/false);
  } else if (h.steps.empty()) {
    train.stroke = Stroke::markers;
    for (const EpochDone& epoch : h.epochs) {
      train.x.push_back(time(epoch.step));
      train.y.push_back(epoch.train_loss);
    }
  }
  panel.series.push_back(std::move(train));

  const EpochDone* best = h.best_epoch();
  if (best) {
    Series valid{.name = "validation", .stroke = Stroke::markers, .colour = kValidation};
    for (const EpochDone& epoch : h.epochs) {
      valid.x.push_back(time(epoch.step));
      valid.y.push_back(epoch.valid_loss);
    }
    panel.series.push_back(std::move(valid));
    panel.marks.push_back({time(best->step), best->valid_loss,
                           fmt::format("best: {} at epoch {}", brief(best->valid_loss), best->epoch),
                           kValidation});
  }
  for (const BaselineScored& b : h.baselines) {
    panel.levels.push_back({fmt::format("{} {}", b.baseline, brief(b.loss)), b.loss});
  }
  return panel;
}

bool is_the_loss(std::string_view metric) { return metric == "perplexity" || metric == "bits_per_char"; }

/// One series a name, in the order in which the names first appear; `numbers_at` calls back with each (x,
/// numbers).
template <class F>
std::vector<Series> series_by_name(F numbers_at) {
  std::vector<Series> out;
  numbers_at([&](double x, const NamedNumbers& numbers) {
    for (const auto& [name, value] : numbers) {
      auto series =
          std::find_if(out.begin(), out.end(), [&name = name](const Series& s) { return s.name == name; });
      if (series == out.end()) series = out.insert(out.end(), Series{.name = name});
      series->x.push_back(x);
      series->y.push_back(value);
    }
  });
  return out;
}

void append_metric_panels(const History& h, Time time, std::vector<Panel>& panels) {
  std::vector<Series> all = series_by_name([&](auto add) {
    for (const EpochDone& epoch : h.epochs) add(time(epoch.step), epoch.metrics);
  });
  std::erase_if(all, [](const Series& s) { return is_the_loss(s.name); });
  Panel shares{.title = "Metrics", .unit = "validation", .height = 180};
  std::vector<Panel> others;
  for (Series& s : all) {
    s.stroke = Stroke::markers;
    if (std::all_of(s.y.begin(), s.y.end(), [](double y) { return !(y < 0 || y > 1); })) {
      shares.series.push_back(std::move(s));
    } else {
      others.push_back({.title = s.name, .unit = "validation", .height = 140});
      s.name.clear();
      s.colour = kValidation;
      others.back().series.push_back(std::move(s));
    }
  }
  if (!shares.series.empty()) panels.push_back(std::move(shares));
  std::move(others.begin(), others.end(), std::back_inserter(panels));
}

void append_gradient_panel(const History& h, Time time, std::vector<Panel>& panels) {
  Panel panel{
      .title = "Gradient norm", .unit = "by parameter, before clipping", .log_y = true, .height = 180};
  const auto raw = series_by_name([&](auto add) {
    for (const StepDone& step : h.steps) add(time(step.step), step.gradient_norms);
  });
  for (const Series& s : raw) panel.series.push_back(smoothed(s, /*geometric=*/true));
  if (!panel.series.empty()) panels.push_back(std::move(panel));
}

void append_rate_panel(const History& h, Time time, std::vector<Panel>& panels) {
  Series rate;
  for (const StepDone& step : h.steps) {
    rate.x.push_back(time(step.step));
    rate.y.push_back(step.learning_rate);
  }
  const auto differs = [&](double y) { return y != rate.y.front(); };
  if (rate.y.empty() || std::isnan(rate.y.front()) || std::none_of(rate.y.begin(), rate.y.end(), differs))
    return;
  panels.push_back({.title = "Learning rate", .height = 80, .series = {std::move(rate)}});
}

std::string title_of(const History& h) {
  if (!h.started) return "Training curves";
  return h.started->model.empty() ? h.started->task : h.started->task + " · " + h.started->model;
}

std::string subtitle_of(const History& h) {
  const EpochDone* best = h.best_epoch();
  if (!best) return "";
  std::string out = fmt::format("epoch {} of {} is the best: validation loss {}", best->epoch,
                                h.epochs.size(), brief(best->valid_loss));
  for (const auto& [name, value] : best->metrics) {
    std::string words = name;
    std::replace(words.begin(), words.end(), '_', ' ');
    out += fmt::format(", {} {}", words, brief(value));
  }
  return out;
}

}  // namespace

Figure curves_of(const History& history) {
  const Time time(history);
  Figure figure{.title = title_of(history), .subtitle = subtitle_of(history)};
  figure.x_label = time.steps_per_epoch > 0 ? "epoch" : "step";
  figure.panels.push_back(loss_panel(history, time));
  append_metric_panels(history, time, figure.panels);
  append_gradient_panel(history, time, figure.panels);
  append_rate_panel(history, time, figure.panels);
  return figure;
}

}  // namespace recur
