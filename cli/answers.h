// Answers: what a model says of each input, as CSV, as columns of words and tags, or as lines of JSON.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace recur {

/// Writes answers as they come: a line of JSON each, or CSV (RFC 4180) whose columns are the first answer's
/// keys; those of an object inside are named as in "probabilities.spam". An answer with "words", each with
/// its "tag", is written as CoNLL columns: a word and its tag a line, what is said of the whole as a comment
/// before, an empty line behind. Of an answer with a "text" the text is written, a line each.
class Answers {
 public:
  Answers(std::function<void(std::string_view)> write, bool json) : write_(std::move(write)), json_(json) {}

  void operator()(const nlohmann::ordered_json& answer);

 private:
  std::function<void(std::string_view)> write_;
  bool json_;
  std::vector<std::string> columns_;
};

}  // namespace recur
