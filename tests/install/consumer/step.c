/* Steps a trained model: step RUN TEXT */
#include "read_text.h"

int main(int argc, char** argv) { return argc == 3 ? read_text(argv[1], argv[2]) : 1; }
