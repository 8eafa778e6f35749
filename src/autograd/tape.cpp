#include "autograd/tape.h"

#include "base/flush_to_zero.h"

namespace recur {

Tensor Gradients::of(const Var& x) {
  if (x.tape == nullptr) return {};
  Tensor& gradient = tape_.gradients_[static_cast<std::size_t>(x.place)];
  if (!gradient.defined()) gradient = Tensor::zeros(x.value.shape(), x.value.dtype());
  return gradient;
}

Var Tape::leaf(Tensor value, Tensor gradient) {
  RECUR_ASSERT(!gradient.defined() || gradient.shape() == value.shape());
  gradients_.push_back(std::move(gradient));
  return {std::move(value), this, static_cast<Index>(gradients_.size()) - 1};
}

void Tape::backward(const Var& loss, double seed) {
  RECUR_ASSERT(loss.tape == this && loss.value.size() == 1);
  const FlushToZero flush;  // ops compute outside the pool, too
  Gradients gradients(*this);
  with_float_type(loss.dtype(), [&]<class T>(T) { *gradients.of(loss).data<T>() = static_cast<T>(seed); });
  while (!ops_.empty()) {
    struct Destroy {
      Op op;
      ~Destroy() { op.destroy(op.undo); }
    } const last{ops_.back()};
    ops_.pop_back();
    last.op.run(last.op.undo, gradients);
  }
}

void Tape::clear() {
  for (const Op& op : ops_) op.destroy(op.undo);
  ops_.clear();
  gradients_.clear();
  chunk_ = used_ = 0;
}

void* Tape::allocate(std::size_t size, std::size_t alignment) {
  RECUR_ASSERT(size + alignment <= kChunk);
  std::size_t start = (used_ + alignment - 1) / alignment * alignment;
  if (chunk_ < chunks_.size() && start + size > kChunk) {
    ++chunk_;
    start = 0;
  }
  if (chunk_ == chunks_.size()) {
    chunks_.push_back(std::make_unique<std::byte[]>(kChunk));
    start = 0;
  }
  used_ = start + size;
  return chunks_[chunk_].get() + start;
}

}  // namespace recur
