#include "tasks/seq2seq/target_ngram.h"

#include <fmt/core.h>

namespace recur {

TargetNgram::TargetNgram(const Seq2SeqPipeline& pipeline, std::span<const PairExample> train)
    : vocabulary_(pipeline.target().size()),
      order_(NgramModel::usual_order(pipeline.level())),
      end_(pipeline.target().end()),
      model_(targets(train), {.vocabulary = vocabulary_, .order = order_}) {}

std::string TargetNgram::name() const { return fmt::format("{}-gram of targets", order_); }

double TargetNgram::nats(std::span<const PairExample> examples) const {
  return model_.nats_per_token(targets(examples));
}

Tokens TargetNgram::targets(std::span<const PairExample> examples) const {
  TokensWriter writer(vocabulary_, {});
  writer.append(std::span(&end_, 1));
  for (const PairExample& example : examples) writer.append(example.target);
  return writer.finish();
}

}  // namespace recur
