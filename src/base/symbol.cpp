#include "base/symbol.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

namespace recur {
namespace {

using Node = Symbol::Node;
using Binding = Symbol::Binding;

Binding binding_of(const std::string& operation) {
  if (operation == "+" || operation == "−") return Binding::sum;
  if (operation == "⊙" || operation == "/") return Binding::product;
  if (operation == "neg") return Binding::sign;
  return Binding::atom;
}

std::string print(const Node& node, bool by_name, Binding needed);

std::string print_operation(const Node& node, Binding needed) {
  const Binding own = binding_of(node.operation);
  std::string text;
  if (own == Binding::sum || own == Binding::product) {
    // The right operand of − and / must bind more tightly than the operator itself.
    const bool ordered = node.operation == "−" || node.operation == "/";
    const auto needed_right = ordered ? static_cast<Binding>(static_cast<int>(own) + 1) : own;
    const std::string space = own == Binding::sum ? " " : "";
    std::string right = print(*node.operands[1], true, needed_right);
    if (right.starts_with("−")) right = "(" + right + ")";
    text = print(*node.operands[0], true, own) + space + node.operation + space + right;
  } else if (own == Binding::sign) {
    text = "−" + print(*node.operands[0], true, Binding::atom);
  } else {
    text = node.operation + "(";
    for (std::size_t i = 0; i < node.operands.size(); ++i)
      text += (i == 0 ? "" : ", ") + print(*node.operands[i], true, Binding::sum);
    text += ")";
  }
  return own < needed ? "(" + text + ")" : text;
}

std::string print(const Node& node, bool by_name, Binding needed) {
  if (by_name && !node.name.empty()) return node.name;
  return print_operation(node, needed);
}

}  // namespace

Symbol::Symbol(std::string name) : node_(std::make_shared<Node>(Node{std::move(name), {}, {}})) {}

Symbol::Symbol(std::string operation, const std::vector<Symbol>& operands) {
  Node node{{}, std::move(operation), {}};
  for (const Symbol& operand : operands) node.operands.push_back(operand.node_);
  node_ = std::make_shared<Node>(std::move(node));
}

Symbol Symbol::broadcast(double x) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, std::abs(x)).ptr;
  return Symbol((std::signbit(x) ? "−" : "") + std::string(digits, end));
}

Symbol operator+(const Symbol& a, const Symbol& b) { return {"+", {a, b}}; }
Symbol operator-(const Symbol& a, const Symbol& b) { return {"−", {a, b}}; }
Symbol operator-(const Symbol& a) { return {"neg", {a}}; }
Symbol operator*(const Symbol& a, const Symbol& b) { return {"⊙", {a, b}}; }
Symbol operator/(const Symbol& a, const Symbol& b) { return {"/", {a, b}}; }
Symbol fma(const Symbol& a, const Symbol& b, const Symbol& c) { return a * b + c; }
Symbol exp(const Symbol& x) { return {"exp", {x}}; }
Symbol sqrt(const Symbol& x) { return {"√", {x}}; }
Symbol tanh(const Symbol& x) { return {"tanh", {x}}; }
Symbol sigmoid(const Symbol& x) { return {"σ", {x}}; }
Symbol max(const Symbol& a, const Symbol& b) { return {"max", {a, b}}; }
Symbol min(const Symbol& a, const Symbol& b) { return {"min", {a, b}}; }
Symbol abs(const Symbol& x) { return {"abs", {x}}; }
Symbol relu(const Symbol& x) { return {"relu", {x}}; }
Symbol positive(const Symbol& x) { return {"positive", {x}}; }

std::vector<std::string> equations(const std::vector<NamedSymbol>& results) {
  std::vector<const NamedSymbol*> lines;
  for (const NamedSymbol& result : results) {
    Node& node = *result.value.node();
    if (!node.name.empty()) continue;  // an input, or named by an earlier result
    node.name = result.name;
    lines.push_back(&result);
  }
  // Depth first: what a line uses comes before it.
  std::vector<std::string> printed;
  std::set<const Node*> done;
  const std::function<void(const Node&)> visit = [&](const Node& node) {
    if (!done.insert(&node).second) return;
    for (const auto& operand : node.operands) visit(*operand);
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&](const NamedSymbol* r) { return r->value.node().get() == &node; });
    if (line != lines.end()) printed.push_back(node.name + " = " + print(node, false, Binding::sum));
  };
  for (const NamedSymbol* line : lines) visit(*line->value.node());
  return printed;
}

bool depends_on(const Symbol& value, const std::string& input) {
  const std::function<bool(const Node&)> search = [&](const Node& node) {
    if (node.operation.empty()) return node.name == input;
    return std::any_of(node.operands.begin(), node.operands.end(), [&](const auto& n) { return search(*n); });
  };
  return search(*value.node());
}

}  // namespace recur
