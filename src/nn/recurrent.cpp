#include "nn/recurrent.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <span>

#include "kernels/scan.h"
#include "nn/masks.h"
#include "nn/ops.h"
#include "nn/share.h"

namespace recur {
namespace {

/// Sites of random masks inside a layer and direction; see RandomKey.
enum Site : std::uint32_t { kDropout, kVariational, kRecurrent, kZoneout };  // kZoneout + state
constexpr std::uint32_t kWeightDrop = 1U << 16;                              // far from the states'

std::vector<Index> sequences_by_position(const Layout& layout) {
  std::vector<Index> out;
  for (Index i = 0; i < layout.batch(); ++i) out.push_back(layout.sequence(i));
  return out;
}
std::vector<Index> positions_by_sequence(const Layout& layout) {
  std::vector<Index> out;
  for (Index n = 0; n < layout.batch(); ++n) out.push_back(layout.position(n));
  return out;
}

void check_probability(double p, const char* name) {
  check<ConfigError>(p >= 0 && p < 1, "{} is {}, but a probability from 0 to below 1 is expected", name, p);
}

}  // namespace

/// One direction of one layer.
struct Recurrent::Direction {
  Parameter *weight_ih, *weight_hh = nullptr, *bias, *weight_unit = nullptr, *weight_hr = nullptr,
                        *gain_ih = nullptr, *gain_hh = nullptr;
  ScanShape shape;
  std::uint32_t random_layer = 0;

  std::vector<Parameter*> all() const {
    std::vector<Parameter*> list;
    for (Parameter* p : {weight_ih, weight_hh, bias, weight_unit, weight_hr, gain_ih, gain_hh})
      if (p != nullptr) list.push_back(p);
    return list;
  }

  template <class T>
  struct Packed {
    std::shared_ptr<ScanWeights<T>> weights;
    Index version = -1;
    ScanUse use = ScanUse::inference;
  };
  Packed<float> packed_float;
  Packed<double> packed_double;
  std::mutex mutex;

  template <class T>
  Packed<T>& cache() {
    if constexpr (std::is_same_v<T, float>) {
      return packed_float;
    } else {
      return packed_double;
    }
  }

