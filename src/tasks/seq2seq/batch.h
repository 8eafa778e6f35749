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

/// Puts the token that the network itself would have written, the targets before it given, in place of each
/// input with probability p: scheduled sampling with the decisions of one pass, so that the decoder need not
/// go step by step (Duckworth et al. 2019, "Parallel scheduled sampling", with one pass).
void read_own_tokens(Seq2SeqNet& net, const Pass& pass, double p, const PairBatch& batch);

/// Of what follows each of batch.inputs.
Var logits_of(Seq2SeqNet& net, const Pass& pass, const PairBatch& batch);

}  // namespace recur
