// Forecasts of windows: what a network says, undone to units; paths of recursive models.
#include <algorithm>
#include <optional>

#include "base/random.h"
#include "tasks/forecast/forecast_net.h"

namespace recur {
namespace {

std::size_t size(Index i) { return static_cast<std::size_t>(i); }

using Numbers = std::vector<double>;

WindowForecast empty_forecast(const WindowCoder& coder) {
  const Index horizon = coder.config().data.horizon, targets = coder.row_targets() * coder.rows_per_window();
  const std::size_t quantiles = coder.config().model.quantiles.size();
  WindowForecast out;
  out.point.resize(size(targets));
  if (quantiles > 0)
    out.quantiles.assign(size(targets), std::vector<Numbers>(size(horizon), Numbers(quantiles)));
  return out;
}

/// Of a direct network's outputs, [B][horizon][D][outputs].
void decode_direct(const ForecastData& data, const WindowCoder& coder, std::span<const Window> windows,
                   const CodedBatch& batch, const float* y, std::size_t first, ForecastSink sink) {
  const Index horizon = coder.config().data.horizon, each = coder.row_targets(), outputs = coder.outputs();
  const Index rows = coder.rows_per_window();
  for (std::size_t w = 0; w < windows.size(); ++w) {
    WindowForecast forecast = empty_forecast(coder);
    for (Index r = 0; r < rows; ++r)
      for (Index d = 0; d < each; ++d) {
        const Index b = static_cast<Index>(w) * rows + r, target = rows > 1 ? r : d;
        const ColumnScale& scale = batch.scales[size(b * each + d)];
        for (Index o = 0; o < outputs; ++o) {
          Numbers scaled;
          for (Index h = 0; h < horizon; ++h)
            scaled.push_back(static_cast<double>(y[((b * horizon + h) * each + d) * outputs + o]));
          Numbers values = coder.decode(data, windows[w], target, scale, scaled);
          if (o == 0) {
            forecast.point[size(target)] = std::move(values);
            continue;
          }
          for (Index h = 0; h < horizon; ++h)
            forecast.quantiles[size(target)][size(h)][size(o - 1)] = values[size(h)];
        }
        // Quantiles that cross are put in order.
        if (outputs > 1)
          for (Numbers& at : forecast.quantiles[size(target)]) std::sort(at.begin(), at.end());
      }
    sink(first + w, forecast);
  }
}

/// A draw from quantiles q at probabilities p: straight lines between them, and beyond the outermost.
double draw(std::span<const double> p, Numbers q, double u) {
  std::sort(q.begin(), q.end());
  if (q.size() < 2) return q[0];
  std::size_t i = 0;
  while (i + 2 < q.size() && u > p[i + 1]) ++i;
  return q[i] + (q[i + 1] - q[i]) * (u - p[i]) / (p[i + 1] - p[i]);
}

/// The quantile of sorted values, interpolated.
double quantile_of(const Numbers& sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const std::size_t low = static_cast<std::size_t>(at), high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - static_cast<double>(low));
}

/// A recursive forecast: continuations of each row, each value fed back.
class RollOut {
 public:
  RollOut(ForecastNet& net, ThreadPool& pool, const ForecastData& data, std::span<const Window> windows,
          const CodedBatch& batch)
      : net_(net), coder_(net.coder()), pool_(pool), data_(data), windows_(windows), batch_(batch) {
    const Pass pass{.pool = pool};
    const Index count = batch.x.layout->batch();
    ModelOutput out = net.model()->forward(pass, batch.x, net.model()->encoder().zero_state(count));
    state_ = std::move(out.state);
    const Index steps = batch.x.layout->steps();
    last_ = out.y.value.rows((steps - 1) * count, steps * count).clone();
  }

  /// `paths` continuations of each row, [row][path][D][horizon], scaled. With no seed the point forecast is
  /// fed back.
  std::vector<std::vector<std::vector<Numbers>>> run(Index paths, std::optional<std::uint64_t> seed) {
    const Index count = batch_.x.layout->batch(), each = coder_.row_targets(), outputs = coder_.outputs();
    const Index horizon = coder_.config().data.horizon, features = coder_.features(), width = each * outputs;
    std::vector<std::vector<std::vector<Numbers>>> future(
        size(count), std::vector<std::vector<Numbers>>(size(paths), std::vector<Numbers>(size(each))));
    std::vector<Random> random;
    std::vector<Index> rows;
    for (Index b = 0; b < count; ++b) {
      // Every window draws the same numbers, so that a forecast is the same wherever its series stands in a
      // file and however much of its past is there.
      random.emplace_back(seed.value_or(0), static_cast<std::uint64_t>(b % coder_.rows_per_window()));
      for (Index p = 0; p < paths; ++p) rows.push_back(b);
    }
    RecurrentState state = state_.select(rows);
    Tensor y = gather_last(rows);
    for (Index h = 0; h < horizon; ++h) {
      for (Index b = 0; b < count; ++b)
        for (Index p = 0; p < paths; ++p)
          for (Index d = 0; d < each; ++d) {
            const float* const said = y.data<float>() + (b * paths + p) * width + d * outputs;
            double value = static_cast<double>(said[0]);
            if (seed)
              value = draw(coder_.config().model.quantiles, Numbers(said + 1, said + outputs),
                           random[size(b)].uniform());
            future[size(b)][size(p)][size(d)].push_back(value);
          }
      if (h + 1 == horizon) break;
      const Tensor x = Tensor::empty({count * paths, features});
      for (Index b = 0; b < count; ++b) {
        const Window& window = windows_[size(b / coder_.rows_per_window())];
        for (Index p = 0; p < paths; ++p)
          coder_.write_step(data_.prepared(window.series), window, b % coder_.rows_per_window(),
                            std::span(batch_.scales).subspan(size(b * each), size(each)),
                            future[size(b)][size(p)], window.origin + h,
                            x.data<float>() + (b * paths + p) * features);
      }
      ModelOutput out =
          net_.model()->forward(Pass{.pool = pool_}, {Var(x), Layout::dense(1, count * paths)}, state);
      state = std::move(out.state);
      y = out.y.value;
    }
    return future;
  }

