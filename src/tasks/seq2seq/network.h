// A seq2seq model as `verify` sees it.
#pragma once

#include <memory>

#include "tasks/seq2seq/net.h"
#include "tasks/task.h"

namespace recur {

std::unique_ptr<TrainedNetwork> make_seq2seq_network(std::unique_ptr<Seq2SeqNet> net);

/// A pair as one tensor i32 [T, 2], T the longer length: tokens of the source, and what the decoder reads;
/// −1 behind the shorter one's end.
Tensor pair_of(std::span<const std::int32_t> source, std::span<const std::int32_t> inputs);

/// What is replayed of such pairs: the logits [inputs, target] of each.
std::vector<Tensor> outputs_of(Seq2SeqNet& net, ThreadPool& pool, const std::vector<Tensor>& pairs);

}  // namespace recur
