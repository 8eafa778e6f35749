#include "tasks/word_dropout.h"

#include "nn/dropout.h"

namespace recur {

Tensor drop_words(const Tensor& words, FunctionRef<double(std::int32_t)> p, std::int32_t unknown,
                  const Pass& pass, Index sequence) {
  constexpr std::uint32_t kSite = 1000;  // apart from the masks of layers
  const PhiloxKey key = mask_key(pass.random_key(kOutsideLayers, kSite));
  const auto row = static_cast<std::uint32_t>(pass.first_sequence + sequence);
  Tensor dropped = words.clone();
  const Index width = words.shape().rank() == 1 ? 1 : words.dim(1);
  for (Index t = 0; t < words.dim(0); ++t) {
    std::int32_t& word = dropped.data<std::int32_t>()[t * width];
    if (uniform01(mask_word(key, row, static_cast<std::uint64_t>(t), 0)) < static_cast<float>(p(word)))
      word = unknown;
  }
  return dropped;
}

}  // namespace recur
