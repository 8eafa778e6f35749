// The [model] table: what a model is made of, for every task.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/fields.h"
#include "nn/initialise.h"
#include "nn/pooling.h"
#include "nn/recurrent.h"

namespace recur {

constexpr std::array<std::string_view, 4> names_of(Merge) { return {"concat", "sum", "ave", "mul"}; }

/// How a sequence becomes one vector, for the tasks that answer once a sequence.
struct PoolConfig {
  Pool pool = Pool::last;
  Index attention_size = 64;

  static constexpr auto fields = std::tuple{
      field("pool", &PoolConfig::pool, "what the head sees of a sequence"),
      field("attention_size", &PoolConfig::attention_size, "units of the attention that weighs steps")
          .between(1, 1 << 20),
  };
};

struct ModelConfig : InitialiserConfig {
  /// A layer may be so wide: products of widths stay far from overflow, whatever a file says.
  static constexpr double kWidest = 1 << 20;

  Index embedding = 128;
  double embedding_dropout = 0;
  std::string cell = "lstm";
  std::vector<Index> hidden_size{256};
  bool bidirectional = false;
  Merge merge = Merge::concat;
  bool residual = false;
  bool layer_norm = false;
  Index proj_size = 0;
  double dropout = 0;
  std::vector<double> variational_dropout{};
  double recurrent_dropout = 0, weight_drop = 0, zoneout = 0;
  std::vector<Index> head{};
  double head_dropout = 0;

  static constexpr auto fields = std::tuple_cat(
      std::tuple{
          field("embedding", &ModelConfig::embedding, "width of a token's vector").between(1, kWidest),
          field("embedding_dropout", &ModelConfig::embedding_dropout,
                "share of the vocabulary that is left out of a batch, each word wherever it stands")
              .at_least(0)
              .less_than(1),
          field("cell", &ModelConfig::cell, "recurrent cell: any that `recur show` lists"),
          field("hidden_size", &ModelConfig::hidden_size, "units of each recurrent layer, one entry a layer")
              .between(1, kWidest),
          field("bidirectional", &ModelConfig::bidirectional, "whether layers read in both directions"),
          field("merge", &ModelConfig::merge, "how the outputs of the two directions become one"),
          field("residual", &ModelConfig::residual,
                "adds the input of a layer after the first to its output where their widths are equal"),
          field("layer_norm", &ModelConfig::layer_norm,
                "layer norm inside the cell, on W·x and on U·h, per gate"),
          field("proj_size", &ModelConfig::proj_size, "width of h after a projection; 0: none")
              .between(0, kWidest),
          field("dropout", &ModelConfig::dropout,
                "on the embedding, between layers and before the head, a fresh mask at each step")
              .at_least(0)
              .less_than(1),
          field("variational_dropout", &ModelConfig::variational_dropout,
                "on the input of each layer and the last output, one mask a sequence: one number, or one "
                "each (AWD-LSTM's dropouti, dropouth, dropout)")
              .at_least(0)
              .less_than(1),
          field("recurrent_dropout", &ModelConfig::recurrent_dropout,
                "on the h that enters its product, one mask a sequence")
              .at_least(0)
              .less_than(1),
          field("weight_drop", &ModelConfig::weight_drop,
                "on the weights that multiply h, one mask a batch (DropConnect, as in AWD-LSTM)")
              .at_least(0)
              .less_than(1),
          field("zoneout", &ModelConfig::zoneout,
                "probability that a unit's state keeps its value for a step")
              .at_least(0)
              .less_than(1),
          field("head", &ModelConfig::head,
                "widths of linear layers (with ReLU) between the last layer and the output")
              .between(1, kWidest),
          field("head_dropout", &ModelConfig::head_dropout, "on the outputs of those layers")
              .at_least(0)
              .less_than(1),
      },
      InitialiserConfig::fields);

  /// "lstm 256,256".
  std::string description() const {
    std::string text = cell + " ";
    for (std::size_t i = 0; i < hidden_size.size(); ++i)
      text += (i == 0 ? "" : ",") + std::to_string(hidden_size[i]);
    return text + (bidirectional ? ", bidirectional" : "");
  }

  /// The recurrent part, for inputs of `input_size` features.
  RecurrentConfig recurrent(Index input_size) const {
    return {.cell = cell,
            .input_size = input_size,
            .hidden_size = hidden_size,
            .bidirectional = bidirectional,
            .merge = merge,
            .residual = residual,
            .layer_norm = layer_norm,
            .proj_size = proj_size,
            .dropout = dropout,
            .variational_dropout = variational_dropout,
            .recurrent_dropout = recurrent_dropout,
            .weight_drop = weight_drop,
            .zoneout = zoneout};
  }
};

/// The [model] table of a task that answers once a sequence.
struct PooledModelConfig : ModelConfig, PoolConfig {
  static constexpr auto fields = std::tuple_cat(ModelConfig::fields, PoolConfig::fields);
};

}  // namespace recur
