// Writing on: each token that is drawn is read before the next.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "base/types.h"
#include "decode/sampler.h"

namespace recur {

/// Reads tokens and says what comes after the last of them: logits, valid until the next call.
using ReadTokens = std::function<std::span<const float>(std::span<const std::int32_t>)>;

/// Draws `length` tokens after `prompt`, which is not empty, and hands each to `written`. Token i is the draw
/// of position i.
void write_on(std::span<const std::int32_t> prompt, Index length, Sampler& sampler, const ReadTokens& read,
              const std::function<void(std::int32_t)>& written);

}  // namespace recur
