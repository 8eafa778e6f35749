// Text from a language model: what `recur generate` does.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "decode/sampler.h"

namespace recur {

struct GenerateRequest {
  std::filesystem::path run;  ///< a run folder or its model file
  std::string prompt;         ///< how the text begins; read once. Empty: the model begins a line
  Index length = 200;         ///< tokens to write
  Sampling sampling{};
};

struct Generated {
  std::string text;  ///< what was written, without the prompt
  std::string note;  ///< what of the prompt the model does not know; empty if all is known
  Index prompt_tokens = 0, tokens = 0;
  double seconds = 0;  ///< of writing, the opening of the model apart
};

/// Writes; `written` gets each piece as it comes. The same request gives the same text. Throws IoError,
/// FormatError (not a language model, a damaged file), ConfigError (impossible options, a model that cannot
/// be streamed or knows no word), DataError (a prompt that is no UTF-8).
Generated generate(const GenerateRequest& request, const std::function<void(std::string_view)>& written = {});

}  // namespace recur
