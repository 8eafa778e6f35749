// The splits that a seq2seq model is trained, validated and tested on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tasks/seq2seq/pipeline.h"

namespace recur {

struct Seq2SeqData {
  std::shared_ptr<Seq2SeqPipeline> pipeline;
  std::vector<PairExample> train, valid, test;
  std::string sha256;              ///< of all that was read
  std::vector<std::string> notes;  ///< what a user should know, a line each
};

/// Reads all splits. Without validation files it holds some training pairs out. What is fitted is fitted on
/// the rest. Throws ConfigError, DataError, FormatError, IoError.
Seq2SeqData read_seq2seq_data(const Seq2SeqConfig& config);

/// The pairs of files as a trained pipeline sees them.
std::vector<PairExample> read_seq2seq_examples(const Seq2SeqConfig& config, const Seq2SeqPipeline& pipeline,
                                               const std::filesystem::path& files);

}  // namespace recur
