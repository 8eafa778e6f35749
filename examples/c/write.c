/* A GRU inside a C program: the model is part of the executable (write_model.c, made from a model file by the
 * build), and writes on from what it is given.
 *
 *   write [PROMPT [LENGTH [SEED]]] */
#include <math.h>
#include <recur/recur.h>
#include <stdio.h>
#include <stdlib.h>

extern const unsigned char write_model[];
extern const size_t write_model_size;

/* Draws a token by the probabilities that logits / temperature stand for. */
static int32_t draw(const float* logits, size_t count, float temperature) {
  float largest = logits[0], sum = 0, left;
  size_t i;
  for (i = 1; i < count; ++i)
    if (logits[i] > largest) largest = logits[i];
  for (i = 0; i < count; ++i) sum += expf((logits[i] - largest) / temperature);
  left = sum * ((float)rand() / ((float)RAND_MAX + 1));
  for (i = 0; i + 1 < count; ++i) {
    left -= expf((logits[i] - largest) / temperature);
    if (left < 0) break;
  }
  return (int32_t)i;
}

int main(int argc, char** argv) {
  const char* prompt = argc > 1 ? argv[1] : "ROMEO:";
  const int length = argc > 2 ? atoi(argv[2]) : 200;
  int32_t tokens[256];
  ptrdiff_t i, count;
  recur_info info;
  recur_stream* stream;
  recur_model* model = recur_open_memory(write_model, write_model_size);
  if (model == NULL || (stream = recur_stream_new(model)) == NULL) {
    fprintf(stderr, "write: %s\n", recur_last_error());
    return 1;
  }
  srand(argc > 3 ? (unsigned)atoi(argv[3]) : 1);
  info = recur_model_info(model);
  count = recur_encode(model, prompt, tokens, 256);
  if (count < 0) {
    fprintf(stderr, "write: %s\n", recur_last_error());
    return 1;
  }
  for (i = 0; i < count && i < 256; ++i) {
    recur_step_token(stream, tokens[i]);
    fputs(recur_token_text(model, tokens[i]), stdout);
  }
  for (i = 0; i < length; ++i) {
    const int32_t token = draw(recur_outputs(stream), info.outputs, 0.7F);
    recur_step_token(stream, token);
    fputs(recur_token_text(model, token), stdout);
  }
  putchar('\n');
  recur_stream_free(stream);
  recur_close(model);
  return 0;
}
