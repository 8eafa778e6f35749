// Read values as they come, row by row: what `recur stream` does with a forecaster.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "formats/safetensors.h"

namespace recur {

/// Bytes of a line: it is read whole before it is answered, so its length has a limit.
inline constexpr std::int64_t kLongestLine = 1 << 20;

/// Reads rows of values and gives the forecast of the next step to `answer`, one call a target.
class ForecastStream {
 public:
  /// Throws FormatError, ConfigError.
  explicit ForecastStream(const Safetensors& model);
  ForecastStream(ForecastStream&&) noexcept;
  ~ForecastStream();
  /// Reads a table to its end ("-": the standard input). Throws DataError with file and line.
  void read(const std::filesystem::path& file,
            const std::function<void(const nlohmann::ordered_json&)>& answer);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace recur
