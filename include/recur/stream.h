// Streaming: a trained model fed one step at a time, in a program that has no time to wait.
//
//   const auto model = recur::StreamModel::open("runs/tiny");
//   recur::Stream stream(model);
//   for (const std::int32_t token : model->encode("ROMEO:")) stream.step(token);
//   const std::span<const float> logits = stream.outputs();
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recur/error.h"

namespace recur {

/// A trained model, opened for streaming: packed once for this processor, never changed after, and so shared
/// by any number of streams on any threads.
class StreamModel {
 public:
  /// A run folder or its model.safetensors. Errors: IoError; FormatError where the file is no model, or not
  /// what its configuration says; ConfigError for a model that cannot be streamed (a bidirectional one);
  /// std::bad_alloc.
  static std::shared_ptr<const StreamModel> open(const std::string& path);
  /// The bytes of a model file that a program carries in itself; `name` stands for it in messages.
  /// They are not needed any more when this returns. Errors: as above, but for IoError.
  static std::shared_ptr<const StreamModel> parse(std::string_view bytes, const std::string& name);
  ~StreamModel();
  StreamModel(const StreamModel&) = delete;
  StreamModel& operator=(const StreamModel&) = delete;

  /// The task that it was trained for: "lm".
  const std::string& task() const noexcept;
  /// Size of the vocabulary; 0 for a model that reads numbers.
  std::int64_t tokens() const noexcept;
  /// Numbers that a step reads; 0 for a model that reads tokens.
  std::int64_t inputs() const noexcept;
  /// Numbers that a step gives: a logit for each token, or values.
  std::int64_t outputs() const noexcept;
  /// Trained numbers.
  std::int64_t parameters() const noexcept;
  /// Bytes of a state as Stream::save() writes it.
  std::size_t state_size() const noexcept;
  /// Bytes of memory that each stream takes, but for what an allocator adds.
  std::size_t stream_bytes() const noexcept;

  /// The tokens of a text; what the vocabulary does not know is left out. Errors: DataError if it is no UTF-8
  /// (and the tokens are not bytes), ConfigError for a model that reads numbers.
  std::vector<std::int32_t> encode(std::string_view text) const;
  /// The text of a token: a byte, a character, a word, a sub-word with the space before it; it lives as long
  /// as the model. REQUIRES: 0 ≤ token < tokens() of a model that reads text.
  const std::string& text(std::int32_t token) const;

 private:
  friend class Stream;
  friend class StreamBatch;
  friend struct StreamModelParts;
  StreamModel();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// One sequence on its way through a model. The state is all it holds: it can be copied (a fork), saved,
/// restored. Its outputs have the same bits as those of the whole sequence at once, alone or in a batch.
///
/// step(), outputs(), reset() and the assignment of a stream of the same model allocate nothing, lock nothing
/// and call no system. A stream is used by one thread at a time; streams of one model need no care. One that
/// was moved from may be destroyed or assigned to, nothing else.
class Stream {
 public:
  /// REQUIRES: model is not null.
  explicit Stream(std::shared_ptr<const StreamModel> model);
  Stream(const Stream& other);
  Stream(Stream&& other) noexcept;
  Stream& operator=(const Stream& other);
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  const std::shared_ptr<const StreamModel>& model() const noexcept;

  /// Reads a token; returns outputs(). A token outside the vocabulary, or one given to a model that reads
  /// numbers, is not read: the span is empty then.
  std::span<const float> step(std::int32_t token) noexcept;
  /// Reads inputs() numbers; returns outputs(). Another count, or a model that reads tokens: as above.
  std::span<const float> step(std::span<const float> x) noexcept;
  /// What the model says after all it has read, [outputs()]: logits of the next token, or values. Before
  /// the first step, what the head makes of a state of zeros. Valid until the next call of a function that is
  /// not const.
  std::span<const float> outputs() const noexcept;

  /// Forgets everything: the state is zero again.
  void reset() noexcept;
  /// Writes the state, model()->state_size() bytes, the same on every machine. False, and
  /// nothing is written, if `to` is shorter.
  bool save(std::span<std::byte> to) const noexcept;
  std::vector<std::byte> save() const;
  /// Goes on from a saved state. Errors: FormatError if it is none, or of another model; the stream is as it
  /// was then.
  void restore(std::span<const std::byte> state);

 private:
  friend class StreamBatch;
  friend class StreamModel;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace recur
