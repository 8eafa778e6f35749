// Stream and StreamModel: the scan, one step long, over weights packed when the model is opened.
#include <recur/stream.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/enum_names.h"
#include "base/error.h"
#include "base/flush_to_zero.h"
#include "base/json.h"
#include "data/text/vocabulary.h"
#include "formats/model_file.h"
#include "kernels/scan.h"
#include "nn/model_config.h"

namespace recur {
namespace {

using Json = nlohmann::json;

/// Parts of a stream's memory begin on a cache line.
constexpr Index kLine = 16;
constexpr Index padded(Index size) { return (size + kLine - 1) / kLine * kLine; }

/// How many times larger than the weights it replaces a table of input products may be.
constexpr Index kTableGrowth = 4;

/// A 64-bit FNV-1a hash over words: tells models apart, not more.
class Fingerprint {
 public:
  void add(std::span<const std::byte> bytes) {
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
      std::uint64_t word;
      std::memcpy(&word, bytes.data(), 8);
      mix(word);
    }
    for (const std::byte b : bytes) mix(static_cast<std::uint64_t>(b));
  }
  std::uint64_t value() const { return hash_; }

 private:
  void mix(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x100000001B3;
    hash_ ^= hash_ >> 32;
  }
  std::uint64_t hash_ = 0xCBF29CE484222325;
};

/// What of a file's header a stream needs; the configuration's other options are for training.
struct Plan {
  std::string task, level;
  ModelConfig model;
  std::string options;  // those of the model that are needed, as text: for the fingerprint
};

const Json& option(const Json& config, const char* table, const char* key, const std::string& where) {
  const auto entries = config.find(table);
  check<FormatError>(entries != config.end() && entries->is_object() && entries->contains(key),
                     "{}: its configuration has no '{}.{}'; the file was changed after training", where,
                     table, key);
  return (*entries)[key];
}

/// Reads the options of the model that make a difference to a stream, inside the limits of their fields.
void read_model(const Json& config, const std::string& where, Plan& plan) {
  Json needed;
  for (const char* key :
       {"cell", "hidden_size", "head", "proj_size", "bidirectional", "residual", "layer_norm", "zoneout"})
    needed[key] = option(config, "model", key, where);
  try {
    set_options(settings_of(needed, where + ": its model."), options_of(plan.model));
  } catch (const ConfigError& error) {  // not what a user typed: what the file says
    fail<FormatError>("{}; the file was changed after training", error.what());
  }
  plan.options = needed.dump();
}

Plan read_plan(const Safetensors& file) {
  const ModelHeader header = read_model_header(file);
  const std::string& where = file.name();
  Plan plan{.task = header.task, .level = {}, .model = {}, .options = {}};
  read_model(header.config, where, plan);
  if (plan.task == "lm") {
    const Json& level = option(header.config, "data", "level", where);
    check<FormatError>(level.is_string(), "{}: its 'data.level' is {}; the file was changed after training",
                       where, shown(level));
    plan.level = level.get<std::string>();
  }
  check<FormatError>(!plan.model.hidden_size.empty(),
                     "{}: its 'model.hidden_size' is empty; the file was changed after training", where);
  const auto& of_model = header.config.at("model");
  check<ConfigError>(
      !of_model.contains("pool"),
      "{}: a model of task '{}' answers once a sequence and cannot be streamed; use recur predict", where,
      plan.task);
  check<ConfigError>(!plan.model.bidirectional,
                     "{}: a bidirectional model cannot be streamed: it reads each sequence from its end, too",
                     where);
  return plan;
}

const Cell& cell_of(const Plan& plan, const std::string& where) {
  try {
    return find_cell(plan.model.cell);
  } catch (const ConfigError& error) {
    fail<FormatError>("{}: {}", where, error.what());
  }
}

/// A linear layer, packed.
struct StreamLinear {
  Index input = 0, output = 0;
  AlignedBuffer<float> buffer, bias;
  Panels<float> panels;
};

/// A recurrent layer, packed, and where a stream keeps its states.
struct StreamLayer {
  ScanWeights<float> weights;
  AlignedBuffer<float> bias, unit, gain_ih, gain_hh;
  AlignedBuffer<float> table;  // [tokens, Gx·H]: the input's product of each token; empty without
  bool residual = false;
  bool whole_input = false;  // the input's product comes apart from the gates
  Index state[4] = {};       // of each state, in a stream's memory

