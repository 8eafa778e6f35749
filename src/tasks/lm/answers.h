// What a language model says of single lines: how likely each is, and how it goes on.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "base/thread_pool.h"
#include "data/text/vocabulary.h"
#include "nn/model.h"

namespace recur {

/// The word or character that lines begin behind and end with; none where the vocabulary has no such unit.
std::optional<std::int32_t> line_end(const Vocabulary& vocabulary);

/// Of a line by itself, with an empty state behind the end of a line:
///   {"line", "tokens", "unknown", "log_probability", "perplexity",
///    "next": [{"token", "probability"}, … kNext of them, best first]}
/// The probability is that of its tokens and of its end: Σ ln p, in nats; perplexity is e^(−that/tokens),
/// null where no token is predicted. Unknown units count as <unk>. "next" is what may follow the line's last
/// unit, its end included. REQUIRES: UTF-8, unless of bytes.
nlohmann::ordered_json answer_to_line(Model& model, const Vocabulary& vocabulary, std::string_view line,
                                      ThreadPool& pool);

}  // namespace recur
