// Reverse-mode differentiation: an op is a function plus the lambda that undoes it.
//
//   Var tanh(const Var& x) {
//     Tensor y = …;  // the value
//     // What it takes to go back: x's place, and y.
//     return record(y, {&x}, [x, y](Gradients& g, const Tensor& dy) {
//       if (Tensor dx = g.of(x); dx.defined()) …dx += dy·(1 − y²)…;
//     });
//   }
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace recur {

class Tape;

/// A tensor and its place on a tape; without a place it is a constant.
struct Var {
  Tensor value;
  Tape* tape = nullptr;
  Index place = -1;

  Var() = default;
  Var(Tensor constant)
      : value(std::move(constant)) {}  // NOLINT: a tensor is a constant wherever a Var is expected
  Var(Tensor v, Tape* on, Index at) : value(std::move(v)), tape(on), place(at) {}

  bool defined() const { return value.defined(); }
  const Shape& shape() const { return value.shape(); }
  DType dtype() const { return value.dtype(); }
};

/// The gradients while a tape runs backwards.
class Gradients {
 public:
  explicit Gradients(Tape& tape) : tape_(tape) {}
  /// The gradient of a value, to add to: zero where nothing has been added yet. Undefined for a constant.
  Tensor of(const Var& x);

 private:
  Tape& tape_;
};

/// What happened, in order, and how to go back. One tape a training step; clear() keeps its memory for the
/// next.
class Tape {
 public:
  Tape() = default;
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;
  ~Tape() { clear(); }

  /// A leaf whose gradient is added to `gradient`.
  Var leaf(Tensor value, Tensor gradient);
  /// A leaf whose gradient can be read after backward().
  Var leaf(Tensor value) { return leaf(std::move(value), Tensor()); }

  /// Runs everything back from `loss` (one value), whose gradient is `seed`. Each op is forgotten once
  /// undone.
  void backward(const Var& loss, double seed = 1.0);

  /// The gradient of a leaf; undefined if the loss does not depend on it.
  Tensor gradient(const Var& leaf) const { return gradients_[static_cast<std::size_t>(leaf.place)]; }

  void clear();

  /// Used by record(): a place for an op's output, and the op itself.
  Index new_place() {
    gradients_.emplace_back();
    return static_cast<Index>(gradients_.size()) - 1;
  }
  template <class Undo>
  void push(Undo undo) {
    void* memory = allocate(sizeof(Undo), alignof(Undo));
    auto* stored = new (memory) Undo(std::move(undo));
    ops_.push_back({stored, [](void* op, Gradients& g) { (*static_cast<Undo*>(op))(g); },
                    [](void* op) { static_cast<Undo*>(op)->~Undo(); }});
  }
  /// The gradient at a place as far as it is known, undefined if nothing was added.
  const Tensor& known(Index place) const { return gradients_[static_cast<std::size_t>(place)]; }
  /// Drops the gradient of an op's output once the op is undone.
  void drop(Index place) { gradients_[static_cast<std::size_t>(place)] = Tensor(); }

 private:
  friend class Gradients;
  struct Op {
    void* undo;
    void (*run)(void*, Gradients&);
    void (*destroy)(void*);
  };
  void* allocate(std::size_t size, std::size_t alignment);

  std::vector<Op> ops_;
  std::vector<Tensor> gradients_;
  // The lambdas live in chunks that are kept: recording allocates nothing after the first steps.
  static constexpr std::size_t kChunk = 1 << 16;
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::size_t chunk_ = 0, used_ = 0;
};

/// The tape of the first input that is on one; null if all are constants.
inline Tape* tape_of(std::initializer_list<const Var*> inputs) {
  for (const Var* x : inputs)
    if (x->tape != nullptr) return x->tape;
  return nullptr;
}

/// Records an op with N outputs. `undo(gradients, d)` gets the gradients of the outputs (undefined where
/// nothing depends on one) and adds to those of the inputs; it is skipped if nothing depends on any output.
template <std::size_t N, class Undo>
std::array<Var, N> record(Tape* tape, const std::array<Tensor, N>& outputs, Undo undo) {
  std::array<Var, N> result;
  if (tape == nullptr) {
    for (std::size_t i = 0; i < N; ++i) result[i] = Var(outputs[i]);
    return result;
  }
  std::array<Index, N> places;
  for (std::size_t i = 0; i < N; ++i) {
    places[i] = tape->new_place();
    result[i] = Var(outputs[i], tape, places[i]);
  }
  tape->push([undo = std::move(undo), tape, places](Gradients& g) {
    std::array<Tensor, N> d;
    bool needed = false;
    for (std::size_t i = 0; i < N; ++i) {
      d[i] = tape->known(places[i]);
      needed = needed || d[i].defined();
      tape->drop(places[i]);
    }
    if (needed) undo(g, d);
  });
  return result;
}

/// Records an op with one output: `undo(gradients, dy)`.
template <class Undo>
Var record(const Tensor& y, std::initializer_list<const Var*> inputs, Undo undo) {
  return record<1>(
      tape_of(inputs), {y},
      [undo = std::move(undo)](Gradients& g, const std::array<Tensor, 1>& d) { undo(g, d[0]); })[0];
}

}  // namespace recur
