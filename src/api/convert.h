// Make a trained model smaller: what `recur convert` does.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/types.h"

namespace recur {

struct ConvertRequest {
  std::filesystem::path run;   ///< a run folder, or its model
  std::filesystem::path out;   ///< the folder that gets the converted model
  std::filesystem::path data;  ///< what both models are scored on; empty: neither is
  bool force = false;          ///< replace a model that is in `out`
  Index threads = 0;           ///< 0: all cores
};

/// Rounds a model's matrices to the nearest bfloat16 and writes them as such: half the bytes, in the file and
/// in a stream, whose step reads them as they are. All else stays F32, sums are computed as before; so the
/// model is one like any other, with the same bits wherever it runs. Its golden outputs are computed anew;
/// its scores are those on `data`.
///
/// Returns {"run", "out", "matrices", "bytes": {"before", "after"}} and, with data, {"data", "before": {…},
/// "after": {…}}, the metrics of each. Throws ConfigError where `out` holds a model, or the model has been
/// converted already; IoError, FormatError; as evaluate() for the data.
nlohmann::json convert(const ConvertRequest& request);

}  // namespace recur
