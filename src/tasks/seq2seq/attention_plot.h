// What the words of answers looked at, as a drawing.
#pragma once

#include <string>
#include <vector>

namespace recur {

/// An answer beside its source: weights[t·sources + s] of target token t on source token s.
struct AttentionGrid {
  std::vector<std::string> source{}, target{};
  std::vector<float> weights{};
};

/// Heat maps above one another, target tokens down, source tokens across: a self-contained SVG file that
/// follows the viewer's light or dark scheme. Same grids, same bytes.
std::string attention_svg(const std::vector<AttentionGrid>& grids);

}  // namespace recur