  /// The packed weights, packed anew if a parameter has changed, or every time with a `dropped` in place of
  /// weight_hh. Who holds them, a tape or another thread, keeps them.
  template <class T>
  std::shared_ptr<const ScanWeights<T>> packed(const Cell& cell, ScanUse use, const Tensor& dropped,
                                               ThreadPool& pool) {
    const std::lock_guard lock(mutex);
    Packed<T>& p = cache<T>();
    Index version = 0;
    for (const Parameter* parameter : all()) version += parameter->version;
    const bool bytes = weight_ih->scales.defined();
    if (!dropped.defined() && p.version == version &&
        (p.use == use || (p.use == ScanUse::training && !bytes)))
      return p.weights;
    const auto data = [](const Parameter* q) { return q == nullptr ? nullptr : q->value.data<T>(); };
    const auto scales = [](const Parameter* q) {
      return q == nullptr || !q->scales.defined() ? nullptr : q->scales.data<T>();
    };
    if (p.weights == nullptr || p.weights.use_count() > 1) p.weights = std::make_shared<ScanWeights<T>>();
    p.weights->pack(cell, shape,
                    {.weight_ih = data(weight_ih),
                     .weight_hh = dropped.defined() ? dropped.data<T>() : data(weight_hh),
                     .bias = data(bias),
                     .weight_unit = data(weight_unit),
                     .weight_hr = data(weight_hr),
                     .gain_ih = data(gain_ih),
                     .gain_hh = data(gain_hh),
                     .scale_ih = scales(weight_ih),
                     .scale_hh = scales(weight_hh),
                     .scale_hr = scales(weight_hr)},
                    use, shared_panels(pool));
    p.version = dropped.defined() ? -1 : version;
    p.use = use;
    return p.weights;
  }
};

namespace {

/// What a scan keeps for its gradient, and what it was given.
template <class T>
struct KeptScan {
  std::shared_ptr<const ScanWeights<T>> weights;
  ScanArgs<T> args;
  std::vector<Tensor> tensors;  // that args points into
};

template <class T>
T* keep(std::vector<Tensor>& tensors, const Shape& shape) {
  tensors.push_back(Tensor::empty(shape, kDType<T>));
  return tensors.back().template data<T>();
}

}  // namespace

Recurrent::Recurrent(const RecurrentConfig& config, Parameters& parameters, const std::string& prefix)
    : config_(config), cell_(&find_cell(config.cell)), dtype_(parameters.dtype()) {
  const Cell& c = *cell_;
  check<ConfigError>(!config.hidden_size.empty(),
                     "hidden_size is empty; give the units of each layer, such as [128, 64]");
  check<ConfigError>(config.input_size > 0, "input_size is {}, expected 1 or more", config.input_size);
  for (const Index h : config.hidden_size)
    check<ConfigError>(h > 0, "hidden_size holds {}, expected 1 or more units in each layer", h);
  check_probability(config.dropout, "dropout");
  for (const double p : config.variational_dropout) check_probability(p, "variational_dropout");
  check_probability(config.weight_drop, "weight_drop");
  check_probability(config.recurrent_dropout, "recurrent_dropout");
  check_probability(config.zoneout, "zoneout");
  check<ConfigError>(config.proj_size >= 0, "proj_size is {}, expected 0 (none) or more", config.proj_size);
  check<ConfigError>(
      config.proj_size == 0 || !c.reads_h,
      "proj_size needs a cell whose formula does not read h, and {} does; use lstm, or proj_size 0", c.name);
  check<ConfigError>(config.recurrent_dropout == 0 || c.h_gates() > 0,
                     "recurrent_dropout has nothing to act on: no gate of {} reads h; use zoneout, or "
                     "dropout between layers",
                     c.name);
  check<ConfigError>(config.weight_drop == 0 || c.h_gates() > 0,
                     "weight_drop has nothing to act on: no gate of {} reads h; use zoneout, or dropout "
                     "between layers",
                     c.name);
  const std::size_t given = config.variational_dropout.size(), places = config.hidden_size.size() + 1;
  check<ConfigError>(given <= 1 || given == places,
                     "variational_dropout has {} numbers, expected one for all places, or {}: the input of "
                     "each layer, then the last output",
                     given, places);
  for (const double p : config.variational_dropout)
    check<ConfigError>(
        config.dropout == 0 || p == 0,
        "dropout {} and variational_dropout {} are two ways to do the same thing; set one of them to 0",
        config.dropout, p);
  check<ConfigError>(config.merge == Merge::concat || config.bidirectional,
                     "merge has nothing to merge: it needs bidirectional = true");

  Index input = config.input_size;
  for (Index layer = 0; layer < layers(); ++layer) {
    const Index H = config.hidden_size[static_cast<std::size_t>(layer)];
    for (Index direction = 0; direction < directions(); ++direction) {
      auto part = std::make_unique<Direction>();
      part->shape = {
          .input = input, .hidden = H, .projection = config.proj_size, .layer_norm = config.layer_norm};
      part->random_layer = static_cast<std::uint32_t>(layer * 2 + direction);
      const Index R = part->shape.recurrent(), G = static_cast<Index>(c.gates.size());
      const std::string suffix = "_l" + std::to_string(layer) + (direction == 1 ? "_reverse" : "");
      const auto add = [&](const char* name, ParameterKind kind, const Shape& shape) {
        return &parameters.add(prefix + name + suffix, kind, shape);
      };
      part->weight_ih = add("weight_ih", ParameterKind::kernel, {c.x_gates() * H, input});
      if (c.h_gates() > 0) part->weight_hh = add("weight_hh", ParameterKind::recurrent, {c.h_gates() * H, R});
      part->bias = add("bias", ParameterKind::bias, {G * H});
      if (!c.unit_weights.empty())
        part->weight_unit =
            add("weight_unit", ParameterKind::recurrent, {static_cast<Index>(c.unit_weights.size()), H});
      if (config.proj_size > 0) part->weight_hr = add("weight_hr", ParameterKind::recurrent, {R, H});
      if (config.layer_norm) {
        part->gain_ih = add("weight_ln_x", ParameterKind::gain, {c.x_gates() * H});
        if (c.h_gates() > 0) part->gain_hh = add("weight_ln_h", ParameterKind::gain, {c.h_gates() * H});
      }
      parts_.push_back(std::move(part));
    }
    const Index width = config.proj_size > 0 ? config.proj_size : H;
    input = config.bidirectional && config.merge == Merge::concat ? 2 * width : width;
  }
  output_size_ = input;
}

Recurrent::~Recurrent() = default;

Recurrent::Direction& Recurrent::at(Index layer, Index direction) {
  return *parts_[static_cast<std::size_t>(layer * directions() + direction)];
}

double Recurrent::locked_dropout(Index layer) const {
  const std::vector<double>& p = config_.variational_dropout;
  return p.empty() ? 0 : p[p.size() == 1 ? 0 : static_cast<std::size_t>(layer)];
}

bool Recurrent::reads_tables(const Pass& pass) const {
  return !config_.layer_norm && (!pass.training || locked_dropout(0) == 0);
}

Index Recurrent::state_width(Index layer, Index state) const {
  const Index H = config_.hidden_size[static_cast<std::size_t>(layer)];
  return state == 0 && config_.proj_size > 0 ? config_.proj_size : H;
}

std::string Recurrent::state_name(std::size_t part) const {
  const std::size_t states = cell_->states.size(), place = part / states;
  const std::size_t both = static_cast<std::size_t>(directions());
  return std::string(cell_->states[part % states]) + "_l" + std::to_string(place / both) +
         (place % both == 1 ? "_reverse" : "");
}

RecurrentState Recurrent::zero_state(Index batch) const {
  RecurrentState state;
  for (Index layer = 0; layer < layers(); ++layer)
    for (Index direction = 0; direction < directions(); ++direction)
      for (std::size_t s = 0; s < cell_->states.size(); ++s)
        state.parts.emplace_back(Tensor::zeros({batch, state_width(layer, static_cast<Index>(s))}, dtype_));
  return state;
}

RecurrentState RecurrentState::detached() const {
  RecurrentState out;
  for (const Var& part : parts) out.parts.emplace_back(part.value);
  return out;
}

RecurrentState RecurrentState::select(const std::vector<Index>& rows) const {
  RecurrentState out;
  for (const Var& part : parts) {
    const Index width = part.shape()[1];
    Tensor chosen = Tensor::empty({static_cast<Index>(rows.size()), width}, part.dtype());
    const std::size_t bytes = static_cast<std::size_t>(width * size_of(part.dtype()));
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::memcpy(static_cast<char*>(chosen.raw()) + i * bytes,
                  static_cast<const char*>(part.value.raw()) + static_cast<std::size_t>(rows[i]) * bytes,
                  bytes);
    out.parts.emplace_back(chosen);
  }
  return out;
}

void RecurrentState::reset(const std::vector<Index>& rows) {
  for (Var& part : parts) {
    part = Var(part.value.clone());
    for (const Index row : rows) part.value.rows(row, row + 1).fill_zero();
  }
}

namespace {

/// One direction of one layer over all of time, as one node of the tape. `initial` and the returned states
/// are by position.
struct ScanInputs {
  const Cell* cell;
  const RecurrentConfig* config;
  LayoutPtr layout;
  bool reverse;
  Var x;
  Tensor ids;  // defined: x is a table, see Sequence
  std::vector<Var> initial;
  std::uint32_t random_layer;
};

struct ScanParameterVars {
  Var weight_ih, weight_hh, bias, weight_unit, weight_hr, gain_ih, gain_hh;
};

template <class T>
std::vector<Var> scan_node(const Pass& pass, const ScanInputs& in,
                           const std::shared_ptr<const ScanWeights<T>>& packed, const ScanParameterVars& p) {
  const ScanWeights<T>& weights = *packed;
  const Cell& cell = *in.cell;
  const Layout& layout = *in.layout;
  const Index rows = layout.rows(), N = layout.batch(), H = weights.shape.hidden,
              R = weights.shape.recurrent();
  const Index S = static_cast<Index>(cell.states.size()), K = static_cast<Index>(cell.tape.size());
  const Index Gx = cell.x_gates(), Gh = cell.h_gates();
  const bool keeps = pass.tape != nullptr;
  const double zoneout = in.config->zoneout;

  auto kept = std::make_shared<KeptScan<T>>();
  kept->weights = packed;
  std::vector<Tensor>& tensors = kept->tensors;
  ScanArgs<T>& a = kept->args;
  a.weights = &weights;
  a.layout = &layout;
  a.reverse = in.reverse;
  a.x = in.x.value.data<T>();
  tensors.push_back(in.x.value);
  const auto width = [&](Index state) { return state == 0 ? R : H; };
  for (Index i = 0; i < S; ++i) {
    const Var& initial = in.initial[static_cast<std::size_t>(i)];
    check_shape(initial.value, {N, width(i)}, "the initial state");
    a.initial[i] = initial.value.data<T>();
    tensors.push_back(initial.value);
  }
  const auto mask = [&](Tensor m) {
    tensors.push_back(m);
    return static_cast<const T*>(m.data<T>());
  };
  if (pass.training && in.config->recurrent_dropout > 0)
    a.h_mask = mask(sequence_mask(pass, pass.random_key(in.random_layer, kRecurrent),
                                  dropout_values(in.config->recurrent_dropout), layout, R, kDType<T>));
  if (zoneout > 0) {
    for (Index i = 0; i < S; ++i) {
      if (pass.training) {
        a.zoneout_mask[i] =
            mask(step_mask(pass, pass.random_key(in.random_layer, kZoneout + static_cast<std::uint32_t>(i)),
                           zoneout_values(zoneout), layout, width(i), kDType<T>));
      } else {
        a.zoneout[i] = static_cast<T>(zoneout);
      }
    }
  }
  Tensor y = Tensor::empty({rows, R}, kDType<T>);
  a.y = y.data<T>();
  std::vector<Tensor> finals;
  for (Index i = 0; i < S; ++i) {
    finals.push_back(Tensor::empty({N, width(i)}, kDType<T>));
    a.final_state[i] = finals.back().template data<T>();
  }
  if (in.ids.defined()) {
    tensors.push_back(in.ids);
    a.ids = in.ids.data<std::int32_t>();
    a.table_rows = in.x.shape()[0];
  }
  if (keeps || zoneout > 0)
    for (Index i = 1; i < S; ++i) a.states[i] = keep<T>(tensors, {rows, H});
  if (keeps) {
    a.tape_stride = tape_stride(weights);
    a.tape = keep<T>(tensors, {rows, a.tape_stride > 0 ? a.tape_stride : K * H});
    if (a.h_mask != nullptr) a.h_entering = keep<T>(tensors, {rows, R});
    if (cell.staged) a.product = keep<T>(tensors, {rows, H});
    if (weights.shape.projection > 0) a.unprojected = keep<T>(tensors, {rows, H});
    if (weights.shape.layer_norm) {
      a.norm_x = keep<T>(tensors, {rows, Gx * H});
      a.norm_x_inverse_std = keep<T>(tensors, {rows, Gx});
      a.norm_h = keep<T>(tensors, {rows, std::max<Index>(Gh, 1) * H});
      a.norm_h_inverse_std = keep<T>(tensors, {rows, std::max<Index>(Gh, 1)});
    }
  }
  {
    // The input's part is needed on the way forward only.
    const bool over_tape = a.tape_stride > 0 && a.ids == nullptr;
    const Tensor pre =
        over_tape ? Tensor() : Tensor::empty({a.ids != nullptr ? a.table_rows : rows, Gx * H}, kDType<T>);
    const Tensor workspace = Tensor::empty({scan_workspace(a)}, kDType<T>);
    a.pre = over_tape ? a.tape : pre.data<T>();
    scan_forward(a, workspace.data<T>(), pass.pool);
    a.pre = nullptr;
  }

  // Outputs: y and up to four states.
  std::array<Tensor, 5> outputs;
  outputs[0] = y;
  for (Index i = 0; i < S; ++i)
    outputs[static_cast<std::size_t>(i) + 1] = finals[static_cast<std::size_t>(i)];
  const std::array<Var, 5> vars =
      record<5>(pass.tape, outputs,
                [kept, in, p, y, pool = &pass.pool, S](Gradients& g, const std::array<Tensor, 5>& d) {
                  const ScanArgs<T>& args = kept->args;
                  ScanBackwardArgs<T> b;
                  const auto data = [](const Tensor& t) -> T* { return t.defined() ? t.data<T>() : nullptr; };
                  b.dy = data(d[0]);
                  b.dx = data(g.of(in.x));
                  for (Index i = 0; i < S; ++i) {
                    b.dfinal[i] = data(d[static_cast<std::size_t>(i) + 1]);
                    b.dinitial[i] = data(g.of(in.initial[static_cast<std::size_t>(i)]));
                  }
                  const auto gradient = [&](const Var& v) { return v.defined() ? data(g.of(v)) : nullptr; };
                  b.dweight_ih = gradient(p.weight_ih);
                  b.dweight_hh = gradient(p.weight_hh);
                  b.dbias = gradient(p.bias);
                  b.dweight_unit = gradient(p.weight_unit);
                  b.dweight_hr = gradient(p.weight_hr);
                  b.dgain_ih = gradient(p.gain_ih);
                  b.dgain_hh = gradient(p.gain_hh);
                  const Tensor workspace = Tensor::empty({scan_backward_workspace(args)}, kDType<T>);
                  scan_backward(args, b, workspace.data<T>(), *pool);
                });
  return {vars.begin(), vars.begin() + S + 1};
}

}  // namespace

RecurrentOutput Recurrent::forward(const Pass& pass, const Sequence& x, const RecurrentState& initial) {
  const Layout& layout = *x.layout;
  Index table_rows = 0;
  if (x.ids.defined()) {
    RECUR_ASSERT(reads_tables(pass));
    table_rows = x.rows.shape()[0];
    check_shape(x.ids, {layout.rows()}, "the rows of a table that the recurrent layers read");
    for (Index r = 0; r < layout.rows(); ++r) {
      const std::int32_t id = x.ids.data<std::int32_t>()[r];
      RECUR_ASSERT(id >= 0 && id < table_rows);
    }
  }
  check_shape(x.rows.value, {x.ids.defined() ? table_rows : layout.rows(), config_.input_size},
              "the input of the recurrent layers");
  const std::size_t S = cell_->states.size();
  check<ShapeError>(initial.parts.size() == parts_.size() * S, "the initial state has {} parts, expected {}",
                    initial.parts.size(), parts_.size() * S);
  const auto by_position = sequences_by_position(layout), by_sequence = positions_by_sequence(layout);
  const auto reorder = [&](const Var& v, const std::vector<Index>& order) {
    return layout.in_order() ? v : gather_rows(pass, v, order);
  };

  RecurrentOutput out;
  out.state.parts.resize(initial.parts.size());
  Var rows = x.rows;
  const auto variational = [&](const Var& v, std::uint32_t layer) {
    const double p = locked_dropout(layer);
    if (!pass.training || p == 0) return v;
    const Tensor mask = sequence_mask(pass, pass.random_key(layer * 2, kVariational), dropout_values(p),
                                      layout, v.shape()[1], v.dtype());
    return apply_mask(pass, v, spread_over_time(mask, layout));
  };
  for (Index layer = 0; layer < layers(); ++layer) {
    const auto number = static_cast<std::uint32_t>(layer);
    rows = variational(rows, number);
    Var merged;
    for (Index direction = 0; direction < directions(); ++direction) {
      Direction& part = at(layer, direction);
      ScanInputs in{.cell = cell_,
                    .config = &config_,
                    .layout = x.layout,
                    .reverse = direction == 1,
                    .x = rows,
                    .ids = layer == 0 ? x.ids : Tensor(),
                    .initial = {},
                    .random_layer = part.random_layer};
      const std::size_t first = static_cast<std::size_t>(layer * directions() + direction) * S;
      for (std::size_t s = 0; s < S; ++s)
        in.initial.push_back(reorder(initial.parts[first + s], by_position));
      const auto use = [&](Parameter* q) { return q == nullptr ? Var() : pass.use(*q); };
      ScanParameterVars p{use(part.weight_ih), use(part.weight_hh), use(part.bias),   use(part.weight_unit),
                          use(part.weight_hr), use(part.gain_ih),   use(part.gain_hh)};
      Tensor dropped;  // weight_hh with entries at 0; undefined where it is whole
      if (pass.training && config_.weight_drop > 0) {
        p.weight_hh = apply_mask(
            pass, p.weight_hh,
            matrix_mask(pass, pass.random_key(part.random_layer, kWeightDrop),
                        dropout_values(config_.weight_drop), part.weight_hh->value.shape(), dtype_));
        dropped = p.weight_hh.value;
      }
      const ScanUse purpose = pass.tape != nullptr ? ScanUse::training : ScanUse::inference;
      const std::vector<Var> y = with_float_type(dtype_, [&]<class T>(T) {
        return scan_node<T>(pass, in, part.packed<T>(*cell_, purpose, dropped, pass.pool), p);
      });
      for (std::size_t s = 0; s < S; ++s) out.state.parts[first + s] = reorder(y[s + 1], by_sequence);
      if (direction == 0) {
        merged = y[0];
        continue;
      }
      switch (config_.merge) {
        case Merge::concat:
          merged = concat(pass, merged, y[0]);
          break;
        case Merge::sum:
          merged = add(pass, merged, y[0]);
          break;
        case Merge::ave:
          merged = scale(pass, add(pass, merged, y[0]), 0.5);
          break;
        case Merge::mul:
          merged = multiply(pass, merged, y[0]);
          break;
      }
    }
    if (config_.residual && layer > 0 && merged.shape() == rows.shape()) merged = add(pass, merged, rows);
    rows = merged;
    if (pass.not_finite != nullptr) pass.look("the output of layer " + std::to_string(layer), rows.value);
    if (pass.training && config_.dropout > 0 && layer + 1 < layers())
      rows = apply_mask(pass, rows,
                        step_mask(pass, pass.random_key(number * 2, kDropout),
                                  dropout_values(config_.dropout), layout, rows.shape()[1], rows.dtype()));
  }
  out.undropped = rows;
  out.y = {variational(rows, static_cast<std::uint32_t>(layers())), x.layout};
  return out;
}

}  // namespace recur