  Index width() const { return weights.shape.recurrent(); }
};

/// Where the things of one stream lie in its memory: the states first, then what a step computes.
struct StreamMemory {
  std::vector<ScanArgs<float>> scans;  // one a layer
  std::vector<float*> linear;          // what each linear layer gives
  float* workspace = nullptr;
  Index floats = 0;  // in all
};

}  // namespace

struct StreamModel::Parts {
  std::string task;
  const Cell* cell = nullptr;
  Vocabulary vocabulary;
  Index tokens = 0, inputs = 0, outputs = 0, parameters = 0;
  float zoneout = 0;
  AlignedBuffer<float> embedding;  // [tokens, width]; empty where the first layer has a table
  Index embedding_width = 0;
  std::vector<StreamLayer> layers;
  std::vector<StreamLinear> head;
  LayoutPtr one_step = Layout::dense(1, 1);
  std::uint64_t fingerprint = 0;
  Index state_floats = 0, stream_floats = 0;

  explicit Parts(const Safetensors& file) {
    const Plan plan = read_plan(file);
    task = plan.task;
    cell = &cell_of(plan, file.name());
    check<FormatError>(
        plan.model.proj_size == 0 || !cell->reads_h,
        "{}: its 'model.proj_size' is {}, but {} can have none: its formula reads h; the file was "
        "changed after training",
        file.name(), plan.model.proj_size, cell->name);
    zoneout = static_cast<float>(plan.model.zoneout);
    Reader read{file, *this, {}, {}};
    read.hash.add(std::as_bytes(std::span(plan.options)));
    Index width = read.input();
    for (std::size_t i = 0; i < plan.model.hidden_size.size(); ++i) width = read.layer(plan.model, i, width);
    const std::vector<Index>& heads = plan.model.head;
    for (std::size_t i = 0; i < heads.size() + 1; ++i)
      width = read.linear("head." + std::to_string(i), width, i < heads.size() ? heads[i] : 0);
    outputs = width;
    fingerprint = read.hash.value();
    if (!plan.level.empty()) read_vocabulary(file, plan.level);
    stream_floats = lay_out(nullptr).floats;
  }

  /// The memory of a stream that begins at `base`; null to learn its size.
  StreamMemory lay_out(float* base) const {
    StreamMemory memory{.floats = state_floats};
    const auto take = [&](Index size) {
      float* const at = base == nullptr ? nullptr : base + memory.floats;
      memory.floats += padded(size);
      return at;
    };
    Index work = 0;
    for (const StreamLayer& layer : layers) {
      const Index hidden = layer.weights.shape.hidden;
      ScanArgs<float> a{.weights = &layer.weights, .layout = one_step.get()};
      a.y = take(layer.width());
      if (layer.whole_input) a.pre = take(cell->x_gates() * hidden);
      for (std::size_t s = 0; s < cell->states.size(); ++s) {
        a.zoneout[s] = zoneout;
        if (s > 0 && zoneout > 0) a.states[s] = take(hidden);
        if (base != nullptr) a.initial[s] = a.final_state[s] = base + layer.state[s];
      }
      work = std::max(work, scan_workspace(a));
      memory.scans.push_back(a);
    }
    for (const StreamLinear& layer : head) memory.linear.push_back(take(layer.output));
    memory.workspace = take(work);
    return memory;
  }

  void read_vocabulary(const Safetensors& file, const std::string& level_name) {
    const auto level = from_name<Level>(level_name);
    check<FormatError>(level.has_value(), "{}: its 'data.level' is '{}'; the file was changed after training",
                       file.name(), level_name);
    vocabulary = Vocabulary::from_bytes(*level, file.values<std::uint8_t>("vocabulary"), file.name());
    check<FormatError>(vocabulary.size() == tokens, "{}: a vocabulary of {} for a model of {} tokens",
                       file.name(), vocabulary.size(), tokens);
    check<FormatError>(outputs == tokens,
                       "{}: {} outputs for a vocabulary of {}; the file was changed after training",
                       file.name(), outputs, tokens);
  }

  /// Reads tensors of a file into the parts, checking their shapes.
  struct Reader {
    const Safetensors& file;
    Parts& parts;
    Fingerprint hash;
    std::vector<AlignedBuffer<float>> moved;  // tensors that lie where no float may

