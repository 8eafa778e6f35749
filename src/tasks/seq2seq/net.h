// The network of a seq2seq model: an encoder over the source, a decoder that writes and looks back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nn/attention.h"
#include "nn/embedding.h"
#include "nn/head.h"
#include "nn/recurrent.h"
#include "tasks/seq2seq/config.h"
#include "tasks/seq2seq/pipeline.h"

namespace recur {

/// What goes in and comes out: tokens of each side, </s> and <s> included.
struct Seq2SeqShape {
  Index source = 0, target = 0;

  static Seq2SeqShape of(const Seq2SeqPipeline& pipeline) {
    return {pipeline.source().size(), pipeline.target().size()};
  }
};

/// A source as a decoder sees it, made once however much is written.
struct EncodedSources {
  RecurrentState state;    ///< what the decoder begins with
  AttentionMemory memory;  ///< empty without attention
};

/// Where a decoder stands, of any number of texts that are written together.
struct DecoderState {
  RecurrentState recurrent;
  Var fed;                     ///< [N, readout]: what the last step saw; undefined without input feeding
  std::vector<Index> sources;  ///< [N] the source of each

  /// Copies of the texts `rows`, in that order; a row may occur often.
  DecoderState select(const std::vector<Index>& rows) const;
};

class Seq2SeqNet {
 public:
  /// Throws ConfigError for options that cannot go together.
  Seq2SeqNet(const Seq2SeqModelConfig& config, const Seq2SeqShape& shape, DType dtype = DType::f32,
             Parameters::Admission admission = {});

  /// Draws the initial weights; a function of the seed.
  void initialise(std::uint64_t seed);

  const Seq2SeqModelConfig& config() const { return config_; }
  const Seq2SeqShape& shape() const { return shape_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  /// "lstm 256, bidirectional, decoder 512, attention additive".
  std::string description() const;

  /// Tokens i32 [rows], packed as the layout says.
  EncodedSources encode(const Pass& pass, const Tensor& sources, const LayoutPtr& layout);

  /// Logits [rows, target] of what follows each of `inputs` i32 [rows], which are given: text n belongs to
  /// source n.
  Var decode(const Pass& pass, const EncodedSources& sources, const Tensor& inputs, const LayoutPtr& layout);

  /// The beginning of a text for each source in `sources`.
  DecoderState begin(const EncodedSources& encoded, std::vector<Index> sources) const;
  struct Step {
    Tensor logits;  ///< [N, target]
    Attended seen;  ///< undefined without attention
  };
  /// One step of each text: reads a token [N] and says what may come next.
  Step step(const Pass& pass, const EncodedSources& encoded, DecoderState& state, const Tensor& tokens);

 private:
  struct Look {
    Var readout;
    Attended seen;
  };
  /// What the decoder says and sees, joined: [rows, readout].
  Look look(const Pass& pass, const Var& y, std::span<const Index> sources,
            const AttentionMemory& memory) const;
  Var head(const Pass& pass, const Var& readout, const Layout& layout) const;
  Var decode_by_steps(const Pass& pass, const EncodedSources& sources, const Var& x, const Layout& layout);

  Seq2SeqModelConfig config_;
  Seq2SeqShape shape_;
  Parameters parameters_;
  std::optional<Embedding> source_embedding_, target_embedding_;
  std::optional<Recurrent> encoder_, decoder_;
  std::vector<Linear> bridge_;  // to each part of the decoder's state
  std::optional<Attention> attention_;
  std::optional<Linear> readout_;
  std::optional<Head> head_;
};

}  // namespace recur
