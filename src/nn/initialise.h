// Where weights begin. Everything is drawn in double from the stream that is given, in the order of the
// values: a seed gives the same numbers in every type and on every machine with the same C library.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <tuple>

#include "base/fields.h"
#include "base/random.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/recurrent.h"

namespace recur {

/// How a block of weights [out, in] is drawn.
enum class Initialiser {
  uniform,         ///< ±1/√in (of a recurrent layer: ±1/√H, its biases too), PyTorch's own
  glorot_uniform,  ///< ±√(6/(in + out)) (Glorot & Bengio 2010, eq. 16)
  glorot_normal,   ///< standard deviation √(2/(in + out))
  he_uniform,      ///< ±√(6/in) (He et al. 2015)
  he_normal,       ///< standard deviation √(2/in)
  orthogonal,      ///< orthonormal rows, or columns if there are fewer (Saxe et al. 2014)
  zeros,
};
constexpr std::array<std::string_view, 7> names_of(Initialiser) {
  return {"uniform", "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "orthogonal", "zeros"};
}

struct InitialiserConfig {
  Initialiser kernel_initializer = Initialiser::glorot_uniform;
  Initialiser recurrent_initializer = Initialiser::orthogonal;
  double forget_bias = 1;  ///< bias of a gate named f: above 0, a cell remembers before it has learned to
  double embedding_std = 0.1;

  static constexpr auto fields = std::tuple{
      field("kernel_initializer", &InitialiserConfig::kernel_initializer, "weights that multiply an input"),
      field("recurrent_initializer", &InitialiserConfig::recurrent_initializer,
            "weights that multiply h, each gate's apart"),
      field("forget_bias", &InitialiserConfig::forget_bias, "bias that forget gates start from")
          .between(-1e6, 1e6),
      field("embedding_std", &InitialiserConfig::embedding_std, "standard deviation of embeddings")
          .more_than(0)
          .at_most(1e6),
  };
};

/// Draws a matrix [out, in]; `fan_in` 0: its columns.
void initialise(const Tensor& matrix, Initialiser scheme, Random& random, Index fan_in = 0);
void initialise_constant(Parameter& parameter, double value);

/// W by config.kernel_initializer, unless it is another's; the bias 0, or with `uniform` drawn like W.
void initialise_linear(const Linear& linear, const InitialiserConfig& config, Random& random);
/// Normal; the padding row 0.
void initialise_embedding(const Embedding& embedding, const InitialiserConfig& config, Random& random);
/// All layers: weight_ih and weight_hh gate by gate, weight_hr as one; biases 0 (with kernel `uniform`:
/// drawn), but forget_bias where the cell has a gate named f; per-unit weights 0 (with recurrent `uniform`:
/// drawn); gains of layer norm 1. `prefix` is the one that the layers were made with.
void initialise_recurrent(const Recurrent& recurrent, Parameters& parameters, const InitialiserConfig& config,
                          Random& random, const std::string& prefix = "");

}  // namespace recur
