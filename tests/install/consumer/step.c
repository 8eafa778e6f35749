/* Steps a trained model: step RUN TEXT */
#include <recur/recur.h>
#include <stdio.h>

int main(int argc, char** argv) {
  recur_model* model = argc == 3 ? recur_open(argv[1]) : NULL;
  if (model == NULL) return fprintf(stderr, "%s\n", recur_last_error()), 1;
  int32_t tokens[64];
  const ptrdiff_t count = recur_encode(model, argv[2], tokens, 64);
  recur_stream* stream = recur_stream_new(model);
  for (ptrdiff_t i = 0; i < count && i < 64; ++i) {
    if (recur_step_token(stream, tokens[i]) == NULL) return fprintf(stderr, "%s\n", recur_last_error()), 1;
  }
  printf("%td tokens read; the first logit is %g\n", count, recur_outputs(stream)[0]);
  recur_stream_free(stream);
  recur_close(model);
  return 0;
}
