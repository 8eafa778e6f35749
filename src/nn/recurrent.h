// A stack of recurrent layers: any cell, widths of their own, one or two directions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/pass.h"

namespace recur {

struct Cell;

/// How the outputs of the two directions of a layer become one.
enum class Merge { concat, sum, ave, mul };

struct RecurrentConfig {
  std::string cell = "lstm";       ///< any of all_cells()
  Index input_size = 0;            ///< features of a time step
  std::vector<Index> hidden_size;  ///< units of each layer (in each direction)
  bool bidirectional = false;
  Merge merge = Merge::concat;  ///< of the two directions
  bool residual =
      false;  ///< adds a layer's input to its output where the widths are equal, first layer excepted
  bool layer_norm = false;  ///< on W·x and on U·h separately, per gate, before their sum
  Index proj_size =
      0;  ///< width of h after a projection in each direction; 0: none. Not for cells that read h
  double dropout = 0;  ///< between layers, a fresh mask at each step
  /// On the input of each layer and the last output, one mask a sequence: one number for all of them, or one
  /// each, layers + 1. Empty: none.
  std::vector<double> variational_dropout{};
  double recurrent_dropout = 0;  ///< on the h that enters its product, one mask a sequence
  double weight_drop = 0;        ///< on weight_hh itself, one mask a batch (Merity et al. 2018, section 2)
  double zoneout = 0;            ///< probability that a unit of a state keeps its value for a step
};

/// The states of a stack: for each layer and direction the states of the cell, [N, width] each, in the order
/// of the batch's sequences. A value: it can be kept, copied, restored, reordered.
struct RecurrentState {
  std::vector<Var> parts;  ///< [(layer·directions + direction)·states + state]

  /// The states without their history: constants (truncated backpropagation).
  RecurrentState detached() const;
  /// Copies of the sequences `rows`, in that order; a row may occur often (beam search).
  RecurrentState select(const std::vector<Index>& rows) const;
  /// Sets the state of single sequences back to zero.
  void reset(const std::vector<Index>& rows);
};

struct RecurrentOutput {
  Sequence y;            ///< [rows, output_size()] of the last layer
  Var undropped;         ///< the same before the last mask of variational_dropout
  RecurrentState state;  ///< after the last step of each sequence
};

/// Layers of one cell, each reading the one below.
class Recurrent {
 public:
  /// Adds its parameters, named prefix + weight_ih_l0, weight_hh_l0, bias_l0, …_reverse (and weight_unit_,
  /// weight_hr_, weight_ln_x_, weight_ln_h_ where there are such). Throws ConfigError for what cannot go
  /// together.
  Recurrent(const RecurrentConfig& config, Parameters& parameters, const std::string& prefix = "");
  ~Recurrent();

  const RecurrentConfig& config() const { return config_; }
  const Cell& cell() const { return *cell_; }
  Index output_size() const { return output_size_; }
  Index layers() const { return static_cast<Index>(config_.hidden_size.size()); }
  Index directions() const { return config_.bidirectional ? 2 : 1; }
  /// Width of a state (0: h) of a layer.
  Index state_width(Index layer, Index state) const;
  /// As in "h_l0" or "c_l1_reverse": the name of a part of the state.
  std::string state_name(std::size_t part) const;

  /// A state of zeros for a batch of `batch` sequences.
  RecurrentState zero_state(Index batch) const;

  /// Whether forward() takes a table (Sequence::ids): not where something comes between it and the product.
  bool reads_tables(const Pass& pass) const;

  /// All time steps of a batch. x [rows, input_size], or a table.
  RecurrentOutput forward(const Pass& pass, const Sequence& x, const RecurrentState& initial);

 private:
  struct Direction;  // the parameters of one direction of one layer, and their packed copies
  Direction& at(Index layer, Index direction);
  /// Variational dropout on the input of a layer; of `layer` = layers(), on the last output.
  double locked_dropout(Index layer) const;

  RecurrentConfig config_;
  const Cell* cell_;
  Index output_size_ = 0;
  DType dtype_;
  std::vector<std::unique_ptr<Direction>> parts_;
};

}  // namespace recur
