#include "base/random.h"

#include <cmath>
#include <numbers>

#include "base/error.h"

namespace recur {
namespace {

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

}  // namespace

std::uint32_t Random::next_word() noexcept {
  const std::uint64_t quad = state_.position / 4, lane = state_.position % 4;
  if (lane == 0 || !filled_) {
    block_ = philox({{low(quad), high(quad), low(state_.stream), high(state_.stream)}},
                    {{low(state_.seed), high(state_.seed)}});
    filled_ = true;
  }
  ++state_.position;
  return block_.word[lane];
}

double Random::uniform() noexcept {
  const std::uint32_t upper = next_word();
  return uniform01(upper, next_word());
}

double Random::normal() noexcept {
  const double radius =
      std::sqrt(-2 * std::log(1 - uniform()));  // 1 − u is in (0, 1]: the logarithm is finite
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

Index Random::next_below(Index count) noexcept {
  RECUR_ASSERT(count >= 1);
  const auto n = static_cast<std::uint64_t>(count);
  // The words at the top that do not make a full set of n are drawn again, or small numbers would come more
  // often.
  const std::uint64_t incomplete = -n % n;  // 2⁶⁴ mod n
  for (;;) {
    const std::uint64_t upper = next_word();
    const std::uint64_t bits = upper << 32 | next_word();
    if (bits >= incomplete) return static_cast<Index>(bits % n);
  }
}

}  // namespace recur
