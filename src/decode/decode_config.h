// The [decode] table: how a model that writes looks for its answer.
#pragma once

#include <tuple>

#include "base/fields.h"

namespace recur {

struct DecodeConfig {
  Index beam = 5, n_best = 1;
  double length_penalty = 1, coverage_penalty = 0;
  Index min_length = 0, max_length = 0;
  bool show_attention = false;
  double temperature = 0;
  Index top_k = 0;
  double top_p = 1;
  Index draw = 1;

  static constexpr auto fields = std::tuple{
      field("beam", &DecodeConfig::beam, "hypotheses that are followed at a time; 1: greedy")
          .between(1, 1024),
      field("n_best", &DecodeConfig::n_best, "answers to each input, the best first; at most beam")
          .between(1, 1024),
      field("length_penalty", &DecodeConfig::length_penalty,
            "what a long answer is pardoned for its length; 0: nothing, so that short ones win (Wu et al. "
            "2016, eq. 14)")
          .between(0, 100),
      field("coverage_penalty", &DecodeConfig::coverage_penalty,
            "what an answer pays for parts of the source that it never looked at (the same)")
          .between(0, 100),
      field("min_length", &DecodeConfig::min_length, "tokens that an answer has at least").at_least(0),
      field("max_length", &DecodeConfig::max_length,
            "tokens that an answer has at most; 0: twice those of its source and 50")
          .at_least(0),
      field("show_attention", &DecodeConfig::show_attention,
            "whether answers in JSON tell what each token looked at"),
      field("temperature", &DecodeConfig::temperature,
            "above 0 answers are drawn, not looked for: 1 as likely as the model has them, less the likelier "
            "ones")
          .between(0, 1000),
      field("top_k", &DecodeConfig::top_k, "draw from this many tokens only, the most probable; 0: from all")
          .at_least(0),
      field("top_p", &DecodeConfig::top_p, "draw from the fewest tokens whose probabilities reach this sum")
          .more_than(0)
          .at_most(1),
      field("draw", &DecodeConfig::draw, "seed of what is drawn").at_least(0),
  };
};

}  // namespace recur
