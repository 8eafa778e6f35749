#include "api/text_stream.h"

#include <span>

#include "api/stream_model.h"
#include "base/error.h"
#include "decode/likeliest.h"

namespace recur {
namespace {

constexpr std::size_t kGuesses = 3;

}  // namespace

TextStream::TextStream(const Safetensors& model)
    : stream_(StreamModelParts::open(model)), vocabulary_(vocabulary_of(*stream_.model())) {}

TextStream::Line TextStream::read(std::string_view line) {
  ++lines_;
  const auto invalid = vocabulary_.level() == Level::byte ? std::nullopt : find_invalid_utf8(line);
  if (invalid) {
    fail<DataError>("line {} is not valid UTF-8 at byte {} (convert it: iconv -t UTF-8)", lines_,
                    *invalid + 1);
  }
  const EncodedPrompt text = encode_prompt(vocabulary_, std::string(line) + "\n");
  Line report{.tokens = static_cast<Index>(text.ids.size()), .unknown = text.unknown};
  double nats = 0;
  Index predicted = 0;
  for (const std::int32_t token : text.ids) {
    if (has_read_) {
      const std::span<const float> logits = stream_.outputs();
      nats += log_sum_exp(logits) - logits[static_cast<std::size_t>(token)];
      ++predicted;
    }
    stream_.step(token);
    has_read_ = true;
  }
  if (predicted > 0) report.nats = nats / static_cast<double>(predicted);
  if (has_read_) report.next = guess(kGuesses);
  return report;
}

std::vector<TextStream::Guess> TextStream::guess(std::size_t count) const {
  std::vector<Guess> best;
  for (const LikelyToken& token : likeliest(stream_.outputs(), count))
    best.push_back({vocabulary_.unit(token.id), token.probability});
  return best;
}

}  // namespace recur
