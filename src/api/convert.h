// Make a trained model smaller: what `recur convert` does.
#pragma once

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/types.h"

namespace recur {

enum class WeightType { bf16, int8 };
constexpr std::array<std::string_view, 2> names_of(WeightType) { return {"bf16", "int8"}; }

struct ConvertRequest {
  std::filesystem::path run;   ///< a run folder, or its model
  std::filesystem::path out;   ///< the folder that gets the converted model
  std::filesystem::path data;  ///< what both models are scored on; empty: neither is
  WeightType type = WeightType::bf16;
  bool force = false;  ///< replace a model that is in `out`
  Index threads = 0;   ///< 0: all cores
};

/// Rounds a model's matrices and writes them as such.
///
/// bf16: to the nearest bfloat16. Half the bytes, in the file and in a stream, whose step reads them as they
/// are; sums are computed as before.
/// int8: those of recurrent layers to whole numbers up to 127 times a scale for each row, all others to
/// bfloat16. A product rounds what it reads in the same way, with a scale for each row and step, and sums
/// bytes exactly. A quarter of the bytes.
///
/// Either is a model like any other, with the same bits wherever it runs. Its golden outputs are computed
/// anew; its scores are those on `data`.
///
/// Returns {"run", "out", "type", "matrices", "bytes": {"before", "after"}} and, with data, {"data",
/// "before": {…}, "after": {…}}, the metrics of each. Throws ConfigError where `out` holds a model, the model
/// has been converted already, or a matrix is too wide for int8; IoError, FormatError; as evaluate() for the
/// data.
nlohmann::json convert(const ConvertRequest& request);

}  // namespace recur
