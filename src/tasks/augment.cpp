#include "tasks/augment.h"

#include <algorithm>

#include "nn/dropout.h"

namespace recur {
namespace {

/// What is drawn for a word; a site for each kind of change, apart from the masks of layers.
class Draws {
 public:
  Draws(const Pass& pass, std::uint32_t site, Index sequence)
      : key_(mask_key(pass.random_key(kOutsideLayers, site))),
        row_(static_cast<std::uint32_t>(pass.first_sequence + sequence)) {}

  bool happens(Index t, double p) const {
    return uniform01(mask_word(key_, row_, static_cast<std::uint64_t>(t), 0)) < static_cast<float>(p);
  }
  std::size_t choose(Index t, std::size_t count) const {
    const std::uint64_t word = mask_word(key_, row_, static_cast<std::uint64_t>(t), 1);
    return static_cast<std::size_t>(word * count >> 32);
  }

 private:
  PhiloxKey key_;
  std::uint32_t row_;
};

constexpr std::uint32_t kDropSite = 1000, kSwapSite = 1001, kSynonymSite = 1002;

Index columns_of(const Tensor& words) { return words.shape().rank() == 1 ? 1 : words.dim(1); }

}  // namespace

Tensor drop_words(const Tensor& words, FunctionRef<double(std::int32_t)> p, std::int32_t unknown,
                  const Pass& pass, Index sequence) {
  const Draws draws(pass, kDropSite, sequence);
  Tensor dropped = words.clone();
  const Index width = columns_of(words);
  for (Index t = 0; t < words.dim(0); ++t) {
    std::int32_t& word = dropped.data<std::int32_t>()[t * width];
    if (draws.happens(t, p(word))) word = unknown;
  }
  return dropped;
}

Tensor swap_words(const Tensor& words, double p, FunctionRef<bool(Index)> may, const Pass& pass,
                  Index sequence) {
  const Draws draws(pass, kSwapSite, sequence);
  Tensor swapped = words.clone();
  const Index width = columns_of(words);
  for (Index t = 0; t + 1 < words.dim(0); ++t) {
    if (!draws.happens(t, p) || !may(t)) continue;
    std::int32_t* const row = swapped.data<std::int32_t>() + t * width;
    std::swap_ranges(row, row + width, row + width);
    ++t;
  }
  return swapped;
}

Tensor put_synonyms(const Tensor& words, double p, const Synonyms& synonyms, FunctionRef<bool(Index)> may,
                    const Pass& pass, Index sequence) {
  const Draws draws(pass, kSynonymSite, sequence);
  Tensor changed = words.clone();
  const Index width = columns_of(words);
  for (Index t = 0; t < words.dim(0); ++t) {
    std::int32_t* const row = changed.data<std::int32_t>() + t * width;
    const std::vector<WordRow>* others = draws.happens(t, p) && may(t) ? synonyms.of(row[0]) : nullptr;
    if (others == nullptr) continue;
    const WordRow& other = (*others)[draws.choose(t, others->size())];
    for (std::size_t k = 0; k < other.size(); ++k)
      if (other[k] != kSameColumn) row[k] = other[k];
  }
  return changed;
}

}  // namespace recur
