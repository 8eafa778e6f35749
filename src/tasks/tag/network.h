// A tagger as `verify` sees it.
#pragma once

#include <memory>
#include <vector>

#include "tasks/tag/net.h"
#include "tasks/task.h"

namespace recur {

std::unique_ptr<TrainedNetwork> make_tag_network(std::unique_ptr<TagNet> net);

/// What is replayed of sentences, i32 [T, width] each: scores [T, tags]; where there are intents, those
/// behind them, all in a row.
std::vector<Tensor> outputs_of(TagNet& net, ThreadPool& pool, const std::vector<Tensor>& sentences);

}  // namespace recur
