// What a seq2seq model writes.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "decode/beam.h"
#include "tasks/seq2seq/net.h"

namespace recur {

/// The best answers to each source, best first: never empty; or where the options say so one that is drawn.
/// What is written for one does not depend on the others; what is drawn depends on its number, the first's
/// being `first`. Throws Interrupted where `stop_requested` says so.
std::vector<std::vector<BeamResult>> answers_of(Seq2SeqNet& net, const DecodeConfig& options,
                                                std::span<const PairExample> examples, ThreadPool& pool,
                                                const std::function<bool()>& stop_requested = {},
                                                Index first = 0);

/// −ln p of each example's target, the mean over its tokens.
std::vector<double> nats_of(Seq2SeqNet& net, std::span<const PairExample> examples, ThreadPool& pool,
                            const std::function<bool()>& stop_requested = {});

}  // namespace recur
