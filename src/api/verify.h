// Prove that a model gives the same bits whichever way it is run: what `recur verify` does.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/types.h"

namespace recur {

/// One promise, tried on the model.
struct Check {
  std::string promise;  ///< "the same bits alone and in a batch"
  Index compared = 0;   ///< numbers that were compared, bit by bit
  bool holds = false;
  std::string detail;  ///< how it was tried, or where it failed
};

struct Verification {
  std::string run;
  std::vector<Check> checks;
  bool holds() const;
};

/// Checks the file against its checksum, replays its golden outputs, and compares on random inputs: alone and
/// in a batch, at any place of it and with any padding, in one piece and in chunks, step by step as a stream,
/// saved and restored, on one thread and on several. Throws IoError, FormatError where the file cannot even
/// be loaded, ConfigError for tasks without a verification.
Verification verify(const std::filesystem::path& run);

}  // namespace recur
