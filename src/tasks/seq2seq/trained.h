// A seq2seq model as it lies in a file, and its answers as programs read them.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/settings.h"
#include "tasks/seq2seq/answers.h"

namespace recur {

struct TrainedSeq2Seq {
  Seq2SeqConfig config;
  Seq2SeqPipeline pipeline;
  std::unique_ptr<Seq2SeqNet> net;

  /// {"text", "score", "log_probability"}, with "attention" and "best" where they are asked for.
  nlohmann::ordered_json json_of(const PairExample& example, const std::vector<BeamResult>& answers) const;
};

/// Throws FormatError; ConfigError where `anew`, which sets options of [decode], asks for what cannot be.
TrainedSeq2Seq load_seq2seq(const ModelFile& file, const std::vector<Setting>& anew = {});

/// Throws ConfigError for a [decode] that cannot be, before a model is trained for it.
void check_decoding(const Seq2SeqConfig& config);

}  // namespace recur
