#include "tensor/layout.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace recur {

LayoutPtr Layout::dense(Index steps, Index batch) {
  return ragged(std::vector<Index>(static_cast<std::size_t>(batch), steps));
}

LayoutPtr Layout::ragged(std::span<const Index> lengths) {
  auto layout = std::make_shared<Layout>();
  const std::size_t batch = lengths.size();
  for (const Index length : lengths)
    check<ShapeError>(length >= 0, "a sequence of length {} is impossible; lengths are 0 or more", length);
  layout->order_.resize(batch);
  std::iota(layout->order_.begin(), layout->order_.end(), Index{0});
  const auto length_of = [&](Index n) { return lengths[static_cast<std::size_t>(n)]; };
  std::stable_sort(layout->order_.begin(), layout->order_.end(),
                   [&](Index a, Index b) { return length_of(a) > length_of(b); });
  layout->position_.resize(batch);
  layout->lengths_.resize(batch);
  for (std::size_t i = 0; i < batch; ++i) {
    const Index n = layout->order_[i];
    layout->position_[static_cast<std::size_t>(n)] = static_cast<Index>(i);
    layout->lengths_[i] = length_of(n);
    layout->in_order_ = layout->in_order_ && n == static_cast<Index>(i);
  }
  const Index steps = batch == 0 ? 0 : layout->lengths_.front();
  Index active = static_cast<Index>(batch);
  for (Index t = 0; t < steps; ++t) {
    while (active > 0 && layout->length(active - 1) <= t) --active;
    layout->active_.push_back(active);
    layout->offset_.push_back(layout->rows_);
    layout->rows_ += active;
  }
  return layout;
}

}  // namespace recur
