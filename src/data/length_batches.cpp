#include "data/length_batches.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/random.h"

namespace recur {
namespace {

constexpr Index kBatchesSortedTogether = 64;
constexpr std::uint64_t kStream = std::uint64_t{1} << 32;  // of random numbers, apart from the initialisers'

}  // namespace

LengthBatches::LengthBatches(std::vector<Index> lengths, Index batch_size, std::uint64_t seed,
                             Index curriculum)
    : lengths_(std::move(lengths)), batch_size_(batch_size), seed_(seed), curriculum_(curriculum) {
  RECUR_ASSERT(!lengths_.empty() && batch_size >= 1);
}

Index LengthBatches::sequences(Index number) const {
  return std::min(batch_size_, count() - number * batch_size_);
}

std::span<const Index> LengthBatches::batch(Index epoch, Index number) {
  if (epoch != epoch_) order(epoch);
  return std::span(order_).subspan(static_cast<std::size_t>(number * batch_size_),
                                   static_cast<std::size_t>(sequences(number)));
}

void LengthBatches::order(Index epoch) {
  Random random(seed_, kStream + static_cast<std::uint64_t>(epoch));
  std::vector<Index> drawn(lengths_.size());
  std::iota(drawn.begin(), drawn.end(), Index{0});
  random.shuffle(std::span(drawn));

  epoch_ = epoch;
  if (epoch < curriculum_) {
    std::ranges::stable_sort(drawn, {}, [&](Index i) { return lengths_[static_cast<std::size_t>(i)]; });
    order_ = std::move(drawn);
    return;
  }

  const Index full = count() / batch_size_;
  const auto at = [&](Index batch) { return drawn.begin() + batch * batch_size_; };
  for (Index first = 0; first < full; first += kBatchesSortedTogether)
    std::sort(at(first), at(std::min(full, first + kBatchesSortedTogether)), [&](Index a, Index b) {
      const Index la = lengths_[static_cast<std::size_t>(a)], lb = lengths_[static_cast<std::size_t>(b)];
      return la != lb ? la < lb : a < b;
    });

  std::vector<Index> batches(static_cast<std::size_t>(full));
  std::iota(batches.begin(), batches.end(), Index{0});
  random.shuffle(std::span(batches));
  order_.clear();
  for (const Index batch : batches) order_.insert(order_.end(), at(batch), at(batch + 1));
  order_.insert(order_.end(), at(full), drawn.end());
}

}  // namespace recur
