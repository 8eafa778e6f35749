// Pairs as the network reads them: packed rows of tokens.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tasks/seq2seq/net.h"
#include "tensor/layout.h"
#include "tensor/tensor.h"

namespace recur {

/// Sequences of tokens as one packed batch.
struct PackedTokens {
  Tensor ids;  ///< i32 [rows]
  LayoutPtr layout;
};
PackedTokens pack_tokens(const std::vector<std::span<const std::int32_t>>& sequences);

/// A batch whose targets are given.
struct PairBatch {
  PackedTokens sources;
  PackedTokens inputs;  ///< <s> and the target but for its last token
  Tensor targets;       ///< i32 [rows of inputs]
};
PairBatch make_batch(const std::vector<const PairExample*>& examples, std::int32_t start);

/// −ln p of each target token by row of batch.inputs, and logits.
Var logits_of(Seq2SeqNet& net, const Pass& pass, const PairBatch& batch);

}  // namespace recur
