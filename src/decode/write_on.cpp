#include "decode/write_on.h"

namespace recur {

void write_on(std::span<const std::int32_t> prompt, Index length, Sampler& sampler, const ReadTokens& read,
              const std::function<void(std::int32_t)>& written) {
  std::int32_t token = 0;
  for (Index i = 0; i < length; ++i) {
    const std::span<const float> logits = read(i == 0 ? prompt : std::span(&token, 1));
    token = sampler.next(logits, static_cast<std::uint64_t>(i));
    written(token);
  }
}

}  // namespace recur
