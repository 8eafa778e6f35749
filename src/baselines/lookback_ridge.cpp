#include "baselines/lookback_ridge.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <limits>

#include "base/error.h"

namespace recur {
namespace {

using Matrix = Eigen::MatrixXd;

/// XᵀX, XᵀY and ΣY² of windows that come one by one, added a block at a time.
class Sums {
 public:
  Sums(Index inputs, Index outputs)
      : xx(Matrix::Zero(inputs, inputs)),
        xy(Matrix::Zero(inputs, outputs)),
        x_(kBlock, inputs),
        y_(kBlock, outputs) {}

  void add(std::span<const double> past, std::span<const double> future) {
    const double last = past.back();
    for (Eigen::Index k = 0; k < x_.cols(); ++k) x_(filled_, k) = past[static_cast<std::size_t>(k)] - last;
    for (Eigen::Index h = 0; h < y_.cols(); ++h) y_(filled_, h) = future[static_cast<std::size_t>(h)] - last;
    if (++filled_ == kBlock) flush();
  }
  void flush() {
    const auto x = x_.topRows(filled_);
    const auto y = y_.topRows(filled_);
    xx.noalias() += x.transpose() * x;
    xy.noalias() += x.transpose() * y;
    yy += y.squaredNorm();
    count += filled_;
    filled_ = 0;
  }

  Matrix xx, xy;
  double yy = 0;
  Eigen::Index count = 0;

 private:
  static constexpr Eigen::Index kBlock = 256;
  Matrix x_, y_;
  Eigen::Index filled_ = 0;
};

}  // namespace

struct LookbackRidge::Parts {
  // The last value less itself says nothing: one input fewer.
  Parts(Index lookback, Index steps)
      : inputs(lookback - 1), horizon(steps), training(inputs, steps), validation(inputs, steps) {}
  Index inputs, horizon;
  Sums training, validation;
  Matrix weights;  // [inputs, horizon]
  double lambda = 1e-3;
};

LookbackRidge::LookbackRidge(Index lookback, Index horizon)
    : parts_(std::make_unique<Parts>(lookback, horizon)) {
  RECUR_ASSERT(lookback >= 1 && horizon >= 1);
}
LookbackRidge::~LookbackRidge() = default;
LookbackRidge::LookbackRidge(LookbackRidge&&) noexcept = default;
LookbackRidge& LookbackRidge::operator=(LookbackRidge&&) noexcept = default;

void LookbackRidge::add_training(std::span<const double> past, std::span<const double> future) {
  RECUR_ASSERT(static_cast<Index>(past.size()) == parts_->inputs + 1);
  parts_->training.add(past, future);
}
void LookbackRidge::add_validation(std::span<const double> past, std::span<const double> future) {
  RECUR_ASSERT(static_cast<Index>(past.size()) == parts_->inputs + 1);
  parts_->validation.add(past, future);
}

void LookbackRidge::fit() {
  Parts& p = *parts_;
  p.training.flush();
  p.validation.flush();
  RECUR_ASSERT(p.training.count > 0);
  p.weights = Matrix::Zero(p.inputs, p.horizon);
  if (p.inputs == 0) return;
  const double diagonal = std::max(p.training.xx.trace() / static_cast<double>(p.inputs), 1e-300);
  double best = std::numeric_limits<double>::infinity();
  std::vector<double> grid{1e-3};
  if (p.validation.count > 0) grid = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0};
  for (const double lambda : grid) {
    Matrix a = p.training.xx;
    a.diagonal().array() += lambda * diagonal;
    const Matrix w = a.ldlt().solve(p.training.xy);
    // Σ (Y − X·W)² from the sums alone.
    const double error = p.validation.yy - 2 * w.cwiseProduct(p.validation.xy).sum() +
                         w.cwiseProduct(p.validation.xx * w).sum();
    if (!(error < best)) continue;
    best = error;
    p.weights = w;
    p.lambda = lambda;
  }
}

double LookbackRidge::lambda() const { return parts_->lambda; }

std::vector<double> LookbackRidge::weights() const {
  std::vector<double> out;
  for (Eigen::Index k = 0; k < parts_->weights.rows(); ++k)
    for (Eigen::Index h = 0; h < parts_->weights.cols(); ++h) out.push_back(parts_->weights(k, h));
  return out;
}

LookbackRidge LookbackRidge::with_weights(Index lookback, Index horizon, std::span<const double> weights) {
  LookbackRidge ridge(lookback, horizon);
  Matrix& w = ridge.parts_->weights;
  w = Matrix::Zero(lookback - 1, horizon);
  RECUR_ASSERT(static_cast<Index>(weights.size()) == w.size());
  for (Eigen::Index k = 0; k < w.rows(); ++k)
    for (Eigen::Index h = 0; h < w.cols(); ++h) w(k, h) = weights[static_cast<std::size_t>(k * w.cols() + h)];
  return ridge;
}

std::vector<double> LookbackRidge::predict(std::span<const double> past) const {
  const Parts& p = *parts_;
  Eigen::VectorXd x(p.inputs);
  for (Index k = 0; k < p.inputs; ++k) x[k] = past[static_cast<std::size_t>(k)] - past.back();
  const Eigen::VectorXd y = p.weights.transpose() * x;
  std::vector<double> out;
  for (Index h = 0; h < p.horizon; ++h) out.push_back(y[h] + past.back());
  return out;
}

}  // namespace recur