 private:
  Tensor gather_last(const std::vector<Index>& rows) const {
    const Index width = last_.dim(1);
    const Tensor out = Tensor::empty({static_cast<Index>(rows.size()), width});
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::copy_n(last_.data<float>() + rows[i] * width, width,
                  out.data<float>() + static_cast<Index>(i) * width);
    return out;
  }

  ForecastNet& net_;
  const WindowCoder& coder_;
  ThreadPool& pool_;
  const ForecastData& data_;
  std::span<const Window> windows_;
  const CodedBatch& batch_;
  RecurrentState state_;
  Tensor last_;
};

void decode_recursive(ForecastNet& net, ThreadPool& pool, const ForecastData& data,
                      std::span<const Window> windows, const CodedBatch& batch, std::uint64_t seed,
                      std::size_t first, ForecastSink sink) {
  const WindowCoder& coder = net.coder();
  const Index each = coder.row_targets(), rows = coder.rows_per_window();
  const std::vector<double>& probabilities = coder.config().model.quantiles;
  RollOut roll(net, pool, data, windows, batch);
  const auto points = roll.run(1, std::nullopt);
  const Index paths = probabilities.empty() ? 0 : coder.config().model.paths;
  const auto drawn = paths > 0 ? roll.run(paths, seed) : std::vector<std::vector<std::vector<Numbers>>>{};
  for (std::size_t w = 0; w < windows.size(); ++w) {
    WindowForecast forecast = empty_forecast(coder);
    for (Index r = 0; r < rows; ++r)
      for (Index d = 0; d < each; ++d) {
        const std::size_t b = w * size(rows) + size(r);
        const Index target = rows > 1 ? r : d;
        const ColumnScale& scale = batch.scales[b * size(each) + size(d)];
        forecast.point[size(target)] = coder.decode(data, windows[w], target, scale, points[b][0][size(d)]);
        if (paths == 0) continue;
        std::vector<Numbers> at(forecast.point[size(target)].size());
        for (Index p = 0; p < paths; ++p) {
          const Numbers values = coder.decode(data, windows[w], target, scale, drawn[b][size(p)][size(d)]);
          for (std::size_t h = 0; h < values.size(); ++h) at[h].push_back(values[h]);
        }
        for (std::size_t h = 0; h < at.size(); ++h) {
          std::sort(at[h].begin(), at[h].end());
          for (std::size_t q = 0; q < probabilities.size(); ++q)
            forecast.quantiles[size(target)][h][q] = quantile_of(at[h], probabilities[q]);
        }
      }
    sink(first + w, forecast);
  }
}

}  // namespace

void forecast_windows(ForecastNet& net, ThreadPool& pool, const ForecastData& data,
                      std::span<const Window> windows, std::uint64_t seed, ForecastSink sink) {
  const WindowCoder& coder = net.coder();
  const bool recursive = coder.config().model.method == Method::recursive;
  const Index paths = recursive && !coder.config().model.quantiles.empty() ? coder.config().model.paths : 1;
  // So many rows at a time that what lies between layers stays small.
  const std::size_t most =
      size(std::max<Index>(1, 1024 / (coder.rows_per_window() * std::max<Index>(1, paths / 8))));
  for (std::size_t begin = 0; begin < windows.size(); begin += most) {
    const auto some = windows.subspan(begin, std::min(most, windows.size() - begin));
    const CodedBatch batch = coder.encode(data, some, /*training=*/false);
    if (recursive) {
      decode_recursive(net, pool, data, some, batch, seed, begin, sink);
    } else {
      const Var y = net.forward(Pass{.pool = pool}, batch);
      decode_direct(data, coder, some, batch, y.value.data<float>(), begin, sink);
    }
  }
}

}  // namespace recur
