// Read a text as it comes, line by line: what `recur stream` does.
#pragma once

#include <recur/stream.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types.h"
#include "data/text/vocabulary.h"
#include "formats/safetensors.h"

namespace recur {

/// A language model that reads line after line; its state goes on from each to the next.
class TextStream {
 public:
  struct Guess {
    std::string text;  // of one token
    double probability = 0;
  };
  struct Line {
    Index tokens = 0, unknown = 0;  // read, and left out because the model does not know them
    std::optional<double> nats{};   // mean surprise of the tokens, −ln p; none if nothing came before them
    std::vector<Guess> next{};      // the most probable tokens now, best first
  };

  /// Throws FormatError, ConfigError for a model that reads no text.
  explicit TextStream(const Safetensors& model);

  /// Reads a line and the newline behind it. Throws DataError if it is no UTF-8 (and tokens are not bytes).
  Line read(std::string_view line);

 private:
  std::vector<Guess> guess(std::size_t count) const;

  Stream stream_;
  const Vocabulary& vocabulary_;  // the model's
  Index lines_ = 0;
  bool has_read_ = false;
};

}  // namespace recur
