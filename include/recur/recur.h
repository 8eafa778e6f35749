/* recur in C: open a trained model and step it. Link recur_core and the C++ runtime.
 *
 *   recur_model* model = recur_open("runs/tiny");
 *   if (model == NULL) { puts(recur_last_error()); return 1; }
 *   recur_stream* stream = recur_stream_new(model);
 *   const float* logits = recur_step_token(stream, 42);
 *
 * Functions that can fail return NULL or -1, and recur_last_error() says why. A model may be used by many
 * threads at once; a stream by one at a time. Stepping, resetting, saving and loading states allocate
 * nothing, lock nothing and call no system, unless they fail. */
#ifndef RECUR_RECUR_H
#define RECUR_RECUR_H

/* NOLINTBEGIN(modernize-*): this is C */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct recur_model recur_model;
typedef struct recur_stream recur_stream;

/* The version of the library: "0.1.0". */
const char* recur_version(void);
/* What went wrong in the last call on this thread that failed: one line, valid until the next failure. */
const char* recur_last_error(void);

/* Opens a run folder or a model.safetensors. NULL: it cannot be read, or is no model that can be streamed. */
recur_model* recur_open(const char* path);
/* The same from the bytes of a model file, which may go away afterwards. */
recur_model* recur_open_memory(const void* bytes, size_t size);
/* Frees a model; its streams may live on. NULL is allowed. */
void recur_close(recur_model* model);

typedef struct recur_info {
  size_t tokens;     /* size of the vocabulary; 0: the model reads numbers */
  size_t inputs;     /* numbers that a step reads; 0: the model reads tokens */
  size_t outputs;    /* numbers that a step gives: a logit for each token, or values */
  size_t state_size; /* bytes of a saved state */
} recur_info;
recur_info recur_model_info(const recur_model* model);

/* Writes the first `capacity` tokens of a text; returns how many it has (unknown characters are left out).
 * -1: the text is not UTF-8, or the model reads numbers. */
ptrdiff_t recur_encode(const recur_model* model, const char* text, int32_t* tokens, size_t capacity);
/* The text of a token, valid as long as the model. NULL: there is no such token. */
const char* recur_token_text(const recur_model* model, int32_t token);

/* A new sequence on its way through a model. NULL: no memory. */
recur_stream* recur_stream_new(const recur_model* model);
void recur_stream_free(recur_stream* stream);

/* Reads a token, or `count` numbers; returns the outputs. NULL: not what the model reads; then nothing was.
 */
const float* recur_step_token(recur_stream* stream, int32_t token);
const float* recur_step_values(recur_stream* stream, const float* values, size_t count);
/* What the model says after all it has read; valid until the next step, reset or load. */
const float* recur_outputs(const recur_stream* stream);
/* Forgets everything. */
void recur_reset(recur_stream* stream);

/* Writes the state_size bytes of the state; goes on from such bytes: 0, or -1 if they are no state of this
 * model, and then the stream is as it was. */
void recur_state_save(const recur_stream* stream, void* to);
int recur_state_load(recur_stream* stream, const void* from, size_t size);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-*) */

#endif
