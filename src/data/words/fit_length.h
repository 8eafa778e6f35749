// Sequences that are too long, cut to what fits.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/types.h"

namespace recur {

/// Which end of a long sequence is kept; of both, the first half and the last.
enum class Keep { head, tail, both };
constexpr std::array<std::string_view, 3> names_of(Keep) { return {"head", "tail", "both"}; }

/// Cuts `ids` to at most `length` (0: no limit); whether anything was cut.
bool fit_length(std::vector<std::int32_t>& ids, Index length, Keep keep);

}  // namespace recur
