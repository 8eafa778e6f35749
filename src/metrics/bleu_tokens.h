// The words of a sentence as programs that compute BLEU find them.
#pragma once

#include <string>
#include <string_view>

#include "metrics/bleu.h"

namespace recur {

/// The text with white space around each word.
std::u32string bleu_tokens(std::u32string_view text, BleuTokens tokens);

}  // namespace recur
