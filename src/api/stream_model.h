// What an opened model is made of, and where a stream of it keeps what.
#pragma once

#include <recur/stream.h>

#include "base/aligned.h"
#include "data/text/vocabulary.h"
#include "formats/safetensors.h"
#include "kernels/scan.h"

namespace recur {

/// A linear layer, packed.
struct StreamLinear {
  Index input = 0, output = 0;
  AlignedBuffer<float> buffer, bias;
  Panels<float> panels;
};

/// A recurrent layer, packed, and where a stream keeps its states.
struct StreamLayer {
  ScanWeights<float> weights;
  AlignedBuffer<float> bias, unit, gain_ih, gain_hh;
  AlignedBuffer<float> table;  // [tokens, Gx·H]: the input's product of each token; empty without
  bool residual = false;
  bool whole_input = false;  // the input's product comes apart from the gates
  Index state[4] = {};       // of each state, in a stream's memory

  Index width() const { return weights.shape.recurrent(); }
};

/// Where the things of one stream lie in its memory: the states first, then what a step computes.
struct StreamMemory {
  std::vector<ScanArgs<float>> scans;  // one a layer
  std::vector<float*> linear;          // what each linear layer gives
  float* workspace = nullptr;
  Index floats = 0;  // in all
};

struct StreamModel::Parts {
  std::string task;
  const Cell* cell = nullptr;
  Vocabulary vocabulary;
  Index tokens = 0, inputs = 0, outputs = 0, parameters = 0;
  float zoneout = 0;
  AlignedBuffer<float> embedding;  // [tokens, width]; empty where the first layer has a table
  Index embedding_width = 0;
  std::vector<StreamLayer> layers;
  std::vector<StreamLinear> head;
  LayoutPtr one_step = Layout::dense(1, 1);
  std::uint64_t fingerprint = 0;
  Index state_floats = 0, stream_floats = 0;

  explicit Parts(const Safetensors& file);
  /// The memory of a stream that begins at `base`; null to learn its size.
  StreamMemory lay_out(float* base) const;

 private:
  struct Reader;
};

/// Lets the library look into a model, and open one whose file it has read.
struct StreamModelParts {
  static const StreamModel::Parts& of(const StreamModel& model) { return *model.parts_; }
  static std::shared_ptr<const StreamModel> open(const Safetensors& file);
};

/// The vocabulary of a language model. Throws ConfigError for any other.
const Vocabulary& vocabulary_of(const StreamModel& model);

}  // namespace recur
