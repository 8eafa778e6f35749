#include "nn/initialise.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "kernels/cell_registry.h"

namespace recur {
namespace {

template <class Draw>
void fill(const Tensor& t, Draw&& draw) {
  with_float_type(t.dtype(), [&]<class T>(T) {
    for (Index i = 0; i < t.size(); ++i) t.data<T>()[i] = static_cast<T>(draw());
  });
}

void fill_uniform(const Tensor& t, double bound, Random& random) {
  fill(t, [&] { return random.uniform(-bound, bound); });
}
void fill_normal(const Tensor& t, double deviation, Random& random) {
  fill(t, [&] { return deviation * random.normal(); });
}

/// Eight partial sums: the compiler may not reorder one, but it may keep eight in vectors.
double dot(const double* a, const double* b, Index n) {
  double part[8] = {};
  Index i = 0;
  for (; i + 8 <= n; i += 8)
    for (Index j = 0; j < 8; ++j) part[j] += a[i + j] * b[i + j];
  for (Index j = 0; i + j < n; ++j) part[j] += a[i + j] * b[i + j];
  return std::accumulate(part, part + 8, 0.0);
}

/// `count` orthonormal vectors of n ≥ count values, uniform over all such: normal ones, made orthogonal one
/// after the other (modified Gram-Schmidt). A vector that lost much of its length to those before is cleaned
/// a second time, which makes it orthogonal to rounding (Giraud et al. 2005).
std::vector<double> orthonormal(Index count, Index n, Random& random) {
  std::vector<double> vectors(static_cast<std::size_t>(count * n));
  for (double& v : vectors) v = random.normal();
  for (Index k = 0; k < count; ++k) {
    double* const v = vectors.data() + k * n;
    double before = dot(v, v, n);
    for (int pass = 0; pass < 2; ++pass) {
      for (Index other = 0; other < k; ++other) {
        const double* const q = vectors.data() + other * n;
        const double along = dot(v, q, n);
        for (Index i = 0; i < n; ++i) v[i] -= along * q[i];
      }
      const double after = dot(v, v, n);
      if (after > before / 2) break;
      before = after;
    }
    const double length = std::sqrt(dot(v, v, n));
    for (Index i = 0; i < n; ++i) v[i] /= length;
  }
  return vectors;
}

void fill_orthogonal(const Tensor& matrix, Random& random) {
  const Index rows = matrix.dim(0), columns = matrix.dim(1);
  const bool wide = rows <= columns;
  const std::vector<double> q = orthonormal(std::min(rows, columns), std::max(rows, columns), random);
  with_float_type(matrix.dtype(), [&]<class T>(T) {
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < columns; ++c)
        matrix.data<T>()[r * columns + c] =
            static_cast<T>(q[static_cast<std::size_t>(wide ? r * columns + c : c * rows + r)]);
  });
}

void fill_constant(const Tensor& t, double value) {
  fill(t, [&] { return value; });
}

}  // namespace

void initialise(const Tensor& matrix, Initialiser scheme, Random& random, Index fan_in) {
  RECUR_ASSERT(matrix.shape().rank() == 2);
  const double out = static_cast<double>(matrix.dim(0)),
               in = static_cast<double>(fan_in == 0 ? matrix.dim(1) : fan_in);
  switch (scheme) {
    case Initialiser::uniform:
      return fill_uniform(matrix, 1 / std::sqrt(in), random);
    case Initialiser::glorot_uniform:
      return fill_uniform(matrix, std::sqrt(6 / (in + out)), random);
    case Initialiser::glorot_normal:
      return fill_normal(matrix, std::sqrt(2 / (in + out)), random);
    case Initialiser::he_uniform:
      return fill_uniform(matrix, std::sqrt(6 / in), random);
    case Initialiser::he_normal:
      return fill_normal(matrix, std::sqrt(2 / in), random);
    case Initialiser::orthogonal:
      return fill_orthogonal(matrix, random);
    case Initialiser::zeros:
      return matrix.fill_zero();
  }
}

