#include "data/series/difference.h"

#include <limits>
#include <map>

#include "base/error.h"

namespace recur {

Differences::Differences(std::vector<Index> lags) : lags_(std::move(lags)) {
  std::map<Index, double> product{{0, 1.0}};
  for (const Index lag : lags_) {
    RECUR_ASSERT(lag >= 1);
    reach_ += lag;
    const std::map<Index, double> before = product;
    for (const auto& [back, factor] : before) product[back + lag] -= factor;
  }
  for (const auto& [back, factor] : product)
    if (back > 0 && factor != 0) terms_.push_back({back, -factor});
}

std::vector<double> Differences::of(std::span<const double> x) const {
  std::vector<double> z(x.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t t = static_cast<std::size_t>(reach_); t < x.size(); ++t) {
    z[t] = x[t];
    for (const Term& term : terms_) z[t] -= term.factor * x[t - static_cast<std::size_t>(term.back)];
  }
  return z;
}

double Differences::undo(std::span<const double> history, double z) const {
  RECUR_ASSERT(static_cast<Index>(history.size()) >= reach_);
  for (const Term& term : terms_)
    z += term.factor * history[history.size() - static_cast<std::size_t>(term.back)];
  return z;
}

std::vector<double> Differences::continued(std::span<const double> history, double z, Index horizon) const {
  RECUR_ASSERT(static_cast<Index>(history.size()) >= reach_);
  const std::size_t kept = static_cast<std::size_t>(reach_);
  std::vector<double> x(history.end() - static_cast<std::ptrdiff_t>(kept), history.end());
  for (Index h = 0; h < horizon; ++h) x.push_back(undo(x, z));
  return {x.begin() + static_cast<std::ptrdiff_t>(kept), x.end()};
}

}  // namespace recur
