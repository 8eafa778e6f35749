// Gates that adjoin: in the cell's table and among the gates that read x (or h) alike, so that one product
// covers them.
#pragma once

#include <vector>

#include "kernels/cell_registry.h"

namespace recur {

struct GateRun {
  Index table = 0;  ///< first gate, in the cell's table
  Index rank = 0;   ///< first gate, among those that read x (or h): its rows of weight_ih (or weight_hh)
  Index count = 0;
};

/// The runs of the gates of a stage (-1: of all) that read x, or h.
inline std::vector<GateRun> gate_runs(const Cell& cell, bool from_x, int stage = -1) {
  std::vector<GateRun> runs;
  Index rank = 0;
  for (std::size_t g = 0; g < cell.gates.size(); ++g) {
    const Gate& gate = cell.gates[g];
    if (!(from_x ? gate.reads_x() : gate.reads_h())) continue;
    const Index table = static_cast<Index>(g);
    if (stage < 0 || gate.stage == stage) {
      if (!runs.empty() && runs.back().table + runs.back().count == table &&
          runs.back().rank + runs.back().count == rank) {
        ++runs.back().count;
      } else {
        runs.push_back({table, rank, 1});
      }
    }
    ++rank;
  }
  return runs;
}

}  // namespace recur
