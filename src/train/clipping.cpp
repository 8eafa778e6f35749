#include "train/clipping.h"

#include <algorithm>
#include <cmath>

#include "kernels/table.h"
#include "train/pieces.h"

namespace recur {

GradientNorms gradient_norms(const Parameters& parameters, ThreadPool& pool) {
  const std::vector<Piece> pieces = pieces_of(parameters);
  std::vector<double> squares(pieces.size());
  with_float_type(parameters.dtype(), [&]<class T>(T) {
    each_piece(pieces, pool, [&](std::size_t i, const Piece& piece) {
      squares[i] = kernels<T>().sum_of_squares(piece.size(), piece.parameter->gradient.data<T>() + piece.begin);
    });
  });
  GradientNorms norms;
  double total = 0;
  std::size_t i = 0;
  for (const Parameter& p : parameters) {
    double sum = 0;
    for (; i < pieces.size() && pieces[i].parameter == &p; ++i) sum += squares[i];
    norms.of_parameter.push_back(std::sqrt(sum));
    total += sum;
  }
  norms.total = std::sqrt(total);
  return norms;
}

double clip_factor(double norm, double clip_norm) {
  return clip_norm > 0 ? std::min(1.0, clip_norm / (norm + 1e-6)) : 1.0;
}

}  // namespace recur
