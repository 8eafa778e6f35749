// What an opened model is made of, and where a stream of it keeps what.
#pragma once

#include <recur/stream.h>

#include "base/aligned.h"
#include "data/text/vocabulary.h"
#include "formats/safetensors.h"
#include "kernels/scan_step.h"

namespace recur {

/// Parts of a stream's memory begin on a cache line.
constexpr Index padded(Index size) { return (size + 15) / 16 * 16; }

/// A linear layer, packed.
struct StreamLinear {
  Index input = 0, output = 0;
  AlignedBuffer<float> buffer, bias;
  AlignedBuffer<std::uint32_t> pairs;  // instead of the buffer, of bfloat16 weights
  Panels<float> panels;
};

/// A recurrent layer, packed, and where a stream keeps its states.
struct StreamLayer {
  ScanWeights<float> weights;
  AlignedBuffer<float> bias, unit, gain_ih, gain_hh, scale_ih, scale_hh, scale_hr;
  AlignedBuffer<float> table;  // [tokens, Gx·H]: the input's product of each token; empty without
  bool residual = false;
  bool whole_input = false;  // the input's product comes apart from the gates
  Index state[4] = {};       // of each state, in a stream's memory

  Index width() const { return weights.shape.recurrent(); }
};

/// Where the things of streams that step together lie in their memory: the states first, then what a step
/// computes, a row a stream.
struct StreamMemory {
  Index rows = 1;
  std::vector<ScanStep<float>> scans;  // one a layer
  std::vector<float*> linear;          // what each linear layer gives
  float* pre = nullptr;                // room for the first layer's product with its input; null without
  Index floats = 0;                    // in all

  /// What it takes beside them.
  std::size_t bytes() const {
    return scans.size() * sizeof(ScanStep<float>) + linear.size() * sizeof(float*);
  }
};

struct StreamModel::Parts {
  std::string task;
  const Cell* cell = nullptr;
  const Kernels<float>& k = kernels<float>();
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
  /// Whether the first layer has a table.
  bool tabled() const { return layers[0].table.size() > 0; }
  /// What the first layer reads of a token: a row of the embedding, or of the layer's table where it has one.
  std::span<const float> embedding_of(std::int32_t token) const {
    return {embedding.data() + token * embedding_width, static_cast<std::size_t>(embedding_width)};
  }
  std::span<const float> product_of(std::int32_t token) const {
    const AlignedBuffer<float>& table = layers[0].table;
    return {table.data() + token * (table.size() / tokens), static_cast<std::size_t>(table.size() / tokens)};
  }

  /// The memory of as many streams as the layout has sequences, which begins at `base`; null to learn its
  /// size. The layout must outlive it.
  StreamMemory lay_out(const Layout& layout, float* base) const;
  /// One step of all layers and the head, from `x` [rows, width] to memory.linear.back(). Null x: the first
  /// layer's product with the input lies ready in `pre` [rows, Gx·H].
  void step(StreamMemory& memory, const float* x, const float* pre) const noexcept;
  /// The head, of what the last layer gave.
  void answer(StreamMemory& memory, const float* x) const noexcept;

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
