// Read values as they come, row by row: what `recur stream` does with a forecaster.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace recur {

/// Whether a model file is one of task forecast. Throws IoError, FormatError.
bool is_forecaster(const std::filesystem::path& run);

/// Reads rows of values and gives the forecast of the next step to `answer`, one call a target.
class ForecastStream {
 public:
  explicit ForecastStream(const std::filesystem::path& run);
  ~ForecastStream();
  /// Throws DataError with the number of the line.
  void read(std::string_view line, const std::function<void(const nlohmann::ordered_json&)>& answer);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace recur