    std::span<const std::byte> bytes(const std::string& name, std::vector<Index> shape) {
      const StoredTensor& tensor = file.at(name, StoredType::f32, shape);
      hash.add(tensor.bytes);
      parts.parameters += static_cast<Index>(tensor.bytes.size() / sizeof(float));
      return tensor.bytes;
    }
    /// The values, where they lie in the file if that is aligned, as ours are; valid as long as the reader.
    const float* values(const std::string& name, std::vector<Index> shape) {
      const auto from = bytes(name, std::move(shape));
      if (reinterpret_cast<std::uintptr_t>(from.data()) % alignof(float) == 0)
        return reinterpret_cast<const float*>(from.data());
      moved.emplace_back(static_cast<Index>(from.size() / sizeof(float)));
      std::memcpy(moved.back().data(), from.data(), from.size());
      return moved.back().data();
    }
    const float* copy(const std::string& name, std::vector<Index> shape, AlignedBuffer<float>& to) {
      const auto from = bytes(name, std::move(shape));
      to.reserve(static_cast<Index>(from.size() / sizeof(float)));
      if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
      return to.data();
    }
    Index dimension(const std::string& name, std::size_t rank, std::size_t which) const {
      const StoredTensor& tensor = file.at(name);
      check<FormatError>(tensor.shape.size() == rank, "{}: tensor '{}' has {} dimensions, expected {}",
                         file.name(), name, tensor.shape.size(), rank);
      return tensor.shape[which];
    }

    /// The width of what the first layer reads.
    Index input() {
      if (file.find("embedding.weight") == nullptr)
        return parts.inputs = dimension("encoder.weight_ih_l0", 2, 1);
      parts.tokens = dimension("embedding.weight", 2, 0);
      parts.embedding_width = dimension("embedding.weight", 2, 1);
      copy("embedding.weight", {parts.tokens, parts.embedding_width}, parts.embedding);
      return parts.embedding_width;
    }

    Index layer(const ModelConfig& model, std::size_t number, Index input) {
      const Cell& c = *parts.cell;
      const Index H = model.hidden_size[number];
      const ScanShape shape{
          .input = input, .hidden = H, .projection = model.proj_size, .layer_norm = model.layer_norm};
      check<FormatError>(input > 0, "{}: a layer that reads nothing; the file was changed after training",
                         file.name());
      const Index R = shape.recurrent(), G = static_cast<Index>(c.gates.size()),
                  P = static_cast<Index>(c.unit_weights.size()), x_rows = c.x_gates() * H,
                  h_rows = c.h_gates() * H;
      const auto name = [&](const char* weight) {
        return "encoder." + std::string(weight) + "_l" + std::to_string(number);
      };
      StreamLayer layer;
      ScanParameters<float> p;
      p.weight_ih = values(name("weight_ih"), {x_rows, input});
      if (h_rows > 0) p.weight_hh = values(name("weight_hh"), {h_rows, R});
      p.bias = copy(name("bias"), {G * H}, layer.bias);
      if (P > 0) p.weight_unit = copy(name("weight_unit"), {P, H}, layer.unit);
      if (model.proj_size > 0) p.weight_hr = values(name("weight_hr"), {R, H});
      if (model.layer_norm) {
        p.gain_ih = copy(name("weight_ln_x"), {x_rows}, layer.gain_ih);
        if (h_rows > 0) p.gain_hh = copy(name("weight_ln_h"), {h_rows}, layer.gain_hh);
      }
      const bool tabled = number == 0 && parts.tokens > 0 && parts.tokens <= kTableGrowth * input;
      if (tabled) fill_table(shape, p, layer);
      layer.weights.pack(c, shape, p, tabled ? ScanUse::steps : ScanUse::streaming);
      layer.weights.raw.weight_ih = layer.weights.raw.weight_hh = layer.weights.raw.weight_hr =
          nullptr;  // the file's
      layer.whole_input = model.layer_norm || tabled;
      layer.residual = model.residual && number > 0 && R == input;
      for (std::size_t s = 0; s < c.states.size(); ++s) {
        layer.state[s] = parts.state_floats;
        parts.state_floats += padded(s == 0 ? R : H);
      }
      parts.layers.push_back(std::move(layer));
      return R;
    }

    /// What the first layer's input product gives for each token, once and for all.
    void fill_table(const ScanShape& shape, const ScanParameters<float>& p, StreamLayer& layer) {
      ScanWeights<float> weights;
      weights.pack(*parts.cell, shape, p, ScanUse::inference);
      const Index width = parts.cell->x_gates() * shape.hidden;
      const LayoutPtr layout = Layout::dense(1, parts.tokens);
      layer.table.reserve(parts.tokens * width);
      ScanArgs<float> args{.weights = &weights, .layout = layout.get()};
      args.x = parts.embedding.data();
      args.pre = layer.table.data();
      AlignedBuffer<float> workspace(width);
      const FlushToZero guard;
      scan_inputs(args, workspace.data());
      parts.embedding = AlignedBuffer<float>();
    }

