#include "tasks/seq2seq/conversation.h"

#include <nlohmann/json.hpp>

namespace recur {

nlohmann::ordered_json Conversation::answer(const std::string& line, ThreadPool& pool) {
  if (line.empty()) said_.clear();
  CutCount cut;
  const PairExample example = model_.pipeline.encode_source(line, cut, said_);
  const auto answers =
      answers_of(*model_.net, model_.config.decode, std::span(&example, 1), pool, {}, answered_++);
  nlohmann::ordered_json json = model_.json_of(example, answers.front());
  if (line.empty()) return json;
  said_.push_back(line);
  said_.push_back(json["text"].get<std::string>());
  while (static_cast<Index>(said_.size()) >= model_.pipeline.turns()) said_.erase(said_.begin());
  return json;
}

}  // namespace recur
