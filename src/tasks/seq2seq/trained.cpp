#include "tasks/seq2seq/trained.h"

#include "base/error.h"
#include "tasks/file_config.h"
#include "train/weights.h"

namespace recur {
namespace {

/// What the tokens of an answer looked at: a row of weights a token, with the names of both sides.
nlohmann::ordered_json attention_of(const Seq2SeqPipeline& pipeline, const PairExample& example,
                                    const BeamResult& answer) {
  using nlohmann::ordered_json;
  ordered_json out{{"source", ordered_json::array()},
                   {"target", ordered_json::array()},
                   {"weights", ordered_json::array()}};
  for (const std::int32_t token : example.source)
    out["source"].push_back(Seq2SeqPipeline::name_of(pipeline.source(), token));
  const std::size_t width = example.source.size();
  for (std::size_t t = 0; t < answer.tokens.size(); ++t) {
    out["target"].push_back(Seq2SeqPipeline::name_of(pipeline.target(), answer.tokens[t]));
    const auto row = answer.attention.begin() + static_cast<std::ptrdiff_t>(t * width);
    out["weights"].push_back(std::vector<float>(row, row + static_cast<std::ptrdiff_t>(width)));
  }
  return out;
}

}  // namespace

void check_decoding(const Seq2SeqConfig& config) {
  const DecodeConfig& decode = config.decode;
  check<ConfigError>(decode.n_best <= decode.beam,
                     "n_best is {}, expected at most the {} hypotheses that are followed (--beam)",
                     decode.n_best, decode.beam);
  check<ConfigError>(decode.temperature == 0 || decode.n_best == 1,
                     "n_best is {} and temperature {}: one answer is drawn; with temperature 0 the best are "
                     "looked for",
                     decode.n_best, decode.temperature);
  check<ConfigError>(decode.max_length == 0 || decode.min_length <= decode.max_length,
                     "min_length is {}, expected at most max_length ({})", decode.min_length,
                     decode.max_length);
  check<ConfigError>(
      config.model.attention != AttentionScore::none ||
          (decode.coverage_penalty == 0 && !decode.show_attention),
      "coverage_penalty and show_attention need a model with attention, and this one has none");
}

TrainedSeq2Seq load_seq2seq(const ModelFile& file, const std::vector<Setting>& anew) {
  Seq2SeqConfig config;
  read_config(file, "seq2seq", "one that writes texts for texts (seq2seq)", options_of(config));
  set_options(anew, options_of(config));
  check_decoding(config);
  TrainedSeq2Seq trained{config, Seq2SeqPipeline(config, file), nullptr};
  try {
    trained.net = std::make_unique<Seq2SeqNet>(config.model, Seq2SeqShape::of(trained.pipeline), DType::f32,
                                               admission_of(file));
  } catch (const ConfigError& error) {
    fail<FormatError>("{}: {}", file.where, error.what());
  }
  load_weights(file, trained.net->parameters());
  return trained;
}

nlohmann::ordered_json TrainedSeq2Seq::json_of(const PairExample& example,
                                               const std::vector<BeamResult>& answers) const {
  using nlohmann::ordered_json;
  const auto one = [&](const BeamResult& answer) {
    ordered_json json{{"text", pipeline.text_of(answer.tokens)},
                      {"score", answer.score},
                      {"log_probability", answer.log_probability}};
    if (config.decode.show_attention) json["attention"] = attention_of(pipeline, example, answer);
    return json;
  };
  ordered_json json = one(answers.front());
  if (config.decode.n_best == 1) return json;
  json["best"] = ordered_json::array();
  for (const BeamResult& answer : answers) json["best"].push_back(one(answer));
  return json;
}

}  // namespace recur
