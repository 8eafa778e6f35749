// Models of random weights as files, for tests of what runs a trained one.
#pragma once

#include <recur/stream.h>

#include <cstring>
#include <span>
#include <string>

#include "base/json.h"
#include "base/random.h"
#include "data/text/vocabulary.h"
#include "nn/model.h"
#include "simd/isa.h"
#include "tasks/lm_config.h"
#include "tensor/token_tensor.h"
#include "train/weights.h"

namespace recur {

/// A vocabulary of `size` characters: <unk>, then those from '!' on.
inline Vocabulary some_characters(Index size) {
  std::vector<std::string> units{std::string(Vocabulary::kUnknown)};
  for (Index i = 1; i < size; ++i) units.emplace_back(1, static_cast<char>('!' + i - 1));
  return Vocabulary(Level::character, units);
}

inline void randomise(Parameters& parameters, std::uint64_t seed = 7) {
  Random random(seed);
  for (Parameter& p : parameters) {
    for (Index i = 0; i < p.value.size(); ++i)
      p.value.data<float>()[i] =
          static_cast<float>((p.kind == ParameterKind::gain ? 1 : 0) + 0.5 * random.normal());
    ++p.version;
  }
}

inline std::vector<std::int32_t> random_tokens(Index count, Index vocabulary, std::uint64_t seed = 3) {
  Random random(seed);
  std::vector<std::int32_t> ids(static_cast<std::size_t>(count));
  for (std::int32_t& id : ids) id = static_cast<std::int32_t>(random.next_below(vocabulary));
  return ids;
}

/// The file of a language model over characters, with golden outputs.
inline ModelFile language_model_file(Model& model, const Vocabulary& vocabulary) {
  LmConfig config{.model = {model.config(), model.shape().tied}};
  config.data.level = vocabulary.level();
  ModelFile file{.task = "lm", .metrics = nlohmann::json::object(), .data_sha256 = "-"};
  file.config = to_json(options_of(config));
  for (const char* path : {"train", "valid", "test"}) file.config["data"].erase(path);
  file.isa = name(current_isa());
  append_weights(model.parameters(), file.tensors);
  file.blobs["vocabulary"] = vocabulary.to_bytes();
  ThreadPool pool(1);
  const Tensor ids = token_tensor(random_tokens(16, vocabulary.size()));
  file.tensors.push_back({"golden.tokens", ids});
  file.tensors.push_back(
      {"golden.logits",
       model.forward(Pass{.pool = pool}, ids, Layout::dense(16, 1), model.encoder().zero_state(1)).y.value});
  return file;
}

/// The same in one go: random weights.
inline ModelFile random_language_model(const ModelConfig& config, Index tokens, bool tied = false) {
  Model model(config, {.tokens = tokens, .outputs = tokens, .tied = tied});
  randomise(model.parameters());
  return language_model_file(model, some_characters(tokens));
}

/// The file of a model that reads numbers.
inline ModelFile model_of_numbers(const Model& model) {
  LmConfig config{.model = {model.config(), model.shape().tied}};
  ModelFile file{.task = "numbers", .metrics = nlohmann::json::object(), .data_sha256 = "-", .isa = "-"};
  file.config = to_json(options_of(config));
  append_weights(model.parameters(), file.tensors);
  return file;
}

/// The configuration of a language model around a recurrent stack.
inline ModelConfig model_config(const RecurrentConfig& c) {
  ModelConfig m{.embedding = 5, .cell = c.cell, .hidden_size = c.hidden_size};
  m.bidirectional = c.bidirectional;
  m.residual = c.residual;
  m.layer_norm = c.layer_norm;
  m.proj_size = c.proj_size;
  m.dropout = c.dropout;
  m.variational_dropout = c.variational_dropout;
  m.recurrent_dropout = c.recurrent_dropout;
  m.weight_drop = c.weight_drop;
  m.zoneout = c.zoneout;
  m.head = {6};
  return m;
}

/// A model file opened for streaming.
inline std::shared_ptr<const StreamModel> open(const ModelFile& file) {
  return StreamModel::parse(file.to_bytes(), "test.safetensors");
}

inline bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

}  // namespace recur
