#include "train/optimizer.h"

#include <cmath>

#include "base/check_limits.h"
#include "base/error.h"
#include "kernels/table.h"
#include "train/pieces.h"

namespace recur {
namespace {

UpdateRule rule_of(OptimizerKind kind) {
  switch (kind) {
    case OptimizerKind::sgd:
      return UpdateRule::sgd;
    case OptimizerKind::rmsprop:
      return UpdateRule::rmsprop;
    case OptimizerKind::adagrad:
      return UpdateRule::adagrad;
    default:
      return UpdateRule::adam;
  }
}

/// What a rule remembers.
bool has_first(const OptimizerConfig& c) {
  return rule_of(c.optimizer) == UpdateRule::adam ||
         (c.momentum > 0 && c.optimizer != OptimizerKind::adagrad);
}
bool has_second(const OptimizerConfig& c) { return c.optimizer != OptimizerKind::sgd; }

struct Penalties {
  double l1 = 0, l2 = 0;
  bool decays = false;
};

Penalties penalties_of(const OptimizerConfig& c, ParameterKind kind) {
  switch (kind) {
    case ParameterKind::kernel:
      return {c.l1_kernel, c.l2_kernel, true};
    case ParameterKind::recurrent:
      return {c.l1_recurrent, c.l2_recurrent, true};
    case ParameterKind::embedding:
      return {c.l1_embedding, c.l2_embedding, true};
    case ParameterKind::bias:
      return {c.l1_bias, c.l2_bias, false};
    default:
      return {};
  }
}

}  // namespace

void validate(const OptimizerConfig& c) {
  check_limits(c);
  const OptimizerConfig usual;
  const auto refuse_unread = [&](bool given, const char* name, const char* whose, bool read) {
    check<ConfigError>(!given || read, "{} is given, but {} has none; it is an option of {}", name,
                       to_name(c.optimizer), whose);
  };
  const bool adam = c.optimizer == OptimizerKind::adam || c.optimizer == OptimizerKind::adamw;
  refuse_unread(c.beta1 != usual.beta1, "beta1", "adam and adamw", adam);
  refuse_unread(c.beta2 != usual.beta2, "beta2", "adam and adamw", adam);
  refuse_unread(c.alpha != usual.alpha, "alpha", "rmsprop", c.optimizer == OptimizerKind::rmsprop);
  refuse_unread(c.epsilon != usual.epsilon, "epsilon", "all but sgd", c.optimizer != OptimizerKind::sgd);
  refuse_unread(c.initial_accumulator != usual.initial_accumulator, "initial_accumulator", "adagrad",
                c.optimizer == OptimizerKind::adagrad);
  check<ConfigError>(
      c.momentum == 0 || c.optimizer == OptimizerKind::sgd || c.optimizer == OptimizerKind::rmsprop,
      "momentum is {}, but {} has none; use sgd or rmsprop (adam's is beta1)", c.momentum,
      to_name(c.optimizer));
  check<ConfigError>(!c.nesterov || (c.optimizer == OptimizerKind::sgd && c.momentum > 0),
                     "nesterov needs optimizer = \"sgd\" and a momentum above 0, such as 0.9");
}

Optimizer::Optimizer(const OptimizerConfig& config, Parameters& parameters)
    : config_(config), dtype_(parameters.dtype()), pieces_(pieces_of(parameters)) {
  validate(config);
  for (Parameter& p : parameters) {
    Memory memory{&p, {}, {}};
    const bool trained = p.kind != ParameterKind::statistic;
    if (trained && has_first(config)) memory.first = Tensor::zeros(p.value.shape(), dtype_);
    if (trained && has_second(config)) memory.second = Tensor::zeros(p.value.shape(), dtype_);
    if (trained && config.optimizer == OptimizerKind::adagrad)
      with_float_type(dtype_, [&]<class T>(T) {
        std::fill_n(memory.second.data<T>(), memory.second.size(),
                    static_cast<T>(config.initial_accumulator));
      });
    memory_.push_back(std::move(memory));
  }
}

std::vector<NamedTensor> Optimizer::state() const {
  std::vector<NamedTensor> list;
  for (const Memory& m : memory_) {
    if (m.first.defined()) list.push_back({m.parameter->name + ".momentum", m.first});
    if (m.second.defined()) list.push_back({m.parameter->name + ".mean_square", m.second});
  }
  return list;
}

template <class T>
void Optimizer::step(const OptimizerStep& step, ThreadPool& pool) {
  const OptimizerConfig& c = config_;
  const bool adam = rule_of(c.optimizer) == UpdateRule::adam;
  const double t = static_cast<double>(steps_ + 1);
  UpdateArgs<T> shared{.rule = rule_of(c.optimizer),
                       .scale = static_cast<T>(step.scale),
                       .clip_value = static_cast<T>(step.clip_value),
                       .rate = static_cast<T>(step.learning_rate),
                       .momentum = static_cast<T>(adam ? c.beta1 : c.momentum),
                       .beta2 = static_cast<T>(c.optimizer == OptimizerKind::rmsprop ? c.alpha : c.beta2),
                       .eps = static_cast<T>(c.epsilon),
                       .nesterov = c.nesterov,
                       .first_step = steps_ == 0};
  if (adam) {
    shared.correction1 = static_cast<T>(1 - std::pow(c.beta1, t));
    shared.correction2 = static_cast<T>(1 - std::pow(c.beta2, t));
  }
  each_piece(pieces_, pool, [&](std::size_t, const Piece& piece) {
    const Memory& m = memory_[piece.parameter];
    const Penalties penalties = penalties_of(c, m.parameter->kind);
    const double decay = penalties.decays ? c.weight_decay : 0;
    const bool decoupled = c.optimizer == OptimizerKind::adamw;
    UpdateArgs<T> args = shared;
    args.size = piece.size();
    args.value = m.parameter->value.template data<T>() + piece.begin;
    args.gradient = m.parameter->gradient.template data<T>() + piece.begin;
    if (m.first.defined()) args.first = m.first.template data<T>() + piece.begin;
    if (m.second.defined()) args.second = m.second.template data<T>() + piece.begin;
    args.l1 = static_cast<T>(penalties.l1);
    args.l2 = static_cast<T>(2 * penalties.l2 + (decoupled ? 0 : decay));
    args.decoupled_decay = static_cast<T>(decoupled ? decay : 0);
    kernels<T>().update(args);
  });
  for (const Memory& m : memory_)
    if (m.parameter->kind != ParameterKind::statistic) ++m.parameter->version;
  ++steps_;
}

void Optimizer::step(const OptimizerStep& numbers, ThreadPool& pool) {
  with_float_type(dtype_, [&]<class T>(T) { step<T>(numbers, pool); });
}

}  // namespace recur
