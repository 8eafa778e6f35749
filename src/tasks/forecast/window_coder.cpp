#include "tasks/forecast/window_coder.h"

#include "base/error.h"

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

}  // namespace

WindowCoder::WindowCoder(const ForecastConfig& config, const Transform& transform, const FittedScales& scales,
                         Index targets, Index covariates, Index known)
    : config_(config), transform_(transform), scales_(scales), targets_(targets), known_(known) {
  const TransformConfig& t = config.transform;
  check<ConfigError>(
      config.model.method != Method::recursive || covariates == 0,
      "a recursive forecast reads columns at steps that are still to come: make the {} covariates known, "
      "targets, or none (--covariates none), or choose --method direct",
      covariates);
  check<ConfigError>(config.model.method != Method::segments || covariates == 0,
                     "segments read each series alone; leave the {} covariates out with --covariates none",
                     covariates);
  const Index per_target = 1 + static_cast<Index>(t.lags.size() + t.rolling.size());
  features_ = row_targets() * per_target + covariates + known +
              kNumbersPerCycle * static_cast<Index>(transform.cycles().size()) + (reads_ahead() ? 1 : 0);
}

Index WindowCoder::steps(bool training) const {
  const Index lookback = config_.data.lookback, horizon = config_.data.horizon;
  if (config_.model.method == Method::recursive) return training ? lookback + horizon - 1 : lookback;
  return reads_ahead() ? lookback + horizon : lookback;
}

void WindowCoder::write_step(const PreparedSeries& series, const Window& window, Index channel,
                             std::span<const ColumnScale> scales, std::span<const std::vector<double>> future,
                             Index t, float* out) const {
  const TransformConfig& transform = config_.transform;
  const bool forecast = !future.empty();
  const bool ahead_of_time = reads_ahead() && t >= window.origin;
  const auto put = [&](double x) { *out++ = static_cast<float>(x); };
  for (Index d = 0; d < row_targets(); ++d) {
    const Index target = target_of(channel, d);
    const std::vector<double>& values = series.values[size(target)];
    const ColumnScale& scale = scales[size(d)];
    const auto scaled = [&](Index at) {
      if (forecast && at >= window.origin) return future[size(d)][size(at - window.origin)];
      return (values[size(at)] - scale.offset) / scale.scale;
    };
    put(ahead_of_time ? 0 : scaled(t));
    for (const Index lag : transform.lags) put(ahead_of_time ? 0 : scaled(t - lag));
    for (std::size_t i = 0; i < transform.rolling.size(); ++i) {
      const Index width = transform.rolling[i];
      double mean = 0;
      if (!ahead_of_time && forecast && t >= window.origin) {
        for (Index k = 0; k < width; ++k) mean += scaled(t - k) / static_cast<double>(width);
      } else if (!ahead_of_time) {
        mean = (series.rolled[size(target) * transform.rolling.size() + i][size(t)] - scale.offset) /
               scale.scale;
      }
      put(mean);
    }
  }
  for (const auto& column : series.others) put(ahead_of_time ? 0 : column[size(t)]);
  // Models that read the horizon see each step's own; the others what is known of the step to come.
  for (const auto& column : series.ahead) put(column[size(reads_ahead() ? t : t + 1)]);
  if (reads_ahead()) put(ahead_of_time ? 1 : 0);
}

CodedBatch WindowCoder::encode(const ForecastData& data, std::span<const Window> windows,
                               bool training) const {
  const Index lookback = config_.data.lookback, horizon = config_.data.horizon, count = steps(training);
  const Index rows = rows_per_window(), batch = static_cast<Index>(windows.size()) * rows,
              each = row_targets();
  const bool recursive = config_.model.method == Method::recursive;
  CodedBatch out;
  const bool segments = config_.model.method == Method::segments;
  if (segments) {
    out.lookback = Tensor::empty({batch, lookback});
  } else {
    out.x = {Var(Tensor::empty({count * batch, features_})), Layout::dense(count, batch)};
  }
  if (training)
    out.targets = Tensor::empty(recursive ? Shape{count * batch, each} : Shape{batch, horizon * each});
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const Window& window = windows[w];
    const OneSeries& read = data.panel().list[size(window.series)];
    if (training && !read.filled.empty()) out.filled.resize(size(out.targets.size()));
    const PreparedSeries& series = data.prepared(window.series);
    const Index first = window.origin - lookback;
    for (Index r = 0; r < rows; ++r) {
      const Index b = static_cast<Index>(w) * rows + r;
      out.channels.push_back(static_cast<std::int32_t>(r));
      for (Index d = 0; d < each; ++d)
        out.scales.push_back(transform_.of_window(series, target_of(r, d), first, window.origin,
                                                  scales_.inputs[size(target_of(r, d))]));
      const auto scales = std::span(out.scales).last(size(each));
      for (Index t = 0; t < count; ++t) {
        if (segments) {
          const double x = (series.values[size(r)][size(first + t)] - scales[0].offset) / scales[0].scale;
          out.lookback.data<float>()[b * lookback + t] = static_cast<float>(x);
        } else {
          write_step(series, window, r, scales, {}, first + t,
                     out.x.rows.value.data<float>() + (t * batch + b) * features_);
        }
      }
      if (!training) continue;
      float* const y = out.targets.data<float>();
      for (Index d = 0; d < each; ++d) {
        const Index target = target_of(r, d);
        const ColumnScale& scale = scales[size(d)];
        if (recursive) {
          for (Index t = 0; t < count; ++t) {
            const Index i = (t * batch + b) * each + d;
            y[i] = static_cast<float>((series.values[size(target)][size(first + t + 1)] - scale.offset) /
                                      scale.scale);
            if (read.was_filled(target, first + t + 1)) out.filled[size(i)] = true;
          }
          continue;
        }
        const std::vector<double> base =
            transform_.base(series, target, window.origin, scale.offset, horizon);
        for (Index h = 0; h < horizon; ++h) {
          const Index i = (b * horizon + h) * each + d;
          y[i] = static_cast<float>((series.levels[size(target)][size(window.origin + h)] - base[size(h)]) /
                                    scale.scale);
          if (read.was_filled(target, window.origin + h)) out.filled[size(i)] = true;
        }
      }
    }
  }
  return out;
}

std::vector<double> WindowCoder::decode(const ForecastData& data, const Window& window, Index target,
                                        const ColumnScale& scale, std::span<const double> y) const {
  const PreparedSeries& series = data.prepared(window.series);
  std::vector<double> out;
  if (config_.model.method == Method::recursive) {
    const Differences& differences = transform_.differences();
    const std::vector<double>& levels = series.levels[size(target)];
    std::vector<double> x(levels.begin() + (window.origin - differences.reach()),
                          levels.begin() + window.origin);
    for (const double one : y) {
      x.push_back(differences.undo(x, scale.offset + scale.scale * one));
      out.push_back(transform_.original(x.back()));
    }
    return out;
  }
  const std::vector<double> base =
      transform_.base(series, target, window.origin, scale.offset, static_cast<Index>(y.size()));
  for (std::size_t h = 0; h < y.size(); ++h) out.push_back(transform_.original(base[h] + scale.scale * y[h]));
  return out;
}

}  // namespace recur
