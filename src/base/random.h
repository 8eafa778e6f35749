// Random: a sequential stream of random numbers for what has an order: initialisers, shuffles, sampling.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "base/philox.h"
#include "base/types.h"

namespace recur {

/// A stream of random numbers. Its state is three integers: it can be saved, restored and moved to any
/// position, and streams of one seed are independent of each other.
class Random {
 public:
  struct State {
    std::uint64_t seed = 0;
    std::uint64_t stream = 0;
    std::uint64_t position = 0;  // words drawn so far
    friend bool operator==(const State&, const State&) = default;
  };

  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) noexcept : Random(State{seed, stream, 0}) {}
  explicit Random(const State& state) noexcept : state_(state) {}

  const State& state() const noexcept { return state_; }

  std::uint32_t next_word() noexcept;

  /// A number in [0, 1), of 53 bits.
  double uniform() noexcept;
  double uniform(double low, double high) noexcept { return low + (high - low) * uniform(); }

  /// A standard normal number (Box-Muller; its second value is dropped, so that the position is the whole
  /// state).
  double normal() noexcept;

  /// An integer in [0, count), each equally likely. Needs count ≥ 1.
  Index next_below(Index count) noexcept;

  /// Puts the items in random order (Fisher-Yates), each order equally likely.
  template <class T>
  void shuffle(std::span<T> items) noexcept {
    for (std::size_t left = items.size(); left > 1; --left) {
      using std::swap;
      swap(items[left - 1], items[static_cast<std::size_t>(next_below(static_cast<Index>(left)))]);
    }
  }

 private:
  State state_;
  PhiloxBlock block_{};  // of position / 4, once `filled_`: a cache, not state
  bool filled_ = false;
};

}  // namespace recur
