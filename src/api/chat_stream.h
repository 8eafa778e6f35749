// A conversation as it comes, line by line: what `recur stream` does with a model that writes texts for
// texts.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "formats/safetensors.h"

namespace recur {

class ChatStream {
 public:
  /// Throws FormatError, ConfigError.
  explicit ChatStream(const Safetensors& model);
  ChatStream(ChatStream&&) noexcept;
  ~ChatStream();
  /// The answer to a line, what was said before in mind. Throws DataError where it is not UTF-8.
  nlohmann::ordered_json answer(const std::string& line);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace recur
