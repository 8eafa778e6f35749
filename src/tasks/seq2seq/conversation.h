// A conversation with a seq2seq model, line by line.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "tasks/seq2seq/trained.h"

namespace recur {

/// Answers each line, and remembers what both sides said as far as the model reads (data.turns). What is
/// drawn depends on how many lines were answered before, so that nobody hears the same twice.
class Conversation {
 public:
  explicit Conversation(TrainedSeq2Seq model) : model_(std::move(model)) {}
  /// An empty line begins anew and is answered all the same.
  nlohmann::ordered_json answer(const std::string& line, ThreadPool& pool);

 private:
  TrainedSeq2Seq model_;
  std::vector<std::string> said_;
  Index answered_ = 0;
};

}  // namespace recur
