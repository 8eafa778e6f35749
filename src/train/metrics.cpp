#include "train/metrics.h"

#include <cmath>
#include <numbers>

namespace recur {

double perplexity(double nats) { return std::exp(nats); }

double TextScore::bits_per_char() const {
  if (characters == 0) return std::numeric_limits<double>::quiet_NaN();
  return nats.sum / (std::numbers::ln2 * static_cast<double>(characters));
}

}  // namespace recur