void initialise_constant(Parameter& parameter, double value) {
  fill_constant(parameter.value, value);
  ++parameter.version;
}

void initialise_linear(const Linear& linear, const InitialiserConfig& config, Random& random) {
  if (!linear.tied()) {
    initialise(linear.weight().value, config.kernel_initializer, random);
    ++linear.weight().version;
  }
  if (Parameter* const bias = linear.bias(); bias != nullptr) {
    initialise_constant(*bias, 0);
    if (config.kernel_initializer == Initialiser::uniform)
      fill_uniform(bias->value, 1 / std::sqrt(static_cast<double>(linear.input_size())), random);
  }
}

void initialise_embedding(const Embedding& embedding, const InitialiserConfig& config, Random& random) {
  Parameter& weight = embedding.weight();
  fill_normal(weight.value, config.embedding_std, random);
  if (const Index row = embedding.padding_idx(); row >= 0) weight.value.rows(row, row + 1).fill_zero();
  ++weight.version;
}

void initialise_recurrent(const Recurrent& recurrent, Parameters& parameters, const InitialiserConfig& config,
                          Random& random, const std::string& prefix) {
  const Cell& cell = recurrent.cell();
  check<ConfigError>(!recurrent.config().residual || recurrent.layers() > 1,
                     "residual has nothing to add: it needs a second layer");
  const bool forgets = std::ranges::any_of(cell.gates, [](const Gate& gate) { return gate.name == "f"; });
  check<ConfigError>(forgets || config.forget_bias == InitialiserConfig().forget_bias,
                     "forget_bias has nothing to act on: {} has no gate f", cell.name);
  for (Index layer = 0; layer < recurrent.layers(); ++layer) {
    const Index hidden = recurrent.config().hidden_size[static_cast<std::size_t>(layer)];
    for (Index direction = 0; direction < recurrent.directions(); ++direction) {
      const std::string suffix = "_l" + std::to_string(layer) + (direction == 1 ? "_reverse" : "");
      // Calls f with the parameter of that name, if the layer has one.
      const auto with = [&](const char* name, auto&& f) {
        Parameter* const p = parameters.find(prefix + name + suffix);
        if (p == nullptr) return;
        f(p->value);
        ++p->version;
      };
      const auto gate_by_gate = [&](Initialiser scheme) {
        return [&, scheme](const Tensor& w) {
          for (Index row = 0; row < w.dim(0); row += hidden)
            initialise(w.rows(row, row + hidden), scheme, random,
                       scheme == Initialiser::uniform ? hidden : 0);
        };
      };
      const auto ones = [](const Tensor& gain) { fill_constant(gain, 1); };
      const double bound = 1 / std::sqrt(static_cast<double>(hidden));

      with("weight_ih", gate_by_gate(config.kernel_initializer));
      with("weight_hh", gate_by_gate(config.recurrent_initializer));
      with("weight_hr", [&](const Tensor& w) {
        initialise(w, config.recurrent_initializer, random,
                   config.recurrent_initializer == Initialiser::uniform ? hidden : 0);
      });
      with("weight_unit", [&](const Tensor& w) {
        w.fill_zero();
        if (config.recurrent_initializer == Initialiser::uniform) fill_uniform(w, bound, random);
      });
      with("bias", [&](const Tensor& bias) {
        bias.fill_zero();
        if (config.kernel_initializer == Initialiser::uniform) fill_uniform(bias, bound, random);
        for (std::size_t gate = 0; gate < cell.gates.size(); ++gate) {
          const Index row = static_cast<Index>(gate) * hidden;
          if (cell.gates[gate].name == "f") fill_constant(bias.rows(row, row + hidden), config.forget_bias);
        }
      });
      with("weight_ln_x", ones);
      with("weight_ln_h", ones);
    }
  }
}

}  // namespace recur
