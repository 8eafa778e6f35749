// Packing the weights of a scan.
#include <algorithm>

#include "kernels/scan.h"

namespace recur {

template <class T>
void ScanWeights<T>::pack(const Cell& c, const ScanShape& s, const ScanParameters<T>& p, ScanUse use,
                          PanelLoop each) {
  cell = &c;
  shape = s;
  raw = p;
  const Kernels<T>& k = kernels<T>();
  const Index H = s.hidden, R = s.recurrent(), x_gates = c.x_gates(), h_gates = c.h_gates();
  x_runs = gate_runs(c, true);
  h_runs = gate_runs(c, false);
  for (int stage = 0; stage < 2; ++stage) stage_runs[stage] = gate_runs(c, false, stage);
  const bool bytes = use != ScanUse::training && p.scale_ih != nullptr &&
                     (h_gates == 0 || p.scale_hh != nullptr) &&
                     (s.projection == 0 || p.scale_hr != nullptr) &&
                     std::max({s.input, h_gates == 0 ? 0 : R, s.projection == 0 ? 0 : H}) <= kMostByteLines;
  // Layer norm needs whole rows of W·x and U·h, and bytes are scaled before they are added: the products come
  // apart from the gates then, in a stream too.
  whole = s.layer_norm || bytes;
  const bool fused = use == ScanUse::streaming && !whole;
  const bool pairs = p.bf16 && (use == ScanUse::streaming || use == ScanUse::steps);
  if (!fused && use != ScanUse::steps)
    pack_transposed(p.weight_ih, s.input, x_gates * H, s.input, k.panel_shape, each, ih_, ih);
  if (whole) {
    Index rank = 0;  // gates that read h, of the stage before
    for (int stage = 0; stage < (c.staged ? 2 : 1); ++stage) {
      Index gates = 0;
      for (const GateRun& run : stage_runs[stage]) gates += run.count;
      pack_transposed(p.weight_hh + rank * H * R, R, gates * H, R, k.panel_shape, each, hh_whole_[stage],
                      hh_whole[stage]);
      rank += gates;
    }
  } else {
    Index x_rank = 0, h_rank = 0;  // gates that read x, h, of the stages before
    for (int stage = 0; stage < (c.staged ? 2 : 1); ++stage) {
      StepWeights<T> w{.bf16 = pairs, .input = s.input, .recurrent = R, .hidden = H};
      for (const Gate& gate : c.gates) {
        if (gate.stage != stage) continue;
        ++w.gates;
        w.x_gates += gate.reads_x() ? 1 : 0;
        w.h_gates += gate.reads_h() ? 1 : 0;
      }
      if (use == ScanUse::streaming || use == ScanUse::steps)
        w.interleaved = c.template kernels<T>().panels_of_one_row[stage];
      if (fused && w.x_gates > 0) w.ih = p.weight_ih + x_rank * H * s.input;
      if (w.h_gates > 0) w.hh = p.weight_hh + h_rank * H * R;
      x_rank += w.x_gates;
      h_rank += w.h_gates;
      pack_step(w, k.lanes, each, step[stage]);
    }
  }
  if (s.projection > 0) pack_transposed(p.weight_hr, H, R, H, k.panel_shape, each, hr_, hr);
  if (pairs) {
    pair_lines(ih_, ih_pairs_, ih);
    for (int stage = 0; stage < 2; ++stage)
      pair_lines(hh_whole_[stage], hh_whole_pairs_[stage], hh_whole[stage]);
    pair_lines(hr_, hr_pairs_, hr);
  }
  if (bytes) {
    if (ih.k > 0) byte_lines(p.scale_ih, ih_, ih_bytes_, ih);
    const T* scales = p.scale_hh;
    for (int stage = 0; stage < 2; ++stage) {
      byte_lines(scales, hh_whole_[stage], hh_whole_bytes_[stage], hh_whole[stage]);
      scales += hh_whole[stage].columns;
    }
    byte_lines(p.scale_hr, hr_, hr_bytes_, hr);
  }
  if (use != ScanUse::training) return;
  pack_straight(p.weight_ih, s.input, x_gates * H, s.input, k.panel_shape, each, ih_back_, ih_back);
  if (h_gates > 0) pack_straight(p.weight_hh, R, h_gates * H, R, k.panel_shape, each, hh_back_, hh_back);
  if (s.projection > 0) pack_straight(p.weight_hr, H, R, H, k.panel_shape, each, hr_back_, hr_back);
}

template class ScanWeights<float>;
template class ScanWeights<double>;

}  // namespace recur
