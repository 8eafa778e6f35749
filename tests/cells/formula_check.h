// What a cell's table claims, against what its formula does when it is evaluated over Symbols. For our cells
// and for cells from outside.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/symbol.h"
#include "kernels/describe_cell.h"

namespace recur {

/// One step of C over Symbols: inputs "a0", "a1", …, the states and per-unit weights by their names; a
/// pre-activation of stage 1 depends on the product that stage 0 hands out.
template <class C>
Forward<C, Symbol> symbolic_step() {
  std::array<Symbol, kGates<C>> a;
  std::array<Symbol, kStates<C>> s;
  std::array<Symbol, kUnitWeights<C>> p;
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = Symbol("a" + std::to_string(i));
  for (std::size_t i = 0; i < s.size(); ++i) s[i] = Symbol(std::string(C::states[i]));
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = Symbol(std::string(unit_weight_names<C>()[i]));
  return describe::run_forward<C, Symbol>(
      a, s, p, [](const Symbol& x, const Symbol& product, std::size_t) { return x + product; });
}

template <class C>
bool anything_depends_on(const Forward<C, Symbol>& out, const std::string& input) {
  const auto depends = [&](const Symbol& value) { return depends_on(value, input); };
  return std::any_of(out.s.begin(), out.s.end(), depends) ||
         std::any_of(out.tape.begin(), out.tape.end(), depends);
}

/// Whether backward reads h: if forward does not, it must not.
template <class C>
bool backward_reads_h() {
  if constexpr (kStaged<C> || kUnitWeights<C> != 0) {
    return false;  // tested through forward alone
  } else {
    std::array<Symbol, kStates<C>> s, ds;
    std::array<Symbol, kTape<C>> tape;
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = Symbol(std::string(C::states[i])), ds[i] = Symbol("ds");
    for (Symbol& v : tape) v = Symbol("tape");
    const auto out = C::backward(ds, tape, s);
    const auto depends = [&](const Symbol& value) { return depends_on(value, std::string(C::states[0])); };
    return std::any_of(out.da.begin(), out.da.end(), depends) ||
           std::any_of(out.ds.begin(), out.ds.end(), depends);
  }
}

template <class C>
void expect_table_matches_formula() {
  SCOPED_TRACE(C::name);
  const auto out = symbolic_step<C>();
  EXPECT_EQ(C::states[0], "h") << "the first state is the output";
  EXPECT_EQ(anything_depends_on<C>(out, "h"), C::reads_h);
  EXPECT_TRUE(C::reads_h || !backward_reads_h<C>());
  for (std::size_t g = 0; g < kGates<C>; ++g)
    EXPECT_TRUE(anything_depends_on<C>(out, "a" + std::to_string(g)))
        << "the gate " << C::gates[g].name << " is not used";
  for (const std::string_view name : unit_weight_names<C>())
    EXPECT_TRUE(anything_depends_on<C>(out, std::string(name))) << "the weight " << name << " is not used";
  std::set<std::string_view> names;
  for (const Gate& gate : C::gates) EXPECT_TRUE(names.insert(gate.name).second) << "two gates " << gate.name;
  names.clear();
  for (const std::string_view name : C::tape) EXPECT_TRUE(names.insert(name).second) << "two tapes " << name;
  bool late = false;
  for (const Gate& gate : C::gates) {
    EXPECT_TRUE(!late || gate.stage == 1) << "gates of stage 0 come first";
    late = gate.stage == 1;
  }
}

/// A correct backward stays below 1e-12 at every point.
inline void expect_gradient(const Cell& cell) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    EXPECT_LT(cell.gradient_error(seed), 1e-12) << cell.name << ", seed " << seed;
}

}  // namespace recur
