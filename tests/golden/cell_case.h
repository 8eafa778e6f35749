// A golden case of cells: its settings, its packing, and how far from it is near.
#pragma once

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "golden/golden.h"
#include "kernels/cell_registry.h"
#include "tensor/layout.h"

namespace recur {

/// Relative to 1 + |expected|. Float: sums of some tens of products, through up to 3 layers of 6 steps.
/// Double: the order of the sums.
template <class T>
constexpr double kCellTolerance = std::is_same_v<T, float> ? 2e-5 : 1e-12;

/// One case of a cell's golden file.
struct CellCase {
  CellCase(const Golden& file, std::string case_name)
      : golden(file),
        name(std::move(case_name)),
        settings(golden.settings(name)),
        cell(find_cell(settings["cell"].get<std::string>())),
        layout(golden.has(name, "lengths") ? Layout::ragged(golden.values<Index>(name, "lengths"))
                                           : Layout::dense(settings["T"], settings["N"])) {}

  const Golden& golden;
  std::string name;
  nlohmann::json settings;
  const Cell& cell;
  LayoutPtr layout;

  Index steps() const { return settings["T"]; }
  Index batch() const { return settings["N"]; }

  bool has(const std::string& tensor) const { return golden.has(name, tensor); }
  template <class T>
  std::vector<T> values(const std::string& tensor) const {
    return golden.values<T>(name, tensor);
  }
  template <class T>
  void expect_near(const std::vector<T>& found, const std::string& tensor) const {
    golden.expect_near(found, name, tensor, kCellTolerance<T>);
  }

  /// [T,N,W] → packed rows [rows, W], and back with 0 beyond the end of a sequence.
  template <class T>
  std::vector<T> pack(const std::vector<T>& dense) const {
    const Index width = static_cast<Index>(dense.size()) / (steps() * batch());
    std::vector<T> rows(static_cast<std::size_t>(layout->rows() * width));
    each_row([&](Index dense_row, Index row) {
      std::copy_n(dense.begin() + dense_row * width, width, rows.begin() + row * width);
    });
    return rows;
  }
  template <class T>
  std::vector<T> unpack(const std::vector<T>& rows, Index width) const {
    std::vector<T> dense(static_cast<std::size_t>(steps() * batch() * width));
    each_row([&](Index dense_row, Index row) {
      std::copy_n(rows.begin() + row * width, width, dense.begin() + dense_row * width);
    });
    return dense;
  }
  /// [N,W] by sequence → by position in the layout; and back.
  template <class T>
  std::vector<T> by_position(const std::vector<T>& v) const {
    return permuted(v, [&](Index position) { return layout->sequence(position); });
  }
  template <class T>
  std::vector<T> by_sequence(const std::vector<T>& v) const {
    return permuted(v, [&](Index sequence) { return layout->position(sequence); });
  }

 private:
  template <class F>
  void each_row(F&& f) const {
    for (Index n = 0; n < batch(); ++n)
      for (Index t = 0; t < layout->length(layout->position(n)); ++t)
        f(t * batch() + n, layout->row(t, layout->position(n)));
  }
  template <class T, class F>
  std::vector<T> permuted(const std::vector<T>& v, F&& source) const {
    const Index width = static_cast<Index>(v.size()) / batch();
    std::vector<T> out(v.size());
    for (Index n = 0; n < batch(); ++n)
      std::copy_n(v.begin() + source(n) * width, width, out.begin() + n * width);
    return out;
  }
};

}  // namespace recur
