#include "tasks/forecast/config.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace recur {

Index segment_of(const ForecastConfig& config) {
  if (config.model.segment > 0) return config.model.segment;
  const Index both = std::gcd(config.data.lookback, config.data.horizon);
  Index segment = std::min<Index>(both, 48);
  while (both % segment != 0) --segment;
  return segment;
}

void validate(const ForecastConfig& config) {
  check<ConfigError>(config.task == "forecast", "the configuration is for task '{}', not forecast",
                     config.task);
  check<ConfigError>(!config.data.train.empty(),
                     "there is nothing to train on; give a table with --data FILE");
  const auto& quantiles = config.model.quantiles;
  check<ConfigError>(
      std::adjacent_find(quantiles.begin(), quantiles.end(), std::greater_equal<>()) == quantiles.end(),
      "quantiles must rise, as in 0.1,0.5,0.9");
  const ForecastModelConfig& model = config.model;
  if (model.method == Method::recursive) {
    check<ConfigError>(
        !model.bidirectional,
        "a recursive forecast reads forwards only; set bidirectional to false, or choose --method direct");
    check<ConfigError>(model.pool == Pool::last,
                       "a recursive forecast has nothing to pool; leave --pool out");
  }
  const TransformConfig& t = config.transform;
  if (model.method == Method::segments)
    check<ConfigError>(
        model.channel_independent && t.calendar.empty() && t.lags.empty() && t.rolling.empty() &&
            config.data.known.empty(),
        "segments read each series alone: set channel_independent to true and leave out calendar, lags, "
        "rolling and known");
  if (model.method == Method::segments)
    check<ConfigError>(
        model.pool == Pool::last && model.head.empty(),
        "segments go on from the last state through one linear layer; leave --pool and --head out");
  if (model.method == Method::direct && !config.data.known.empty())
    check<ConfigError>(
        model.pool == Pool::last,
        "with columns known in advance a forecast is made at each step of the horizon, so there is "
        "nothing to pool; leave --pool out");
  check<ConfigError>(
      config.data.refit == 0 || !config.data.test.empty() || config.data.test_rows > 0 ||
          config.data.test_fraction > 0,
      "refit trains anew before each stretch of the test part, and there is none; give one with "
      "--test-fraction, --test-rows or --test, or leave --refit out");
  for (const auto& [given, file, name] :
       {std::tuple{config.data.valid_rows > 0, !config.data.valid.empty(), "valid"},
        {config.data.test_rows > 0 || config.data.test_fraction > 0, !config.data.test.empty(), "test"}})
    check<ConfigError>(!(given && file), "{} is a file and a part of the series; give one of them", name);
}

}  // namespace recur
