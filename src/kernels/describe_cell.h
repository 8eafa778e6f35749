// From a cell's type to the cell as data: its tables, its equations, its gradient check.
#pragma once

#include <cmath>
#include <random>
#include <string>

#include "base/dual.h"
#include "base/symbol.h"
#include "kernels/cell_registry.h"

namespace recur {
namespace describe {

/// One step of the formula, stages and all, without any product: `late` is the pre-activations of stage 1 as
/// a function of the product that stage 0 hands out.
template <class C, class V, class Late>
Forward<C, V> run_forward(const std::array<V, kGates<C>>& a, const std::array<V, kStates<C>>& s,
                          [[maybe_unused]] const std::array<V, kUnitWeights<C>>& p,
                          [[maybe_unused]] Late late) {
  if constexpr (kStaged<C>) {
    constexpr std::size_t E = kEarlyGates<C>;
    std::array<V, E> first;
    std::copy_n(a.begin(), E, first.begin());
    const auto out = C::early(first, s);
    std::array<V, kGates<C> - E> second;
    for (std::size_t g = E; g < kGates<C>; ++g) second[g - E] = late(a[g], out.product, g);
    return C::forward(second, out.keep, s);
  } else if constexpr (kUnitWeights<C> > 0) {
    return C::forward(a, s, p);
  } else {
    return C::forward(a, s);
  }
}

template <class C>
std::vector<std::string> equations() {
  std::array<Symbol, kGates<C>> a;
  std::array<Symbol, kStates<C>> s;
  std::array<Symbol, kUnitWeights<C>> p;
  std::vector<std::string> lines;
  for (std::size_t g = 0; g < kGates<C>; ++g) {
    const Gate& gate = C::gates[g];
    const std::string name(gate.name), hat = name + "\xCC\x82";  // a combining circumflex
    a[g] = Symbol(hat);
    std::string sum = "b_" + name;
    if (gate.reads_x()) sum += " + W_" + name + "·x";
    if (gate.reads_h() && gate.stage == 0) sum += " + U_" + name + "·h";
    if (gate.stage == 0) lines.push_back(hat + " = " + sum);
  }
  for (std::size_t i = 0; i < kStates<C>; ++i) s[i] = Symbol(std::string(C::states[i]));
  for (std::size_t i = 0; i < kUnitWeights<C>; ++i) p[i] = Symbol(std::string(unit_weight_names<C>()[i]));
  std::vector<NamedSymbol> results;
  const auto out = run_forward<C, Symbol>(a, s, p, [&](const Symbol&, const Symbol& product, std::size_t g) {
    results.push_back({"q", product});
    const std::string name(C::gates[g].name);
    return Symbol("b_" + name + " + W_" + name + "·x + U_" + name + "·q");
  });
  for (std::size_t i = 0; i < kTape<C>; ++i) results.push_back({std::string(C::tape[i]), out.tape[i]});
  for (std::size_t i = 0; i < kStates<C>; ++i) results.push_back({std::string(C::states[i]) + "'", out.s[i]});
  for (std::string& line : recur::equations(results)) lines.push_back(std::move(line));
  return lines;
}

template <class C>
double gradient_error(std::uint64_t seed) {
  constexpr std::size_t G = kGates<C>, S = kStates<C>, P = kUnitWeights<C>;
  std::mt19937_64 random(seed);
  const auto draw = [&] { return std::uniform_real_distribution<double>(-1.5, 1.5)(random); };
  std::array<double, G> a;
  std::array<double, S> s, ds;
  std::array<double, P> p;
  for (double& v : a) v = draw();
  for (double& v : s) v = draw();
  for (double& v : ds) v = draw();
  for (double& v : p) v = draw();
  const double u = draw();  // the recurrent weight that stands for the product of stage 1

  // The derivative of Σ ds·s′ in the direction of input `which`, by dual numbers.
  const auto directional = [&](std::size_t which) {
    std::array<Dual, G> da;
    std::array<Dual, S> dstate;
    std::array<Dual, P> dp;
    std::size_t n = 0;
    for (std::size_t i = 0; i < G; ++i, ++n) da[i] = {a[i], n == which ? 1.0 : 0.0};
    for (std::size_t i = 0; i < S; ++i, ++n) dstate[i] = {s[i], n == which ? 1.0 : 0.0};
    for (std::size_t i = 0; i < P; ++i, ++n) dp[i] = {p[i], n == which ? 1.0 : 0.0};
    const auto out = run_forward<C, Dual>(
        da, dstate, dp, [&](Dual x, Dual product, std::size_t) { return x + Dual::broadcast(u) * product; });
    double sum = 0;
    for (std::size_t i = 0; i < S; ++i) sum += ds[i] * out.s[i].derivative;
    return sum;
  };

  // The same from backward, evaluated at constants.
  const auto constants = [](const auto& from, auto& to) {
    for (std::size_t i = 0; i < from.size(); ++i) to[i] = Dual::broadcast(from[i]);
  };
  std::array<Dual, G> ca;
  std::array<Dual, S> cs, cds;
  std::array<Dual, P> cp;
  constants(a, ca), constants(s, cs), constants(ds, cds), constants(p, cp);
  const auto forward = run_forward<C, Dual>(
      ca, cs, cp, [&](Dual x, Dual product, std::size_t) { return x + Dual::broadcast(u) * product; });
  std::vector<double> gradient;
  const auto append = [&](const auto& values) {
    for (const Dual& v : values) gradient.push_back(v.value);
  };
  if constexpr (kStaged<C>) {
    const auto late = C::backward(cds, forward.tape, cs);
    Dual dproduct{};
    for (const Dual& v : late.da) dproduct = dproduct + Dual::broadcast(u) * v;
    const auto early = C::early_backward(dproduct, late.dkeep, forward.tape, cs);
    append(early.da), append(late.da);
    for (std::size_t i = 0; i < S; ++i) gradient.push_back(late.ds[i].value + early.ds[i].value);
  } else if constexpr (P > 0) {
    const auto back = C::backward(cds, forward.tape, cs, cp);
    append(back.da), append(back.ds), append(back.dp);
  } else {
    const auto back = C::backward(cds, forward.tape, cs);
    append(back.da), append(back.ds);
  }
  double error = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const double expected = directional(i);
    error = std::fmax(error, std::fabs(gradient[i] - expected) / (1 + std::fabs(expected)));
  }
  return error;
}

}  // namespace describe

/// The cell C as data, without its kernels.
template <class C>
Cell describe_cell() {
  static_assert(kTape<C> >= (kStaged<C> ? kEarlyGates<C> : 0),
                "the tape of a staged cell begins with what stage 0 keeps");
  static_assert(kStates<C> >= 1 && kStates<C> <= 4, "a cell has one to four states, the first of them h");
  const auto names = unit_weight_names<C>();
  Cell cell{.name = C::name,
            .summary = C::summary,
            .gates = {C::gates.begin(), C::gates.end()},
            .states = {C::states.begin(), C::states.end()},
            .tape = {C::tape.begin(), C::tape.end()},
            .unit_weights = {names.begin(), names.end()},
            .reads_h = C::reads_h,
            .staged = kStaged<C>,
            .equations = nullptr,
            .gradient_error = nullptr,
            .reference = {},
            .by_isa = {}};
  if constexpr (!kOnlyStreams) {
    cell.equations = describe::equations<C>;
    cell.gradient_error = describe::gradient_error<C>;
  }
  return cell;
}

}  // namespace recur
