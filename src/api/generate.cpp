#include "api/generate.h"

#include <recur/stream.h>

#include <chrono>

#include "base/error.h"
#include "tasks/lm.h"

namespace recur {
namespace {

/// What a text without a prompt begins after: the end of a line, or the first unit that is known.
std::int32_t beginning(const Vocabulary& vocabulary) {
  const std::int32_t line = vocabulary.id(vocabulary.level() == Level::word ? kEndOfLine : "\n");
  if (vocabulary.unknown() != line) return line;
  for (std::int32_t id = 0; id < vocabulary.size(); ++id)
    if (vocabulary.unknown() != id) return id;
  fail<ConfigError>("a model whose vocabulary is {} alone has nothing to write (train it on more text)",
                    Vocabulary::kUnknown);
}

}  // namespace

Generated generate(const GenerateRequest& request, const std::function<void(std::string_view)>& written) {
  check<ConfigError>(request.length >= 0, "length is {}, expected 0 or more tokens", request.length);
  const Vocabulary vocabulary = load_vocabulary(ModelFile::read(model_path(request.run)));
  const std::int32_t first = beginning(vocabulary);
  Stream stream(StreamModel::open(request.run.string()));
  Sampling sampling = request.sampling;
  if (!sampling.never) sampling.never = vocabulary.unknown();
  Sampler sampler(sampling);

  Generated out;
  const EncodedPrompt prompt = encode_prompt(vocabulary, request.prompt);
  out.note = prompt.note(vocabulary.level());
  out.prompt_tokens = static_cast<Index>(prompt.ids.size());
  const auto begin = std::chrono::steady_clock::now();
  Detokenizer text(vocabulary);
  std::span<const float> logits;
  for (const std::int32_t id : prompt.ids) {
    static_cast<void>(text.next(id));  // what follows a word depends on it
    logits = stream.step(id);
  }
  if (prompt.ids.empty()) logits = stream.step(first);
  std::int32_t id = 0;
  for (; out.tokens < request.length; ++out.tokens) {
    if (out.tokens > 0) logits = stream.step(id);
    id = sampler.next(logits, static_cast<std::uint64_t>(out.tokens));
    std::string piece = text.next(id);
    // Words are parted by spaces, the last of the prompt from the first that is written too.
    if (out.tokens == 0 && vocabulary.level() == Level::word && !request.prompt.empty() &&
        !is_space(request.prompt.back()) && !piece.empty() && !is_space(piece.front()))
      piece.insert(0, " ");
    out.text += piece;
    if (written) written(piece);
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return out;
}

}  // namespace recur
