/* Steps a trained model through a text. */
#include "read_text.h"

#include <recur/recur.h>
#include <stdio.h>

int read_text(const char* run, const char* text) {
  recur_model* model = recur_open(run);
  if (model == NULL) return fprintf(stderr, "%s\n", recur_last_error()), 1;
  int32_t tokens[64];
  const ptrdiff_t count = recur_encode(model, text, tokens, 64);
  recur_stream* stream = recur_stream_new(model);
  for (ptrdiff_t i = 0; i < count && i < 64; ++i) {
    if (recur_step_token(stream, tokens[i]) == NULL) return fprintf(stderr, "%s\n", recur_last_error()), 1;
  }
  printf("%td tokens read; the first logit is %g\n", count, recur_outputs(stream)[0]);
  recur_stream_free(stream);
  recur_close(model);
  return 0;
}
