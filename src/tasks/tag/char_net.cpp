#include "tasks/tag/char_net.h"

#include <map>

#include "base/error.h"
#include "nn/initialise.h"
#include "nn/ops.h"
#include "nn/pooling.h"
#include "tasks/tag/pipeline.h"

namespace recur {

CharNet::CharNet(Parameters& parameters, const TagModelConfig& config, Index characters, Index first_column)
    : size_(config.char_size), first_column_(first_column), padding_(static_cast<std::int32_t>(characters)) {
  if (config.chars == CharEncoder::lstm) {
    check<ConfigError>(size_ % 2 == 0,
                       "char_size is {}, expected an even number: layers of characters read both ways",
                       size_);
    embedding_.emplace(parameters, "chars.embedding", characters, config.char_embedding);
    recurrent_.emplace(RecurrentConfig{.cell = config.cell,
                                       .input_size = config.char_embedding,
                                       .hidden_size = {size_ / 2},
                                       .bidirectional = true},
                       parameters, "chars.");
  } else {
    embedding_.emplace(parameters, "chars.embedding", characters + 1, config.char_embedding, characters);
    convolution_.emplace(parameters, "chars.convolution", 3 * config.char_embedding, size_);
  }
}

void CharNet::initialise(Parameters& parameters, const TagModelConfig& config, Random& random) {
  initialise_embedding(*embedding_, config, random);
  if (recurrent_) initialise_recurrent(*recurrent_, parameters, config, random, "chars.");
  if (convolution_) initialise_linear(*convolution_, config, random);
}

Var CharNet::forward(const Pass& pass, const Tensor& words) {
  const Index rows = words.dim(0), width = words.dim(1);
  if (rows == 0) return Tensor::empty({0, size_}, embedding_->weight().value.dtype());
  std::map<std::vector<std::int32_t>, Index> numbers;
  std::vector<std::vector<std::int32_t>> different;
  std::vector<Index> word_of_row;
  for (Index r = 0; r < rows; ++r) {
    std::vector<std::int32_t> word;
    for (Index c = first_column_; c < width; ++c) {
      const std::int32_t id = words.data<std::int32_t>()[r * width + c];
      if (id == kNoCharacter) break;
      word.push_back(id);
    }
    const auto [place, is_new] = numbers.try_emplace(word, static_cast<Index>(different.size()));
    if (is_new) different.push_back(std::move(word));
    word_of_row.push_back(place->second);
  }
  return gather_rows(pass, read(pass, different), word_of_row);
}

Var CharNet::read(const Pass& pass, const std::vector<std::vector<std::int32_t>>& words) {
  std::vector<Index> lengths;
  lengths.reserve(words.size());
  for (const auto& word : words) lengths.push_back(static_cast<Index>(word.size()));
  const LayoutPtr layout = Layout::ragged(lengths);
  // The characters at so many steps before or behind each.
  const auto shifted = [&](Index by) {
    const Tensor ids = Tensor::empty({layout->rows()}, DType::i32);
    for (Index t = 0; t < layout->steps(); ++t)
      for (Index p = 0; p < layout->active(t); ++p) {
        const auto& word = words[static_cast<std::size_t>(layout->sequence(p))];
        const Index at = t + by;
        const bool inside = at >= 0 && at < static_cast<Index>(word.size());
        ids.data<std::int32_t>()[layout->row(t, p)] = inside ? word[static_cast<std::size_t>(at)] : padding_;
      }
    return embedding_->forward(pass, ids);
  };
  if (recurrent_) {
    const RecurrentOutput out =
        recurrent_->forward(pass, Sequence{shifted(0), layout}, recurrent_->zero_state(layout->batch()));
    // h of each direction after its last character.
    return concat(pass, out.state.parts.front(), out.state.parts[out.state.parts.size() / 2]);
  }
  const Var windows = concat(pass, concat(pass, shifted(-1), shifted(0)), shifted(1));
  return pool_max(pass,
                  Sequence{activate(pass, Activation::relu, convolution_->forward(pass, windows)), layout});
}

}  // namespace recur
