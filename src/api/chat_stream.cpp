#include "api/chat_stream.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/utf8.h"
#include "tasks/seq2seq/conversation.h"

namespace recur {

struct ChatStream::Parts {
  explicit Parts(const Safetensors& model) : conversation(load_seq2seq(ModelFile::from(model))) {}
  ThreadPool pool{1};
  Conversation conversation;
};

ChatStream::ChatStream(const Safetensors& model) : parts_(std::make_unique<Parts>(model)) {}
ChatStream::ChatStream(ChatStream&&) noexcept = default;
ChatStream::~ChatStream() = default;

nlohmann::ordered_json ChatStream::answer(const std::string& line) {
  if (const auto bad = find_invalid_utf8(line))
    fail<DataError>("a line is not valid UTF-8 at byte {}", *bad + 1);
  return parts_->conversation.answer(line, parts_->pool);
}

}  // namespace recur
