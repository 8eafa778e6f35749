// The options of task seq2seq.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "data/pairs/pair_source.h"
#include "data/text/subwords.h"
#include "data/words/normalise.h"
#include "decode/decode_config.h"
#include "nn/attention.h"
#include "nn/model_config.h"
#include "train/config.h"

namespace recur {

/// What a word is.
/// - unicode, space: as Segmentation.
/// - mteval: as mteval-v13a finds them, by which BLEU is counted.
enum class PairSegmentation { unicode, space, mteval };
constexpr std::array<std::string_view, 3> names_of(PairSegmentation) { return {"unicode", "space", "13a"}; }

struct Seq2SeqDataConfig : PairSource {
  double valid_fraction = 0.05;
  Level level = Level::word;
  PairSegmentation segment = PairSegmentation::unicode;
  bool lower_case = true;
  Index min_count = 2;
  Index max_vocabulary = 0;
  SubwordKind subwords = SubwordKind::unigram;
  Index max_source_length = 100, max_target_length = 100;
  bool many_references = false;
  Index turns = 1;

  static constexpr auto fields = std::tuple_cat(
      PairSource::fields,
      std::tuple{
          field("valid_fraction", &Seq2SeqDataConfig::valid_fraction,
                "share of the training pairs that validates where no others do")
              .more_than(0)
              .less_than(1),
          field("level", &Seq2SeqDataConfig::level, "what a token is, on both sides"),
          field(
              "segment", &Seq2SeqDataConfig::segment,
              "words: unicode finds them in text as people write it, space takes what white space parts, 13a "
              "what BLEU counts"),
          field("lower_case", &Seq2SeqDataConfig::lower_case, "whether capitals become small letters"),
          field("min_count", &Seq2SeqDataConfig::min_count, "rarer tokens become <unk>; of sub-words none do")
              .at_least(1),
          field("max_vocabulary", &Seq2SeqDataConfig::max_vocabulary,
                "size of each vocabulary, of sources and of targets; 0: no limit, of sub-words 8000")
              .at_least(0),
          field("subwords", &Seq2SeqDataConfig::subwords,
                "level subword: how they are found and put together"),
          field("max_source_length", &Seq2SeqDataConfig::max_source_length,
                "tokens of a source that are read; the rest is cut off; 0: all")
              .at_least(0),
          field("max_target_length", &Seq2SeqDataConfig::max_target_length,
                "tokens of a target that are learned; the rest is cut off; 0: all")
              .at_least(0),
          field(
              "turns", &Seq2SeqDataConfig::turns,
              "utterances that a source holds, the last of a conversation: in tables a row goes on from the "
              "one before it if its source is that one's target")
              .between(1, 100),
          field(
              "many_references", &Seq2SeqDataConfig::many_references,
              "whether the targets of equal sources are all right: the source is scored once, against all of "
              "them"),
      });
};

struct Seq2SeqModelConfig : ModelConfig {
  Seq2SeqModelConfig() {
    embedding = 256;
    hidden_size = {256};
    bidirectional = true;
    dropout = 0.3;
  }
  std::vector<Index> decoder_size{};
  AttentionScore attention = AttentionScore::additive;
  Index attention_size = 256;
  bool input_feeding = false;
  Index readout = 256;

  static constexpr auto fields = std::tuple_cat(
      ModelConfig::fields,
      std::tuple{
          field("decoder_size", &Seq2SeqModelConfig::decoder_size,
                "units of each layer of the decoder, one entry a layer; not given: hidden_size")
              .between(1, kWidest),
          field("attention", &Seq2SeqModelConfig::attention,
                "how the decoder scores the steps of the source; none: it sees their end alone"),
          field("attention_size", &Seq2SeqModelConfig::attention_size, "units of the additive score")
              .between(1, kWidest),
          field("input_feeding", &Seq2SeqModelConfig::input_feeding,
                "whether a step of the decoder reads what the last one saw, too (Luong et al. 2015, section "
                "3.3); training takes its steps one by one then"),
          field("readout", &Seq2SeqModelConfig::readout,
                "width of the layer (tanh) that joins what the decoder says and sees")
              .between(1, kWidest),
      });

  const std::vector<Index>& decoder_layers() const {
    return decoder_size.empty() ? hidden_size : decoder_size;
  }
};

/// What the best epoch is chosen by, on validation.
enum class Seq2SeqChoice { loss, bleu };
constexpr std::array<std::string_view, 2> names_of(Seq2SeqChoice) { return {"loss", "bleu"}; }

struct Seq2SeqTrainConfig : TrainConfig {
  Seq2SeqTrainConfig() { batch_size = 64; }
  Seq2SeqChoice choose_by = Seq2SeqChoice::loss;
  double scheduled_sampling = 0;

  static constexpr auto fields = std::tuple_cat(
      TrainConfig::fields,
      std::tuple{
          field("choose_by", &Seq2SeqTrainConfig::choose_by,
                "what the best epoch is chosen by on the validation "
                "pairs: the loss, or BLEU of greedy answers"),
          field(
              "scheduled_sampling", &Seq2SeqTrainConfig::scheduled_sampling,
              "share of the target's tokens in whose place the decoder reads its own, as it will have to; it "
              "grows from 0 in the first epoch to this in the last (Bengio et al. 2015, section 2.4)")
              .at_least(0)
              .less_than(1),
      });
};

struct Seq2SeqConfig {
  std::string task = "seq2seq";
  Index seed = 42;
  Seq2SeqDataConfig data{};
  Seq2SeqModelConfig model{};
  Seq2SeqTrainConfig train{};
  DecodeConfig decode{};

  static constexpr auto fields = std::tuple{
      field("task", &Seq2SeqConfig::task, "what is learned"),
      field("seed", &Seq2SeqConfig::seed, "of all random numbers").at_least(0),
      field("data", &Seq2SeqConfig::data, "what is read, and how"),
      field("model", &Seq2SeqConfig::model, "what the model is made of"),
      field("train", &Seq2SeqConfig::train, "how it is trained"),
      field("decode", &Seq2SeqConfig::decode, "how answers are looked for"),
  };
};

}  // namespace recur
