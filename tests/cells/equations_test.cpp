// The equations that `recur show CELL` prints, to the letter; and how Symbols write formulas down.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/symbol.h"
#include "cells/all.h"
#include "kernels/cell_registry.h"

namespace recur {
namespace {

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

const std::map<std::string, std::string> kExpected{
    {"lstm", R"(î = b_i + W_i·x + U_i·h
f̂ = b_f + W_f·x + U_f·h
ĝ = b_g + W_g·x + U_g·h
ô = b_o + W_o·x + U_o·h
i = σ(î)
f = σ(f̂)
g = tanh(ĝ)
o = σ(ô)
c' = f⊙c + i⊙g
tanh_c = tanh(c')
h' = o⊙tanh_c
)"},
    {"gru", R"(r̂ = b_r + W_r·x + U_r·h
ẑ = b_z + W_z·x + U_z·h
n̂ = b_n + W_n·x
m̂ = b_m + U_m·h
r = σ(r̂)
z = σ(ẑ)
n = tanh(n̂ + r⊙m̂)
h' = (1 − z)⊙n + z⊙h
)"},
    {"rnn_tanh", R"(â = b_a + W_a·x + U_a·h
h' = tanh(â)
)"},
    {"rnn_relu", R"(â = b_a + W_a·x + U_a·h
h' = relu(â)
)"},
    {"lstm_peephole", R"(î = b_i + W_i·x + U_i·h
f̂ = b_f + W_f·x + U_f·h
ĝ = b_g + W_g·x + U_g·h
ô = b_o + W_o·x + U_o·h
i = σ(î + p_i⊙c)
f = σ(f̂ + p_f⊙c)
g = tanh(ĝ)
c' = f⊙c + i⊙g
o = σ(ô + p_o⊙c')
tanh_c = tanh(c')
h' = o⊙tanh_c
)"},
    {"lstm_coupled", R"(î = b_i + W_i·x + U_i·h
ĝ = b_g + W_g·x + U_g·h
ô = b_o + W_o·x + U_o·h
i = σ(î)
g = tanh(ĝ)
o = σ(ô)
c' = (1 − i)⊙c + i⊙g
tanh_c = tanh(c')
h' = o⊙tanh_c
)"},
    {"gru_reset_before", R"(r̂ = b_r + W_r·x + U_r·h
ẑ = b_z + W_z·x + U_z·h
r = σ(r̂)
q = r⊙h
z = σ(ẑ)
n = tanh(b_n + W_n·x + U_n·q)
h' = (1 − z)⊙n + z⊙h
)"},
    {"mingru", R"(ẑ = b_z + W_z·x
n̂ = b_n + W_n·x
z = σ(ẑ)
h' = h + z⊙(n̂ − h)
)"},
    {"minlstm", R"(f̂ = b_f + W_f·x
î = b_i + W_i·x
ĝ = b_g + W_g·x
f = σ(f̂)
i = σ(î)
h' = f/(f + i)⊙h + (1 − f/(f + i))⊙ĝ
)"},
};

TEST(Equations, OfEveryCell) {
  EXPECT_LE(kExpected.size(), all_cells().size());
  for (const auto& [name, text] : kExpected) EXPECT_EQ(text_of(find_cell(name).equations()), text) << name;
}

/// "y = …" of a formula over the inputs a, b, c.
std::string print(const Symbol& value) { return equations({{"y", value}}).at(0); }

TEST(Symbols, ParenthesesWhereTheyAreNeededAndNowhereElse) {
  const Symbol a("a"), b("b"), c("c"), d("d");
  EXPECT_EQ(print(a + b + c), "y = a + b + c");
  EXPECT_EQ(print(a + (b + c)), "y = a + b + c");
  EXPECT_EQ(print(a - (b + c)), "y = a − (b + c)");
  EXPECT_EQ(print(a - (b - c)), "y = a − (b − c)");
  EXPECT_EQ(print(a - b - c), "y = a − b − c");
  EXPECT_EQ(print(a * b * c), "y = a⊙b⊙c");
  EXPECT_EQ(print(a / b * c), "y = a/b⊙c");
  EXPECT_EQ(print(a / (b * c)), "y = a/(b⊙c)");
  EXPECT_EQ(print((a + b) * c), "y = (a + b)⊙c");
  EXPECT_EQ(print(a + b * c), "y = a + b⊙c");
  EXPECT_EQ(print(-a), "y = −a");
  EXPECT_EQ(print(-(a + b)), "y = −(a + b)");
  EXPECT_EQ(print(-(a * b)), "y = −(a⊙b)");
  EXPECT_EQ(print(-a + b), "y = −a + b");
  EXPECT_EQ(print(a + -b), "y = a + (−b)");
  EXPECT_EQ(print(a * -b), "y = a⊙(−b)");
  EXPECT_EQ(print(a - -b), "y = a − (−b)");
  EXPECT_EQ(print(-a * b), "y = −a⊙b");
  EXPECT_EQ(print(fma(a, b, c)), "y = a⊙b + c");
  EXPECT_EQ(print(tanh(a + b) * sigmoid(c)), "y = tanh(a + b)⊙σ(c)");
  EXPECT_EQ(print(exp(-a)), "y = exp(−a)");
  EXPECT_EQ(print(sqrt(a) + abs(b) + relu(c) + positive(d)), "y = √(a) + abs(b) + relu(c) + positive(d)");
  EXPECT_EQ(print(max(a, b + c) + min(a, Symbol::broadcast(0.5))), "y = max(a, b + c) + min(a, 0.5)");
  EXPECT_EQ(print(Symbol::broadcast(1) - a), "y = 1 − a");
  EXPECT_EQ(print(a * Symbol::broadcast(-2)), "y = a⊙(−2)");
}

TEST(Symbols, NamedResultsAreUsedByNameAndComeFirst) {
  const Symbol a("a");
  const Symbol b = a + a, c = b * b, d = c + a;
  EXPECT_EQ(text_of(equations({{"d", d}, {"c", c}, {"b", b}})), "b = a + a\nc = b⊙b\nd = c + a\n");
}

TEST(Symbols, InputsAndSecondNamesGetNoLine) {
  const Symbol a("a"), b = a + a;
  EXPECT_EQ(text_of(equations({{"x", a}, {"b", b}, {"again", b}})), "b = a + a\n");
}

TEST(Symbols, Dependence) {
  const Symbol a("a"), b("b");
  EXPECT_TRUE(depends_on(tanh(a * b), "b"));
  EXPECT_FALSE(depends_on(tanh(a * b), "c"));
  EXPECT_TRUE(depends_on(a, "a"));
}

}  // namespace
}  // namespace recur
