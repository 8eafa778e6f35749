#include "bench/random_data.h"

#include "base/random.h"

namespace recur {

Tensor random_ids(Index count, Index size, std::uint64_t seed) {
  const Tensor ids = Tensor::empty({count}, DType::i32);
  Random random(seed);
  for (Index i = 0; i < count; ++i)
    ids.data<std::int32_t>()[i] = static_cast<std::int32_t>(random.next_below(size));
  return ids;
}

Tensor random_values(const Shape& shape, std::uint64_t seed) {
  const Tensor x = Tensor::empty(shape);
  Random random(seed);
  for (Index i = 0; i < x.size(); ++i) x.data<float>()[i] = static_cast<float>(random.normal());
  return x;
}

Tensor random_shares(const Shape& shape, std::uint64_t seed) {
  const Tensor x = Tensor::empty(shape);
  Random random(seed);
  for (Index i = 0; i < x.size(); ++i) x.data<float>()[i] = static_cast<float>(random.uniform());
  return x;
}

void fill_random(const Tensor& tensor, double size, std::uint64_t seed) {
  Random random(seed);
  for (Index i = 0; i < tensor.size(); ++i)
    tensor.data<float>()[i] = static_cast<float>(random.uniform(-size, size));
}

}  // namespace recur
