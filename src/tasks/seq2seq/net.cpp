#include "tasks/seq2seq/net.h"

#include <algorithm>

#include "base/error.h"
#include "base/flush_to_zero.h"
#include "kernels/cell_registry.h"
#include "nn/dropout.h"
#include "nn/initialise.h"
#include "nn/ops.h"

namespace recur {
namespace {

enum Site : std::uint32_t { kSources, kEncoded, kTargets, kReadout, kHead };  // kHead + layer

/// The decoder's layers are numbered as the encoder's are: their masks are drawn from another seed.
Pass for_decoder(Pass pass) {
  pass.seed += 0x5eeded;
  return pass;
}

std::vector<Index> sequences_of_rows(const Layout& layout) {
  std::vector<Index> sequences;
  sequences.reserve(static_cast<std::size_t>(layout.rows()));
  for (Index t = 0; t < layout.steps(); ++t)
    for (Index p = 0; p < layout.active(t); ++p) sequences.push_back(layout.sequence(p));
  return sequences;
}

RecurrentConfig decoder_config(const Seq2SeqModelConfig& config) {
  const Index input = config.embedding + (config.input_feeding ? config.readout : 0);
  RecurrentConfig decoder = config.recurrent(input);
  decoder.hidden_size = config.decoder_layers();
  decoder.bidirectional = false;
  decoder.merge = Merge::concat;
  return decoder;
}

}  // namespace

DecoderState DecoderState::select(const std::vector<Index>& rows) const {
  DecoderState chosen{.recurrent = recurrent.select(rows), .fed = {}, .sources = {}};
  if (fed.defined()) chosen.fed = RecurrentState{{fed}}.select(rows).parts.front();
  for (const Index row : rows) chosen.sources.push_back(sources[static_cast<std::size_t>(row)]);
  return chosen;
}

Seq2SeqNet::Seq2SeqNet(const Seq2SeqModelConfig& config, const Seq2SeqShape& shape, DType dtype,
                       Parameters::Admission admission)
    : config_(config), shape_(shape), parameters_(dtype, std::move(admission)) {
  check<ConfigError>(!config.input_feeding || config.attention != AttentionScore::none,
                     "input_feeding hands on what the decoder saw, and attention none sees nothing");
  source_embedding_.emplace(parameters_, "source", shape.source, config.embedding);
  target_embedding_.emplace(parameters_, "target", shape.target, config.embedding);
  encoder_.emplace(config.recurrent(config.embedding), parameters_, "encoder.");
  decoder_.emplace(decoder_config(config), parameters_, "decoder.");
  const auto states = static_cast<Index>(encoder_->cell().states.size());
  for (Index layer = 0; layer < decoder_->layers(); ++layer)
    for (Index s = 0; s < states; ++s) {
      const Index below = std::min(layer, encoder_->layers() - 1);
      bridge_.emplace_back(parameters_, "bridge." + decoder_->state_name(bridge_.size()),
                           encoder_->directions() * encoder_->state_width(below, s),
                           decoder_->state_width(layer, s));
    }
  Index width = decoder_->output_size();
  if (config.attention != AttentionScore::none) {
    attention_.emplace(
        parameters_, "attention.", config.attention,
        Attention::Shape{.query = width, .memory = encoder_->output_size(), .size = config.attention_size});
    width += encoder_->output_size();
  }
  readout_.emplace(parameters_, "readout", width, config.readout);
  head_.emplace(parameters_, "head.", config.readout, config, shape.target);
}

void Seq2SeqNet::initialise(std::uint64_t seed) {
  Random random(seed, /*stream=*/0);
  initialise_embedding(*source_embedding_, config_, random);
  initialise_embedding(*target_embedding_, config_, random);
  initialise_recurrent(*encoder_, parameters_, config_, random, "encoder.");
  initialise_recurrent(*decoder_, parameters_, config_, random, "decoder.");
  for (const Linear& bridge : bridge_) initialise_linear(bridge, config_, random);
  if (attention_) attention_->initialise(config_, random);
  initialise_linear(*readout_, config_, random);
  head_->initialise(config_, random);
}

std::string Seq2SeqNet::description() const {
  std::string text = config_.description() + ", decoder ";
  for (const Index& size : config_.decoder_layers())
    text += (&size == config_.decoder_layers().data() ? "" : ",") + std::to_string(size);
  text += config_.attention == AttentionScore::none
              ? ", no attention"
              : ", attention " + std::string(to_name(config_.attention));
  return text + (config_.input_feeding ? ", input feeding" : "");
}

EncodedSources Seq2SeqNet::encode(const Pass& pass, const Tensor& sources, const LayoutPtr& layout) {
  const FlushToZero flush;
  const Var x = dropout(pass, source_embedding_->forward(pass, sources, config_.embedding_dropout, 0),
                        *layout, config_.dropout, kOutsideLayers, kSources);
  const RecurrentOutput encoded =
      encoder_->forward(pass, Sequence{x, layout}, encoder_->zero_state(layout->batch()));
  EncodedSources out;
  const std::size_t states = encoder_->cell().states.size(),
                    both = static_cast<std::size_t>(encoder_->directions());
  for (std::size_t part = 0; part < bridge_.size(); ++part) {
    const std::size_t layer = std::min(part / states, static_cast<std::size_t>(encoder_->layers()) - 1);
    const std::size_t from = layer * both * states + part % states;
    Var end = encoded.state.parts[from];
    if (both == 2) end = concat(pass, end, encoded.state.parts[from + states]);
    out.state.parts.push_back(activate(pass, Activation::tanh, bridge_[part].forward(pass, end)));
  }
  if (attention_) {
    const Var y = dropout(pass, encoded.y.rows, *layout, config_.dropout, kOutsideLayers, kEncoded);
    out.memory = attention_->remember(pass, Sequence{y, layout});
  }
  return out;
}

Seq2SeqNet::Look Seq2SeqNet::look(const Pass& pass, const Var& y, std::span<const Index> sources,
                                  const AttentionMemory& memory) const {
  Look out;
  Var joined = y;
  if (attention_) {
    out.seen = attention_->attend(pass, y, sources, memory);
    joined = concat(pass, y, out.seen.context);
  }
  out.readout = activate(pass, Activation::tanh, readout_->forward(pass, joined));
  return out;
}

Var Seq2SeqNet::head(const Pass& pass, const Var& readout, const Layout& layout) const {
  return head_->forward(pass, dropout(pass, readout, layout, config_.dropout, kOutsideLayers, kReadout),
                        layout, kHead);
}

Var Seq2SeqNet::decode(const Pass& pass, const EncodedSources& sources, const Tensor& inputs,
                       const LayoutPtr& layout) {
  const FlushToZero flush;
  const Var x = dropout(pass, target_embedding_->forward(pass, inputs, config_.embedding_dropout, 1), *layout,
                        config_.dropout, kOutsideLayers, kTargets);
  Var readout;
  if (config_.input_feeding) {
    readout = decode_by_steps(pass, sources, x, *layout);
  } else {
    const Var y = decoder_->forward(for_decoder(pass), Sequence{x, layout}, sources.state).y.rows;
    readout = look(pass, y, sequences_of_rows(*layout), sources.memory).readout;
  }
  return head(pass, readout, *layout);
}

Var Seq2SeqNet::decode_by_steps(const Pass& pass, const EncodedSources& sources, const Var& x,
                                const Layout& layout) {
  if (layout.rows() == 0) return Tensor::zeros({0, config_.readout}, x.dtype());
  const std::vector<Index> sequences = sequences_of_rows(layout);
  const std::span<const Index> of_row(sequences);
  Index active = layout.active(0);
  RecurrentState state;
  const std::vector<Index> by_position(sequences.begin(), sequences.begin() + active);
  for (const Var& part : sources.state.parts) state.parts.push_back(gather_rows(pass, part, by_position));
  Var fed = Tensor::zeros({active, config_.readout}, x.dtype());
  std::vector<Var> readouts;
  Pass now = for_decoder(pass);
  for (Index t = 0; t < layout.steps(); ++t, ++now.first_time) {
    if (layout.active(t) < active) {  // the longest come first: those at the end are done
      active = layout.active(t);
      for (Var& part : state.parts) part = slice_rows(pass, part, 0, active);
      fed = slice_rows(pass, fed, 0, active);
    }
    const Index first = layout.offset(t);
    const Var input = concat(pass, slice_rows(pass, x, first, first + active), fed);
    RecurrentOutput out = decoder_->forward(now, Sequence{input, Layout::dense(1, active)}, state);
    state = std::move(out.state);
    fed = look(pass, out.y.rows,
               of_row.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(active)),
               sources.memory)
              .readout;
    readouts.push_back(fed);
  }
  return stack_rows(pass, readouts);
}

DecoderState Seq2SeqNet::begin(const EncodedSources& encoded, std::vector<Index> sources) const {
  DecoderState state{.recurrent = encoded.state.select(sources), .fed = {}, .sources = {}};
  if (config_.input_feeding)
    state.fed = Tensor::zeros({static_cast<Index>(sources.size()), config_.readout}, parameters_.dtype());
  state.sources = std::move(sources);
  return state;
}

Seq2SeqNet::Step Seq2SeqNet::step(const Pass& pass, const EncodedSources& encoded, DecoderState& state,
                                  const Tensor& tokens) {
  const FlushToZero flush;
  const LayoutPtr layout = Layout::dense(1, tokens.size());
  Var x = target_embedding_->forward(pass, tokens);
  if (config_.input_feeding) x = concat(pass, x, state.fed);
  RecurrentOutput out = decoder_->forward(pass, Sequence{x, layout}, state.recurrent);
  state.recurrent = std::move(out.state);
  Look saw = look(pass, out.y.rows, state.sources, encoded.memory);
  if (config_.input_feeding) state.fed = saw.readout;
  return {.logits = head(pass, saw.readout, *layout).value, .seen = std::move(saw.seen)};
}

}  // namespace recur
