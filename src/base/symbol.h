// An expression instead of a number: evaluating a formula over Symbols writes the formula down.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace recur {

/// A node of an expression, shared by all that use it. Copying a Symbol keeps the node, so that an
/// intermediate result that was given a name is printed by it wherever it occurs.
class Symbol {
 public:
  /// How tightly an operator binds, loosest first.
  enum class Binding { sum, product, sign, atom };
  struct Node {
    std::string name;       ///< of an input, a number or a named result; empty for an inner node
    std::string operation;  ///< "+", "−", "⊙", "/", "neg", or the name of a function; empty for an input
    std::vector<std::shared_ptr<const Node>> operands;
  };

  Symbol() = default;
  /// An input or a number of that name.
  explicit Symbol(std::string name);
  Symbol(std::string operation, const std::vector<Symbol>& operands);

  static Symbol broadcast(double x);

  const std::shared_ptr<Node>& node() const { return node_; }

 private:
  std::shared_ptr<Node> node_;
};

Symbol operator+(const Symbol& a, const Symbol& b);
Symbol operator-(const Symbol& a, const Symbol& b);
Symbol operator-(const Symbol& a);
Symbol operator*(const Symbol& a, const Symbol& b);
Symbol operator/(const Symbol& a, const Symbol& b);
Symbol fma(const Symbol& a, const Symbol& b, const Symbol& c);
Symbol exp(const Symbol& x);
Symbol sqrt(const Symbol& x);
Symbol tanh(const Symbol& x);
Symbol sigmoid(const Symbol& x);
Symbol max(const Symbol& a, const Symbol& b);
Symbol min(const Symbol& a, const Symbol& b);
Symbol abs(const Symbol& x);
Symbol relu(const Symbol& x);
Symbol positive(const Symbol& x);

/// A result and the name it is to have.
struct NamedSymbol {
  std::string name;
  Symbol value;
};

/// "name = expression" a line, in an order in which each line uses only what stands above it. A result that
/// is an input unchanged (or a second name of another result) gets no line of its own.
std::vector<std::string> equations(const std::vector<NamedSymbol>& results);

/// Whether the value depends on the input of that name.
bool depends_on(const Symbol& value, const std::string& input);

}  // namespace recur
