#include "train/history.h"

#include <cmath>
#include <type_traits>

namespace recur {

void History::add(const Event& event) {
  std::visit(
      [this](const auto& e) {
        using E = std::remove_cvref_t<decltype(e)>;
        if constexpr (std::is_same_v<E, RunStarted>) {
          started = e;
        } else if constexpr (std::is_same_v<E, BaselineScored>) {
          std::erase_if(baselines, [&](const BaselineScored& b) { return b.baseline == e.baseline; });
          baselines.push_back(e);
        } else if constexpr (std::is_same_v<E, StepDone>) {
          steps.push_back(e);
        } else if constexpr (std::is_same_v<E, EpochDone>) {
          epochs.push_back(e);
        } else if constexpr (std::is_same_v<E, RunStopped>) {
          stopped = e;
        }
      },
      event);
}

const EpochDone* History::best_epoch() const {
  const EpochDone* best = nullptr;
  for (const EpochDone& epoch : epochs) {
    if (std::isfinite(epoch.valid_loss) && (!best || epoch.valid_loss < best->valid_loss)) best = &epoch;
  }
  return best;
}

History history_of(std::span<const Event> events) {
  History history;
  for (const Event& event : events) history.add(event);
  return history;
}

}  // namespace recur
