// Forward-mode differentiation: a value and its derivative in one direction, for checking formulas without
// tolerances.
#pragma once

#include <cmath>

namespace recur {

/// value + derivative·ε with ε² = 0.
struct Dual {
  double value = 0, derivative = 0;

  static Dual broadcast(double x) { return {x, 0}; }
};

inline Dual operator+(Dual a, Dual b) { return {a.value + b.value, a.derivative + b.derivative}; }
inline Dual operator-(Dual a, Dual b) { return {a.value - b.value, a.derivative - b.derivative}; }
inline Dual operator-(Dual a) { return {-a.value, -a.derivative}; }
inline Dual operator*(Dual a, Dual b) {
  return {a.value * b.value, a.derivative * b.value + a.value * b.derivative};
}
inline Dual operator/(Dual a, Dual b) {
  return {a.value / b.value, (a.derivative * b.value - a.value * b.derivative) / (b.value * b.value)};
}
inline Dual fma(Dual a, Dual b, Dual c) { return a * b + c; }
inline Dual exp(Dual x) { return {std::exp(x.value), x.derivative * std::exp(x.value)}; }
inline Dual sqrt(Dual x) { return {std::sqrt(x.value), x.derivative / (2 * std::sqrt(x.value))}; }
inline Dual tanh(Dual x) {
  const double y = std::tanh(x.value);
  return {y, x.derivative * (1 - y * y)};
}
inline Dual sigmoid(Dual x) {
  const double y = 1 / (1 + std::exp(-x.value));
  return {y, x.derivative * y * (1 - y)};
}
inline Dual max(Dual a, Dual b) { return a.value > b.value ? a : b; }
inline Dual min(Dual a, Dual b) { return a.value < b.value ? a : b; }
inline Dual abs(Dual x) { return x.value < 0 ? -x : x; }
inline Dual relu(Dual x) { return x.value > 0 ? x : Dual{}; }
inline Dual positive(Dual x) { return {x.value > 0 ? 1.0 : 0.0, 0}; }

}  // namespace recur
