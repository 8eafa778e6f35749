// A run's events sorted by kind, as its curves and the advice about it want them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "train/events.h"

namespace recur {

struct History {
  std::optional<RunStarted> started{};      ///< the last start of a run that was resumed
  std::vector<BaselineScored> baselines{};  ///< each name once: a resumed run tells them again
  std::vector<StepDone> steps{};
  std::vector<EpochDone> epochs{};
  std::optional<RunStopped> stopped{};

  void add(const Event& event);
  /// The epoch with the lowest finite validation loss, the earliest of equals; null if there is none.
  const EpochDone* best_epoch() const;
};

History history_of(std::span<const Event> events);

}  // namespace recur
