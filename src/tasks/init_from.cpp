#include "tasks/init_from.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "data/words/normalise.h"
#include "formats/model_file.h"
#include "formats/model_header.h"
#include "tasks/file_config.h"
#include "tasks/lm_config.h"

namespace recur {
namespace {

/// A language model's file and options.
struct Source {
  ModelFile file;
  LmConfig config;
};

Source read_source(const std::filesystem::path& run) {
  Source source{ModelFile::read(model_path(run)), {}};
  check<ConfigError>(source.file.task == "lm",
                     "{}: is of the task '{}', and --init-from begins with a language model (lm)",
                     source.file.where, source.file.task);
  read_config(source.file, "lm", "a language model (lm)", options_of(source.config));
  return source;
}

const Tensor& embedding_of(const Source& source) {
  const Tensor* const table = source.file.find("embedding.weight");
  check<FormatError>(table != nullptr && table->shape().rank() == 2 && table->dtype() == DType::f32,
                     "{}: it has no embedding; the file was changed after training", source.file.where);
  return *table;
}

/// Copies the rows of words that both know; returns how many.
Index take_embedding(const Source& source, const Vocabulary& vocabulary, Parameter& embedding) {
  const Vocabulary known =
      Vocabulary::from_bytes(vocabulary.level(), source.file.blob("vocabulary"), source.file.where);
  const Tensor& table = source.file.at("embedding.weight", {known.size(), embedding.value.dim(1)});
  const Index width = table.dim(1);
  Index count = 0;
  for (Index word = 0; word < vocabulary.size(); ++word) {
    std::int32_t id = known.id(vocabulary.unit(word));
    const bool is_unknown = vocabulary.unknown() == word;
    if (!is_unknown && known.unknown() == id && vocabulary.level() == Level::word)
      id = known.id(lower_case(vocabulary.unit(word)));
    if (!is_unknown && known.unknown() == id) continue;
    std::copy_n(table.data<float>() + id * width, width, embedding.value.data<float>() + word * width);
    count += is_unknown ? 0 : 1;
  }
  ++embedding.version;
  return count;
}

/// Copies a weight, or its first columns; false where it does not fit.
bool take(const Tensor& from, Parameter& to) {
  const int rank = from.shape().rank();
  if (from.dtype() != DType::f32 || rank != to.value.shape().rank() || from.dim(0) != to.value.dim(0))
    return false;
  const Index wide = rank == 1 ? 1 : from.dim(1), wider = rank == 1 ? 1 : to.value.dim(1);
  if (wide > wider) return false;
  for (Index row = 0; row < from.dim(0); ++row)
    std::copy_n(from.data<float>() + row * wide, wide, to.value.data<float>() + row * wider);
  ++to.version;
  return true;
}

}  // namespace

Index embedding_width_of(const std::filesystem::path& run) { return embedding_of(read_source(run)).dim(1); }

std::string begin_with_language_model(const std::filesystem::path& run, const Vocabulary& vocabulary,
                                      const ModelConfig& config, Parameters& parameters) {
  const Source source = read_source(run);
  const std::string& where = source.file.where;
  const ModelConfig& model = source.config.model;
  check<ConfigError>(source.config.data.level == vocabulary.level(),
                     "{}: reads {}, and this model {}; give the same --level", where,
                     plural(source.config.data.level), plural(vocabulary.level()));
  check<ConfigError>(model.cell == config.cell, "{}: its cell is {}, and this model's {}; give --cell {}",
                     where, model.cell, config.cell, model.cell);
  check<ConfigError>(
      model.hidden_size.front() == config.hidden_size.front() && model.proj_size == config.proj_size &&
          model.layer_norm == config.layer_norm,
      "{}: its first layer has {} units, proj_size {} and layer_norm {}, and this model's {}, {} "
      "and {}; give it the same",
      where, model.hidden_size.front(), model.proj_size, model.layer_norm, config.hidden_size.front(),
      config.proj_size, config.layer_norm);
  const Index words = take_embedding(source, vocabulary, *parameters.find("embedding.weight"));
  // A layer whole or not at all, from the lowest on: one above another is of no use without it.
  std::string taken;
  const std::size_t both = std::min(model.hidden_size.size(), config.hidden_size.size());
  for (std::size_t layer = 0; layer < both; ++layer) {
    if (model.hidden_size[layer] != config.hidden_size[layer]) break;
    const std::string suffix = "_l" + std::to_string(layer);
    bool fits = true;
    for (Parameter& p : parameters)
      if (p.name.starts_with("encoder.") && p.name.ends_with(suffix)) {
        const Tensor* const from = source.file.find(p.name);
        fits = fits && from != nullptr && take(*from, p);
      }
    if (!fits) break;
    taken += (taken.empty() ? "" : ", ") + std::to_string(layer);
  }
  check<ConfigError>(!taken.empty(), "{}: its first layer does not fit this model's", where);
  return fmt::format("begun with {}: the vectors of {} of {} {}, and layers {}{}", run.string(),
                     format_count(words), format_count(vocabulary.size() - (vocabulary.unknown() ? 1 : 0)),
                     plural(vocabulary.level()), taken,
                     config.bidirectional ? " as far as they read forwards" : "");
}

}  // namespace recur