    Index linear(const std::string& name, Index input, Index output) {
      if (output == 0) output = dimension(name + ".weight", 2, 0);
      StreamLinear layer{.input = input, .output = output};
      pack_transposed(values(name + ".weight", {output, input}), input, output, input,
                      kernels<float>().panel_shape, layer.buffer, layer.panels);
      copy(name + ".bias", {output}, layer.bias);
      parts.head.push_back(std::move(layer));
      return output;
    }
  };
};

StreamModel::StreamModel() = default;
StreamModel::~StreamModel() = default;

std::shared_ptr<const StreamModel> StreamModel::open(const std::string& path) {
  std::shared_ptr<StreamModel> model(new StreamModel);
  model->parts_ = std::make_unique<Parts>(Safetensors::read(model_path(path).string()));
  return model;
}
std::shared_ptr<const StreamModel> StreamModel::parse(std::string_view bytes, const std::string& name) {
  std::shared_ptr<StreamModel> model(new StreamModel);
  model->parts_ = std::make_unique<Parts>(Safetensors::parse(bytes, name));
  return model;
}

const std::string& StreamModel::task() const noexcept { return parts_->task; }
std::int64_t StreamModel::tokens() const noexcept { return parts_->tokens; }
std::int64_t StreamModel::inputs() const noexcept { return parts_->inputs; }
std::int64_t StreamModel::outputs() const noexcept { return parts_->outputs; }
std::int64_t StreamModel::parameters() const noexcept { return parts_->parameters; }

std::vector<std::int32_t> StreamModel::encode(std::string_view text) const {
  check<ConfigError>(parts_->vocabulary.size() == parts_->tokens,
                     "a model of task '{}' reads numbers, not text", parts_->task);
  return encode_prompt(parts_->vocabulary, text).ids;
}
const std::string& StreamModel::text(std::int32_t token) const { return parts_->vocabulary.unit(token); }

namespace {

/// In front of a saved state.
struct StateHeader {
  char magic[8] = {'r', 'e', 'c', 'u', 'r', 's', 't', '1'};
  std::uint64_t model = 0;  // its fingerprint
  std::uint64_t bytes = 0;  // that follow
};
static_assert(sizeof(StateHeader) == 24);

}  // namespace

struct Stream::Parts {
  std::shared_ptr<const StreamModel> model;
  AlignedBuffer<float> buffer;
  StreamMemory memory;

  explicit Parts(std::shared_ptr<const StreamModel> of)
      : model(std::move(of)), buffer(fixed().stream_floats), memory(fixed().lay_out(buffer.data())) {
    std::memset(buffer.data(), 0, bytes());
    resume();
  }

  const StreamModel::Parts& fixed() const noexcept { return *model->parts_; }
  std::size_t bytes() const noexcept { return static_cast<std::size_t>(buffer.size()) * sizeof(float); }
  std::size_t state_bytes() const noexcept {
    return static_cast<std::size_t>(fixed().state_floats) * sizeof(float);
  }

  std::span<const float> outputs() const noexcept {
    return {memory.linear.back(), static_cast<std::size_t>(fixed().outputs)};
  }

  /// One step of all layers; x is null where the first layer's input product lies ready at `pre`.
  void read(const float* x, const float* pre) noexcept {
    const FlushToZero guard;
    const Kernels<float>& k = kernels<float>();
    for (std::size_t i = 0; i < memory.scans.size(); ++i) {
      const StreamLayer& layer = fixed().layers[i];
      ScanArgs<float>& a = memory.scans[i];
      a.x = x;
      a.weights_last_first = !a.weights_last_first;
      if (i == 0 && pre != nullptr) {
        a.pre = const_cast<float*>(pre);  // read only: scan_inputs() alone writes it
      } else if (layer.whole_input) {
        scan_inputs(a, memory.workspace);
      }
      scan_steps(a, memory.workspace);
      if (layer.residual) k.add(layer.width(), x, a.y);
      x = a.y;
    }
    answer(x);
  }

  /// What the last layer gave. It is a function of the states, so no state holds it.
  const float* top() noexcept {
    const Kernels<float>& k = kernels<float>();
    const float* x = nullptr;
    for (std::size_t i = 0; i < memory.scans.size(); ++i) {
      const StreamLayer& layer = fixed().layers[i];
      std::memcpy(memory.scans[i].y, memory.scans[i].initial[0],
                  static_cast<std::size_t>(layer.width()) * sizeof(float));
      if (layer.residual) k.add(layer.width(), x, memory.scans[i].y);
      x = memory.scans[i].y;
    }
    return x;
  }

