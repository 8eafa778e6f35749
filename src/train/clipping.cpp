#include "train/clipping.h"

#include <algorithm>
#include <cmath>

#include "kernels/table.h"
#include "train/pieces.h"

namespace recur {

GradientNorms gradient_norms(const Parameters& parameters, ThreadPool& pool) {
  const std::vector<Piece> pieces = pieces_of(parameters);
  std::vector<const Parameter*> list;
  for (const Parameter& p : parameters) list.push_back(&p);
  std::vector<double> squares(pieces.size());
  with_float_type(parameters.dtype(), [&]<class T>(T) {
    each_piece(pieces, pool, [&](std::size_t i, const Piece& piece) {
      squares[i] = kernels<T>().sum_of_squares(
          piece.size(), list[piece.parameter]->gradient.template data<T>() + piece.begin);
    });
  });
  GradientNorms norms{0, std::vector<double>(list.size())};
  for (std::size_t i = 0; i < pieces.size(); ++i) norms.of_parameter[pieces[i].parameter] += squares[i];
  for (double& norm : norms.of_parameter) {
    norms.total += norm;
    norm = std::sqrt(norm);
  }
  norms.total = std::sqrt(norms.total);
  return norms;
}

double clip_factor(double norm, double clip_norm) {
  return clip_norm > 0 ? std::min(1.0, clip_norm / (norm + 1e-6)) : 1.0;
}

}  // namespace recur
