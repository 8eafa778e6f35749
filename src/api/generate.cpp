#include "api/generate.h"

#include <chrono>

#include "api/stream_model.h"
#include "base/error.h"
#include "decode/write_on.h"
#include "tasks/lm/answers.h"

namespace recur {
namespace {

/// What a text without a prompt begins after: the end of a line, or the first unit that is known.
std::int32_t beginning(const Vocabulary& vocabulary) {
  if (const auto end = line_end(vocabulary)) return *end;
  for (std::int32_t id = 0; id < vocabulary.size(); ++id)
    if (vocabulary.unknown() != id) return id;
  fail<ConfigError>("a model whose vocabulary is {} alone has nothing to write (train it on more text)",
                    Vocabulary::kUnknown);
}

}  // namespace

Generated generate(const GenerateRequest& request, const std::function<void(std::string_view)>& written) {
  check<ConfigError>(request.length >= 0, "length is {}, expected 0 or more tokens", request.length);
  Stream stream(StreamModel::open(request.run.string()));
  const std::string& task = stream.model()->task();
  check<ConfigError>(task == "lm", "{}: is of the task '{}', expected a language model (lm): no other writes",
                     request.run.string(), task);
  const Vocabulary& vocabulary = vocabulary_of(*stream.model());
  const std::int32_t first = beginning(vocabulary);
  Sampling sampling = request.sampling;
  if (!sampling.never) sampling.never = vocabulary.unknown();
  Sampler sampler(sampling);

  Generated out;
  const EncodedPrompt prompt = encode_prompt(vocabulary, request.prompt);
  out.note = prompt.note(vocabulary.level());
  out.prompt_tokens = static_cast<Index>(prompt.ids.size());
  const auto begin = std::chrono::steady_clock::now();
  Detokenizer text(vocabulary);
  for (const std::int32_t id : prompt.ids)
    static_cast<void>(text.next(id));  // what follows a word depends on it
  const auto read = [&](std::span<const std::int32_t> tokens) {
    for (const std::int32_t token : tokens) stream.step(token);
    return stream.outputs();
  };
  const auto append = [&](std::int32_t token) {
    std::string piece = text.next(token);
    // Words are parted by spaces, the last of the prompt from the first that is written too; once.
    if (out.tokens++ == 0 && !request.prompt.empty() && !piece.empty()) {
      const bool parted = is_space(request.prompt.back());
      if (vocabulary.level() == Level::word && !parted && !is_space(piece.front())) piece.insert(0, " ");
      if (vocabulary.level() == Level::subword && parted && piece.front() == ' ') piece.erase(0, 1);
    }
    out.text += piece;
    if (written) written(piece);
  };
  write_on(prompt.ids.empty() ? std::span(&first, 1) : std::span<const std::int32_t>(prompt.ids),
           request.length, sampler, read, append);
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return out;
}

}  // namespace recur
