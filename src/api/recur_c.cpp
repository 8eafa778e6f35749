// The C header over StreamModel and Stream: no exception crosses it.
#include <recur/recur.h>
#include <recur/stream.h>
#include <recur/version.h>

#include <cstring>
#include <exception>

struct recur_model {
  std::shared_ptr<const recur::StreamModel> model;
};
struct recur_stream {
  recur::Stream stream;
};

namespace {

// A plain buffer: to say what went wrong must not fail, nor allocate where a step must not.
thread_local char last_error[1024] = "";

void set_error(const char* what) noexcept { std::strncpy(last_error, what, sizeof last_error - 1); }

/// What `work` returns, or `otherwise` if it throws.
template <class Result, class Work>
Result guarded(Result otherwise, Work&& work) noexcept {
  try {
    return work();
  } catch (const std::exception& error) {
    set_error(error.what());
  } catch (...) {
    set_error("an exception of unknown type");
  }
  return otherwise;
}

const float* outputs_or_null(std::span<const float> outputs, const char* why) noexcept {
  if (!outputs.empty()) return outputs.data();
  set_error(why);
  return nullptr;
}

}  // namespace

extern "C" {

const char* recur_version() { return recur::version(); }
const char* recur_last_error() { return last_error; }

recur_model* recur_open(const char* path) {
  return guarded<recur_model*>(nullptr, [&] { return new recur_model{recur::StreamModel::open(path)}; });
}
recur_model* recur_open_memory(const void* bytes, size_t size) {
  return guarded<recur_model*>(nullptr, [&] {
    return new recur_model{
        recur::StreamModel::parse({static_cast<const char*>(bytes), size}, "the model in memory")};
  });
}
void recur_close(recur_model* model) { delete model; }

recur_info recur_model_info(const recur_model* model) {
  const recur::StreamModel& m = *model->model;
  return {static_cast<size_t>(m.tokens()), static_cast<size_t>(m.inputs()), static_cast<size_t>(m.outputs()),
          m.state_size()};
}

ptrdiff_t recur_encode(const recur_model* model, const char* text, int32_t* tokens, size_t capacity) {
  return guarded<ptrdiff_t>(-1, [&] {
    const std::vector<std::int32_t> all = model->model->encode(text);
    for (size_t i = 0; i < all.size() && i < capacity; ++i) tokens[i] = all[i];
    return static_cast<ptrdiff_t>(all.size());
  });
}
const char* recur_token_text(const recur_model* model, int32_t token) {
  if (token >= 0 && token < model->model->tokens()) return model->model->text(token).c_str();
  set_error("no token of the vocabulary has this number");
  return nullptr;
}

recur_stream* recur_stream_new(const recur_model* model) {
  return guarded<recur_stream*>(nullptr, [&] { return new recur_stream{recur::Stream(model->model)}; });
}
void recur_stream_free(recur_stream* stream) { delete stream; }

const float* recur_step_token(recur_stream* stream, int32_t token) {
  return outputs_or_null(stream->stream.step(token),
                         "not a token of this model: outside its vocabulary, or it reads numbers");
}
const float* recur_step_values(recur_stream* stream, const float* values, size_t count) {
  return outputs_or_null(stream->stream.step(std::span<const float>(values, count)),
                         "not what this model reads: another count of numbers, or it reads tokens");
}
const float* recur_outputs(const recur_stream* stream) { return stream->stream.outputs().data(); }
void recur_reset(recur_stream* stream) { stream->stream.reset(); }

void recur_state_save(const recur_stream* stream, void* to) {
  stream->stream.save({static_cast<std::byte*>(to), stream->stream.model()->state_size()});
}
int recur_state_load(recur_stream* stream, const void* from, size_t size) {
  return guarded<int>(-1, [&] {
    stream->stream.restore({static_cast<const std::byte*>(from), size});
    return 0;
  });
}

}  // extern "C"
