// The losses of a model of tokens. Apart from the model, as a program that only runs one has none.
#include <algorithm>

#include "base/error.h"
#include "base/flush_to_zero.h"
#include "nn/model.h"
#include "nn/ops.h"

namespace recur {

Loss AdaptiveSoftmax::loss(const Pass& pass, const Var& x, const Tensor& targets) const {
  const Index rows = x.shape()[0];
  check<ShapeError>(targets.size() == rows, "an adaptive softmax got {} rows and {} targets", rows,
                    targets.size());
  const std::int32_t* const target = targets.data<std::int32_t>();
  const CrossEntropyOptions sum{.reduction = Reduction::sum};
  const Tensor of_list = targets.clone();
  std::vector<std::vector<Index>> members(clusters_.size());
  for (Index r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < clusters_.size(); ++c)
      if (target[r] >= clusters_[c].first && target[r] < clusters_[c].last) {
        of_list.data<std::int32_t>()[r] = static_cast<std::int32_t>(listed_ + static_cast<Index>(c));
        members[c].push_back(r);
      }
  Loss loss = cross_entropy(pass, list_.front().forward(pass, x), of_list, sum);
  for (std::size_t c = 0; c < clusters_.size(); ++c) {
    if (members[c].empty()) continue;
    const Tensor inside = Tensor::empty({static_cast<Index>(members[c].size())}, DType::i32);
    for (std::size_t i = 0; i < members[c].size(); ++i)
      inside.data<std::int32_t>()[i] = target[members[c][i]] - static_cast<std::int32_t>(clusters_[c].first);
    const Var narrow = clusters_[c].down.forward(pass, gather_rows(pass, x, members[c]));
    const Loss one = cross_entropy(pass, clusters_[c].words.forward(pass, narrow), inside, sum);
    loss.value = add(pass, loss.value, one.value);
    loss.sum += one.sum;
    with_float_type(x.dtype(), [&]<class T>(T) {
      for (std::size_t i = 0; i < members[c].size(); ++i)
        loss.each.data<T>()[members[c][i]] += one.each.data<T>()[i];
    });
  }
  loss.count = static_cast<double>(rows);
  if (rows > 0) loss.value = scale(pass, loss.value, 1 / loss.count);
  return loss;
}

std::pair<Loss, ModelOutput> Model::loss(const Pass& pass, const TokenBatch& batch, double label_smoothing) {
  const FlushToZero flush;
  ModelOutput out = encode(pass, embed(pass, batch.ids, batch.layout), batch.initial);
  if (adaptive_) {
    check<ConfigError>(
        label_smoothing == 0,
        "label_smoothing spreads a target over the whole vocabulary, which an adaptive softmax "
        "does not score; leave out label_smoothing, or adaptive_cutoffs");
    return {adaptive_->loss(pass, out.read, batch.targets), std::move(out)};
  }
  out.y = answer(pass, out.read, batch.layout);
  return {cross_entropy(pass, out.y, batch.targets, {.label_smoothing = label_smoothing}), std::move(out)};
}

}  // namespace recur
