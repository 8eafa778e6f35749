// Sums over all sequences of tags of a linear chain, for any lane type L.
#pragma once

#include "kernels/cpu/map.h"
#include "kernels/table.h"
#include "simd/math.h"

namespace recur {

/// Below this a sum of shares of the best has lost too much to what was too small to be kept.
template <class T>
constexpr T kLeastShare = sizeof(T) == 4 ? static_cast<T>(1e-30) : static_cast<T>(1e-290);

/// out[j] = log Σ_k e^(from[k] − highest)·factors[k, j]; `transition_of(k, j)` gives the same factors' logs
/// for sums that come out too small: those are added up anew around their own largest term. `shares` [tags]
/// gets e^(from − highest), `sums` [tags], if not null, Σ_k.
template <class L, class F>
void log_product(Index tags, const typename L::Value* from, typename L::Value highest,
                 const typename L::Value* factors, double shift, F&& transition_of, typename L::Value* shares,
                 typename L::Value* sums, typename L::Value* out) {
  using T = typename L::Value;
  const L top = L::broadcast(highest);
  for_vectors<L>(tags, [&](Index k, auto m) { exp(L::load(from + k, m) - top).store(shares + k, m); });
  constexpr Index kBlock = 4;
  Index j = 0;
  for (; j + kBlock * L::size <= tags; j += kBlock * L::size) {
    L sum[kBlock];
    for (L& s : sum) s = L::broadcast(T{0});
    for (Index k = 0; k < tags; ++k) {
      const L share = L::broadcast(shares[k]);
      for (Index b = 0; b < kBlock; ++b)
        sum[b] = fma(share, L::load(factors + k * tags + j + b * L::size), sum[b]);
    }
    for (Index b = 0; b < kBlock; ++b) sum[b].store(out + j + b * L::size);
  }
  for (; j < tags; j += L::size) {
    const auto m = L::first(tags - j);
    L sum = L::broadcast(T{0});
    for (Index k = 0; k < tags; ++k)
      sum = fma(L::broadcast(shares[k]), L::load(factors + k * tags + j, m), sum);
    sum.store(out + j, m);
  }
  if (sums != nullptr)
    for (Index i = 0; i < tags; ++i) sums[i] = out[i];
  const L least = L::broadcast(kLeastShare<T>);
  bool small = false;
  for (Index i = 0; i < tags; ++i) small = small || out[i] < kLeastShare<T>;
  if (!small) {
    for_vectors<L>(tags, [&](Index i, auto m) { log(max(least, L::load(out + i, m))).store(out + i, m); });
    return;
  }
  for (Index i = 0; i < tags; ++i) {
    if (!(out[i] < kLeastShare<T>)) {
      out[i] = static_cast<T>(__builtin_log(static_cast<double>(out[i])));
      continue;
    }
    double largest = -__builtin_inf();
    const auto term = [&](Index k) {
      return static_cast<double>(from[k]) - static_cast<double>(highest) +
             static_cast<double>(transition_of(k, i)) - shift;
    };
    for (Index k = 0; k < tags; ++k) largest = term(k) > largest ? term(k) : largest;
    double sum = 0;
    for (Index k = 0; k < tags; ++k) sum += __builtin_exp(term(k) - largest);
    out[i] = static_cast<T>(largest + __builtin_log(sum));
  }
}

template <class L>
double chain_forward(const ChainArgs<typename L::Value>& p) noexcept {
  using T = typename L::Value;
  const Index tags = p.tags;
  T* alpha = p.alpha + p.rows[0] * tags;
  const T* scores = p.scores + p.rows[0] * tags;
  for_vectors<L>(
      tags, [&](Index j, auto m) { (L::load(p.start + j, m) + L::load(scores + j, m)).store(alpha + j, m); });
  double scale = 0;
  p.scale[p.rows[0]] = scale;
  for (Index t = 1; t < p.length; ++t) {
    const T* const before = alpha;
    alpha = p.alpha + p.rows[t] * tags;
    scores = p.scores + p.rows[t] * tags;
    const T highest = row_max<L>(tags, before);
    log_product<L>(
        tags, before, highest, p.factors, p.shift,
        [&](Index k, Index j) { return p.transition[k * tags + j]; }, p.work, nullptr, alpha);
    for_vectors<L>(
        tags, [&](Index j, auto m) { (L::load(alpha + j, m) + L::load(scores + j, m)).store(alpha + j, m); });
    scale += static_cast<double>(highest) + p.shift;
    p.scale[p.rows[t]] = scale;
  }
  for_vectors<L>(
      tags, [&](Index j, auto m) { (L::load(alpha + j, m) + L::load(p.end + j, m)).store(p.work + j, m); });
  return scale + softmax_row<L>(tags, p.work, static_cast<T*>(nullptr));
}

template <class L>
void chain_backward(const ChainArgs<typename L::Value>& p) noexcept {
  using T = typename L::Value;
  const Index tags = p.tags;
  T *const beta = p.work, *const next = p.work + tags, *const sums = p.work + 2 * tags;
  for_vectors<L>(tags, [&](Index k, auto m) { L::load(p.end + k, m).store(beta + k, m); });
  double scale = 0;
  for (Index t = p.length - 1; t >= 0; --t) {
    const Index row = p.rows[t];
    T* const ahead = p.ahead == nullptr ? nullptr : p.ahead + row * tags;
    const bool last = t + 1 == p.length;
    if (!last) {
      const T* const scores = p.scores + p.rows[t + 1] * tags;
      for_vectors<L>(
          tags, [&](Index j, auto m) { (L::load(beta + j, m) + L::load(scores + j, m)).store(next + j, m); });
      const T highest = row_max<L>(tags, next);
      // The marginals of this step are not yet known: their place holds the shares where nobody asks for
      // them.
      T* const shares = ahead == nullptr ? p.marginals + row * tags : ahead;
      log_product<L>(
          tags, next, highest, p.factors_to, p.shift,
          [&](Index j, Index k) { return p.transition[k * tags + j]; }, shares, sums, beta);
      scale += static_cast<double>(highest) + p.shift;
    } else if (ahead != nullptr) {
      for_vectors<L>(tags, [&](Index j, auto m) { L::broadcast(T{0}).store(ahead + j, m); });
    }
    const T* const alpha = p.alpha + row * tags;
    T* const marginals = p.marginals + row * tags;
    const L rest = L::broadcast(static_cast<T>(p.scale[row] + scale - p.log_sum));
    for_vectors<L>(tags, [&](Index k, auto m) {
      exp(L::load(alpha + k, m) + L::load(beta + k, m) + rest).store(marginals + k, m);
    });
    if (p.onward == nullptr) continue;
    T* const onward = p.onward + row * tags;
    for (Index k = 0; k < tags; ++k)
      onward[k] = last || sums[k] < kLeastShare<T> ? T{0} : marginals[k] / sums[k];
  }
}

}  // namespace recur
