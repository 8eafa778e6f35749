// Answers: what a model says of each input, as CSV or as lines of JSON.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace recur {

/// Writes answers as they come: a line of JSON each, or CSV (RFC 4180) whose columns are the first answer's
/// keys; those of an object inside are named as in "probabilities.spam".
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
