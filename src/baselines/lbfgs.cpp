#include "baselines/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace recur {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}
/// y += a·x
void add(Vector& y, double a, const Vector& x) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += a * x[i];
}

/// A step, the change of the gradient over it, and 1/(s·y).
struct Pair {
  Vector s, y;
  double rho;
};

/// −H·g with the inverse Hessian that the pairs describe, the oldest first.
Vector direction(const Vector& gradient, const std::vector<Pair>& pairs) {
  Vector d = gradient, alpha(pairs.size());
  for (std::size_t k = pairs.size(); k-- > 0;) {
    alpha[k] = pairs[k].rho * dot(pairs[k].s, d);
    add(d, -alpha[k], pairs[k].y);
  }
  const double scale = pairs.empty() ? 1 / std::max(1.0, std::sqrt(dot(gradient, gradient)))
                                     : 1 / (pairs.back().rho * dot(pairs.back().y, pairs.back().y));
  for (double& v : d) v *= scale;
  for (std::size_t k = 0; k < pairs.size(); ++k)
    add(d, alpha[k] - pairs[k].rho * dot(pairs[k].y, d), pairs[k].s);
  for (double& v : d) v = -v;
  return d;
}

}  // namespace

LbfgsResult minimise(std::vector<double>& x, const LbfgsOptions& options,
                     FunctionRef<double(std::span<const double>, std::span<double>)> f) {
  Vector g(x.size()), next(x.size()), next_g(x.size());
  std::vector<Pair> pairs;
  LbfgsResult result{.value = f(x, g)};
  const double enough = options.tolerance * std::max(1.0, std::sqrt(dot(g, g)));
  for (; result.iterations < options.most_iterations; ++result.iterations) {
    result.converged = std::sqrt(dot(g, g)) <= enough;
    if (result.converged) return result;
    const Vector d = direction(g, pairs);
    const double slope = dot(g, d);
    double step = 1, value = 0;
    // Forty halvings reach the last bits of a double: if none of them falls, x is as good as it gets.
    for (int halved = 0;; ++halved, step /= 2) {
      if (halved == 40) return result;
      next = x;
      add(next, step, d);
      value = f(next, next_g);
      if (value <= result.value + 1e-4 * step * slope) break;
    }
    Pair pair{next, next_g, 0};
    add(pair.s, -1, x);
    add(pair.y, -1, g);
    const double curvature = dot(pair.s, pair.y);
    if (curvature > 1e-12 * dot(pair.y, pair.y)) {
      pair.rho = 1 / curvature;
      if (static_cast<Index>(pairs.size()) == options.memory) pairs.erase(pairs.begin());
      pairs.push_back(std::move(pair));
    }
    x.swap(next);
    g.swap(next_g);
    result.value = value;
  }
  return result;
}

}  // namespace recur
