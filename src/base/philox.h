// Philox4x32-10: random numbers as a pure function of a key and a counter, and the keys of random masks.
//
// J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Ten rounds pass all of BigCrush.
//
// Per-ISA kernels include this file. Everything is therefore a literal type or forced inline: a function that
// the linker may share between translation units could come from the one compiled for a newer machine.
#pragma once

#include <cstdint>

namespace recur {

/// Four words: a counter, or the random block that belongs to it.
struct PhiloxBlock {
  std::uint32_t word[4];
  friend constexpr bool operator==(const PhiloxBlock&, const PhiloxBlock&) = default;
};

struct PhiloxKey {
  std::uint32_t word[2];
  friend constexpr bool operator==(const PhiloxKey&, const PhiloxKey&) = default;
};

/// The 128 random bits of a counter under a key.
[[gnu::always_inline]] inline constexpr PhiloxBlock philox(PhiloxBlock counter, PhiloxKey key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * counter.word[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * counter.word[2];
    counter = {
        {static_cast<std::uint32_t>(b >> 32) ^ counter.word[1] ^ key.word[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ counter.word[3] ^ key.word[1], static_cast<std::uint32_t>(a)}};
    key.word[0] += 0x9E3779B9;  // the golden ratio
    key.word[1] += 0xBB67AE85;  // √3 − 1
  }
  return counter;
}

/// What a random mask belongs to, other than the position inside it: the run's seed, the training step, the
/// layer, and the site in the layer (which dropout, which direction).
struct RandomKey {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
  std::uint32_t layer = 0;
  std::uint32_t site = 0;
};

/// The key of a mask's own counters. Hashing the address in a first round leaves the second round's whole
/// counter to the position, so that nothing is packed into too few bits. The first round's key is not the
/// seed itself, under which streams of random numbers (base/random.h) count.
[[gnu::always_inline]] inline constexpr PhiloxKey mask_key(const RandomKey& address) noexcept {
  const PhiloxBlock block =
      philox({{static_cast<std::uint32_t>(address.step), static_cast<std::uint32_t>(address.step >> 32),
               address.layer, address.site}},
             {{static_cast<std::uint32_t>(address.seed),
               static_cast<std::uint32_t>(address.seed >> 32) ^ 0x6D61736B}});  // "mask"
  return {{block.word[0], block.word[1]}};
}

/// The random words of units 4·quad … 4·quad+3 of a mask, in the batch's row `row` at absolute time `t`.
[[gnu::always_inline]] inline constexpr PhiloxBlock mask_words(PhiloxKey key, std::uint32_t row,
                                                               std::uint64_t t, std::uint32_t quad) noexcept {
  return philox({{quad, row, static_cast<std::uint32_t>(t), static_cast<std::uint32_t>(t >> 32)}}, key);
}

/// The random word of one unit of a mask: no state, no order, the same however the batch is cut.
[[gnu::always_inline]] inline constexpr std::uint32_t mask_word(PhiloxKey key, std::uint32_t row,
                                                                std::uint64_t t,
                                                                std::uint32_t unit) noexcept {
  return mask_words(key, row, t, unit / 4).word[unit % 4];
}

/// A float in [0, 1) from the word's upper 24 bits; every value is exact.
[[gnu::always_inline]] inline constexpr float uniform01(std::uint32_t word) noexcept {
  return static_cast<float>(word >> 8) * 0x1p-24F;
}

/// A double in [0, 1) from 53 bits; every value is exact.
[[gnu::always_inline]] inline constexpr double uniform01(std::uint32_t high, std::uint32_t low) noexcept {
  const std::uint64_t bits = (std::uint64_t{high} << 32 | low) >> 11;
  return static_cast<double>(bits) * 0x1p-53;
}

}  // namespace recur
