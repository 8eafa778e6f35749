// The options of task forecast.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "data/series/series_source.h"
#include "data/series/transform.h"
#include "nn/losses.h"
#include "nn/model_config.h"
#include "train/config.h"

namespace recur {

/// Sums of rows of the parts are numbers of rows, too.
inline constexpr double kMostRows = 1e12;

struct ForecastDataConfig : SeriesSource {
  std::vector<std::filesystem::path> train{};
  std::filesystem::path valid{}, test{};
  Index lookback = 24, horizon = 1;
  Index stride = 1;
  double valid_fraction = 0.1, test_fraction = 0;
  Index train_rows = 0, valid_rows = 0, test_rows = 0;
  Index season = 0;
  Index refit = 0;

  static constexpr auto fields = std::tuple_cat(
      std::tuple{
          field("train", &ForecastDataConfig::train,
                "tables of series to train on (.gz is read directly); a series goes on from file to file"),
          field("valid", &ForecastDataConfig::valid,
                "table to validate on; not given: the end of the series"),
          field("test", &ForecastDataConfig::test,
                "table to score at the end; where it goes on after the training series, they are joined"),
      },
      SeriesSource::fields,
      std::tuple{
          field("lookback", &ForecastDataConfig::lookback, "steps that a forecast looks back")
              .between(1, 1 << 20),
          field("horizon", &ForecastDataConfig::horizon, "steps that are forecast").between(1, 1 << 20),
          field("stride", &ForecastDataConfig::stride,
                "steps between training windows; each epoch begins elsewhere, so that all are seen")
              .between(1, 1 << 20),
          field("valid_fraction", &ForecastDataConfig::valid_fraction,
                "share of each series, before the test part, that validates")
              .more_than(0)
              .less_than(1),
          field("test_fraction", &ForecastDataConfig::test_fraction,
                "share of each series, at its end, that tests")
              .at_least(0)
              .less_than(1),
          field("train_rows", &ForecastDataConfig::train_rows,
                "rows of each series to train on; 0: all before validation. Rows after the last part are not "
                "used")
              .between(0, kMostRows),
          field("valid_rows", &ForecastDataConfig::valid_rows, "rows that validate; 0: by valid_fraction")
              .between(0, kMostRows),
          field("test_rows", &ForecastDataConfig::test_rows, "rows that test; 0: by test_fraction")
              .between(0, kMostRows),
          field("season", &ForecastDataConfig::season, "steps of a season; 0: found from the data, 1: none")
              .between(0, 1 << 20),
          field("refit", &ForecastDataConfig::refit,
                "walk-forward validation at the end: the model is trained anew before each so many steps of "
                "the "
                "test part; 0: none")
              .between(0, 1 << 20),
      });
};

/// How the steps of the horizon are forecast.
enum class Method {
  direct,     ///< all at once, from the state after the lookback
  recursive,  ///< one after another, each fed back
  segments,   ///< by segments (SegRNN)
};
constexpr std::array<std::string_view, 3> names_of(Method) { return {"direct", "recursive", "segments"}; }

/// Fields but for the first two: a series has no embedding.
template <class Tuple>
constexpr auto without_embedding(const Tuple& fields) {
  return std::apply([](const auto&, const auto&, const auto&... rest) { return std::tuple{rest...}; },
                    fields);
}

struct ForecastModelConfig : PooledModelConfig {
  ForecastModelConfig() { hidden_size = {64}; }

  Method method = Method::direct;
  bool channel_independent = false;
  Index segment = 0;
  bool channel_vectors = true;
  std::vector<double> quantiles{};
  Index paths = 200;
  PointLoss loss = PointLoss::mse;
  double huber_delta = 1;

  static constexpr auto fields = std::tuple_cat(
      std::tuple{
          field("method", &ForecastModelConfig::method,
                "all steps at once, one after another (each fed back), or by segments (SegRNN)"),
          field("channel_independent", &ForecastModelConfig::channel_independent,
                "one model that sees each target by itself, instead of all together"),
          field("segment", &ForecastModelConfig::segment,
                "steps of a segment; 0: the longest divisor of lookback and horizon up to 48")
              .between(0, 1 << 20),
          field("channel_vectors", &ForecastModelConfig::channel_vectors,
                "whether each target has a vector of its own (segments)"),
          field("quantiles", &ForecastModelConfig::quantiles, "also forecast, such as 0.1,0.9")
              .more_than(0)
              .less_than(1),
          field("paths", &ForecastModelConfig::paths,
                "random continuations from which a recursive model's quantiles are taken")
              .between(1, 1 << 20),
          field("loss", &ForecastModelConfig::loss, "of the point forecast; quantiles have the pinball loss"),
          field("huber_delta", &ForecastModelConfig::huber_delta, "where huber's loss becomes linear")
              .more_than(0),
      },
      without_embedding(PooledModelConfig::fields));
};
static_assert(std::get<0>(PooledModelConfig::fields).name == "embedding" &&
              std::get<1>(PooledModelConfig::fields).name == "embedding_dropout");

struct ForecastConfig {
  std::string task = "forecast";
  Index seed = 42;
  ForecastDataConfig data{};
  TransformConfig transform{};
  ForecastModelConfig model{};
  TrainConfig train{};

  static constexpr auto fields = std::tuple{
      field("task", &ForecastConfig::task, "what is learned"),
      field("seed", &ForecastConfig::seed, "of all random numbers").at_least(0),
      field("data", &ForecastConfig::data, "what is read, and how"),
      field("transform", &ForecastConfig::transform,
            "what is done to the series, and undone in the forecast"),
      field("model", &ForecastConfig::model, "what the model is made of"),
      field("train", &ForecastConfig::train, "how it is trained"),
  };
};

/// Makes sense of options that depend on one another. Throws ConfigError for those that cannot go together.
void validate(const ForecastConfig& config);
/// config.model.segment, or what it is where it is not given.
Index segment_of(const ForecastConfig& config);

}  // namespace recur