  /// The head, of what the last layer gave.
  void answer(const float* x) noexcept {
    const Kernels<float>& k = kernels<float>();
    for (std::size_t i = 0; i < memory.linear.size(); ++i) {
      const StreamLinear& layer = fixed().head[i];
      k.gemm({.rows = 1,
              .a = x,
              .a_stride = layer.input,
              .b = layer.panels,
              .bias = layer.bias.data(),
              .y = memory.linear[i],
              .y_stride = layer.output});
      if (i + 1 < memory.linear.size())
        k.activate(Activation::relu, layer.output, memory.linear[i], memory.linear[i]);
      x = memory.linear[i];
    }
  }

  void resume() noexcept {
    const FlushToZero guard;
    answer(top());
  }
};

std::size_t StreamModel::state_size() const noexcept {
  return sizeof(StateHeader) + static_cast<std::size_t>(parts_->state_floats) * sizeof(float);
}

Stream::Stream(std::shared_ptr<const StreamModel> model) {
  RECUR_ASSERT(model != nullptr);
  parts_ = std::make_unique<Parts>(std::move(model));
}
Stream::Stream(const Stream& other) {
  RECUR_ASSERT(other.parts_ != nullptr);  // not one that was moved from
  *this = other;
}
Stream::Stream(Stream&& other) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept = default;
Stream::~Stream() = default;

Stream& Stream::operator=(const Stream& other) {
  if (this == &other) return *this;
  RECUR_ASSERT(other.parts_ != nullptr);
  if (parts_ == nullptr || parts_->model != other.parts_->model)
    parts_ = std::make_unique<Parts>(other.parts_->model);
  std::memcpy(parts_->buffer.data(), other.parts_->buffer.data(), parts_->bytes());
  return *this;
}

const std::shared_ptr<const StreamModel>& Stream::model() const noexcept { return parts_->model; }

std::span<const float> Stream::step(std::int32_t token) noexcept {
  const StreamModel::Parts& m = parts_->fixed();
  if (token < 0 || token >= m.tokens) return {};
  const AlignedBuffer<float>& table = m.layers[0].table;
  if (table.size() > 0) {
    parts_->read(nullptr, table.data() + token * (table.size() / m.tokens));
  } else {
    parts_->read(m.embedding.data() + token * m.embedding_width, nullptr);
  }
  return parts_->outputs();
}

std::span<const float> Stream::step(std::span<const float> x) noexcept {
  const StreamModel::Parts& m = parts_->fixed();
  if (m.inputs == 0 || static_cast<Index>(x.size()) != m.inputs) return {};
  parts_->read(x.data(), nullptr);
  return parts_->outputs();
}

std::span<const float> Stream::outputs() const noexcept { return parts_->outputs(); }

void Stream::reset() noexcept {
  std::memset(parts_->buffer.data(), 0, parts_->state_bytes());
  parts_->resume();
}

bool Stream::save(std::span<std::byte> to) const noexcept {
  if (to.size() < model()->state_size()) return false;
  StateHeader header;
  header.model = parts_->fixed().fingerprint;
  header.bytes = parts_->state_bytes();
  std::memcpy(to.data(), &header, sizeof header);
  std::memcpy(to.data() + sizeof header, parts_->buffer.data(), parts_->state_bytes());
  return true;
}

std::vector<std::byte> Stream::save() const {
  std::vector<std::byte> state(model()->state_size());
  save(state);
  return state;
}

void Stream::restore(std::span<const std::byte> state) {
  StateHeader header;
  const StateHeader wanted;
  check<FormatError>(state.size() >= sizeof header, "a state of {} bytes, expected {}; was it cut off?",
                     state.size(), model()->state_size());
  std::memcpy(&header, state.data(), sizeof header);
  check<FormatError>(std::memcmp(header.magic, wanted.magic, sizeof header.magic) == 0,
                     "these {} bytes are not the saved state of a stream", state.size());
  check<FormatError>(header.model == parts_->fixed().fingerprint && header.bytes == parts_->state_bytes(),
                     "the state of a stream of another model; open the model that it was saved from");
  check<FormatError>(state.size() == model()->state_size(),
                     "a state of {} bytes, expected {}; was it cut off?", state.size(),
                     model()->state_size());
  std::memcpy(parts_->buffer.data(), state.data() + sizeof header, parts_->state_bytes());
  parts_->resume();
}

std::size_t StreamModel::stream_bytes() const noexcept {
  return static_cast<std::size_t>(parts_->stream_floats) * sizeof(float);
}

}  // namespace recur
