// Opening a model for streaming: its header and tensors are checked, its weights packed.
#include "api/stream_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/bf16.h"
#include "base/enum_names.h"
#include "base/error.h"
#include "base/flush_to_zero.h"
#include "base/json_reader.h"
#include "formats/byte_rows.h"
#include "formats/model_header.h"
#include "nn/model_config.h"

namespace recur {
namespace {

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
  bool tied = false;    // the output layer's weights are the embedding's table
  std::string options;  // those of the model that are needed, as text: for the fingerprint
};

const JsonValue& option(const JsonValue& config, const char* table, const char* key,
                        const std::string& where) {
  const JsonValue* entries = config.find(table);
  const JsonValue* entry = entries == nullptr ? nullptr : entries->find(key);
  check<FormatError>(entry != nullptr,
                     "{}: its configuration has no '{}.{}'; the file was changed after training", where,
                     table, key);
  return *entry;
}

/// Reads the options of the model that make a difference to a stream, inside the limits of their fields.
void read_model(const JsonValue& config, const std::string& where, Plan& plan) {
  const std::string place = where + ": its model.";
  std::vector<Setting> settings;
  try {
    for (const char* key :
         {"bidirectional", "cell", "head", "hidden_size", "layer_norm", "proj_size", "residual", "zoneout"}) {
      const JsonValue& value = option(config, "model", key, where);
      settings.push_back({key, option_value(value, place + key), place, key});
      plan.options += format_message("{}\"{}\":{}", {plan.options.empty() ? "{" : ",", key, value.source});
    }
    set_options(settings, options_of(plan.model));
  } catch (const ConfigError& error) {  // not what a user typed: what the file says
    fail<FormatError>("{}; the file was changed after training", error.what());
  }
  plan.options += "}";
}

Plan read_plan(const Safetensors& file) {
  const ModelHeader header = read_model_header(file);
  const std::string& where = file.name();
  const JsonValue config = read_json(header.config, where + ": its 'recur.config'", kDeepestConfig);
  Plan plan{.task = std::string(header.task), .level = {}, .model = {}, .options = {}};
  read_model(config, where, plan);
  if (plan.task == "lm") {
    // Models of before this option have none.
    const JsonValue* const tied = config.find("model")->find("tie_weights");
    plan.tied = tied != nullptr && tied->source == "true";
    const JsonValue* const cutoffs = config.find("model")->find("adaptive_cutoffs");
    check<ConfigError>(cutoffs == nullptr || cutoffs->items.empty(),
                       "{}: a model with an adaptive softmax cannot be streamed; use recur predict", where);
    const JsonValue& level = option(config, "data", "level", where);
    check<FormatError>(level.kind == JsonValue::Kind::text,
                       "{}: its 'data.level' is {}; the file was changed after training", where,
                       level.shown());
    plan.level = level.text;
  }
  check<ConfigError>(
      plan.task != "tag" && plan.task != "seq2seq",
      "{}: a model of task '{}' answers sentence by sentence and cannot be streamed; use recur predict",
      where, plan.task);
  check<FormatError>(!plan.model.hidden_size.empty(),
                     "{}: its 'model.hidden_size' is empty; the file was changed after training", where);
  check<ConfigError>(
      config.find("model")->find("pool") == nullptr,
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

}  // namespace

/// Reads tensors of a file into the parts, checking their shapes.
struct StreamModel::Parts::Reader {
  const Safetensors& file;
  Parts& parts;
  Fingerprint hash;
  std::vector<AlignedBuffer<float>> moved;  // tensors that lie where no float may

  bool is_bf16(const std::string& name) const { return file.at(name).type == StoredType::bf16; }
  /// How weights may lie in a file: as floats, unless they have been converted.
  StoredType type_of(const std::string& name) const {
    const StoredType type = file.at(name).type;
    return type == StoredType::bf16 || type == StoredType::i8 ? type : StoredType::f32;
  }
  /// The values, where they lie in the file if they are floats and aligned, as ours are; valid as long as the
  /// reader.
  std::span<const float> values(const std::string& name, const std::vector<Index>& shape) {
    const StoredTensor& tensor = file.at(name, type_of(name), shape);
    hash.add(tensor.bytes);
    const std::span<const float> found = as_floats(tensor);
    parts.parameters += static_cast<Index>(found.size());
    for (const float& value : found)
      check<FormatError>(std::isfinite(value), "{}: {}[{}] is {}; the file was changed after training",
                         file.name(), name, &value - found.data(), value);
    return found;
  }
  std::span<const float> as_floats(const StoredTensor& tensor) {
    const std::byte* const from = tensor.bytes.data();
    if (tensor.type == StoredType::i8) {
      hash.add(file.at(scale_name(tensor.name)).bytes);
      float* const to = moved.emplace_back(static_cast<Index>(tensor.bytes.size())).data();
      read_byte_rows(file, tensor, to, nullptr);
      return {to, tensor.bytes.size()};
    }
    const bool bf16 = tensor.type == StoredType::bf16;
    const std::size_t size = tensor.bytes.size() / (bf16 ? sizeof(std::uint16_t) : sizeof(float));
    if (!bf16 && reinterpret_cast<std::uintptr_t>(from) % alignof(float) == 0)
      return {reinterpret_cast<const float*>(from), size};
    float* const to = moved.emplace_back(static_cast<Index>(size)).data();
    if (!bf16 && size > 0) std::memcpy(to, from, tensor.bytes.size());
    for (std::size_t i = 0; bf16 && i < size; ++i) {
      std::uint16_t bits;
      std::memcpy(&bits, from + i * sizeof bits, sizeof bits);
      to[i] = from_bf16(bits);
    }
    return {to, size};
  }
  const float* copy(const std::string& name, const std::vector<Index>& shape, AlignedBuffer<float>& to) {
    const std::span<const float> from = values(name, shape);
    to.reserve(static_cast<Index>(from.size()));
    std::copy(from.begin(), from.end(), to.data());
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
    p.weight_ih = values(name("weight_ih"), {x_rows, input}).data();
    if (h_rows > 0) p.weight_hh = values(name("weight_hh"), {h_rows, R}).data();
    p.bias = copy(name("bias"), {G * H}, layer.bias);
    if (P > 0) p.weight_unit = copy(name("weight_unit"), {P, H}, layer.unit);
    if (model.proj_size > 0) p.weight_hr = values(name("weight_hr"), {R, H}).data();
    if (model.layer_norm) {
      p.gain_ih = copy(name("weight_ln_x"), {x_rows}, layer.gain_ih);
      if (h_rows > 0) p.gain_hh = copy(name("weight_ln_h"), {h_rows}, layer.gain_hh);
    }
    const auto scales = [&](const char* weight, Index rows, AlignedBuffer<float>& to) -> const float* {
      if (rows == 0 || type_of(name(weight)) != StoredType::i8) return nullptr;
      const float* const found = copy(scale_name(name(weight)), {rows}, to);
      parts.parameters -= rows;
      return found;
    };
    p.scale_ih = scales("weight_ih", x_rows, layer.scale_ih);
    p.scale_hh = scales("weight_hh", h_rows, layer.scale_hh);
    p.scale_hr = model.proj_size > 0 ? scales("weight_hr", R, layer.scale_hr) : nullptr;
    p.bf16 = is_bf16(name("weight_ih")) && (h_rows == 0 || is_bf16(name("weight_hh"))) &&
             (model.proj_size == 0 || is_bf16(name("weight_hr")));
    const bool tabled = number == 0 && parts.tokens > 0 && parts.tokens <= kTableGrowth * input;
    if (tabled) fill_table(shape, p, layer);
    layer.weights.pack(c, shape, p, tabled ? ScanUse::steps : ScanUse::streaming);
    layer.weights.raw.weight_ih = layer.weights.raw.weight_hh = layer.weights.raw.weight_hr =
        nullptr;  // the file's
    layer.whole_input = layer.weights.whole || tabled;
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

  /// `tied`: its weights are the embedding's, which have been read.
  Index linear(const std::string& name, Index input, Index output, bool tied) {
    const std::string weight = tied ? "embedding.weight" : name + ".weight";
    if (output == 0) output = dimension(weight, 2, 0);
    StreamLinear layer{.input = input, .output = output};
    const std::span<const float> w =
        tied ? as_floats(file.at(weight, type_of(weight), std::array{output, input}))
             : values(weight, {output, input});
    pack_transposed(w.data(), input, output, input, kernels<float>().panel_shape, OnePanelAfterAnother(),
                    layer.buffer, layer.panels);
    if (is_bf16(weight)) pair_lines(layer.buffer, layer.pairs, layer.panels);
    copy(name + ".bias", {output}, layer.bias);
    parts.head.push_back(std::move(layer));
    return output;
  }

  void read_vocabulary(const std::string& level_name) {
    const auto level = from_name<Level>(level_name);
    check<FormatError>(level.has_value(), "{}: its 'data.level' is '{}'; the file was changed after training",
                       file.name(), level_name);
    parts.vocabulary = Vocabulary::from_bytes(*level, file.values<std::uint8_t>("vocabulary"), file.name());
    check<FormatError>(parts.vocabulary.size() == parts.tokens,
                       "{}: a vocabulary of {} for a model of {} tokens", file.name(),
                       parts.vocabulary.size(), parts.tokens);
    check<FormatError>(parts.outputs == parts.tokens,
                       "{}: {} outputs for a vocabulary of {}; the file was changed after training",
                       file.name(), parts.outputs, parts.tokens);
  }
};

StreamModel::Parts::Parts(const Safetensors& file) {
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
    width = read.linear("head." + std::to_string(i), width, i < heads.size() ? heads[i] : 0,
                        plan.tied && i == heads.size());
  outputs = width;
  fingerprint = read.hash.value();
  if (!plan.level.empty()) read.read_vocabulary(plan.level);
  stream_floats = lay_out(*one_step, nullptr).floats;
}

StreamModel::StreamModel() = default;
StreamModel::~StreamModel() = default;

std::shared_ptr<const StreamModel> StreamModelParts::open(const Safetensors& file) {
  std::shared_ptr<StreamModel> model(new StreamModel);
  model->parts_ = std::make_unique<StreamModel::Parts>(file);
  return model;
}

std::shared_ptr<const StreamModel> StreamModel::open(const std::string& path) {
  const std::filesystem::path file = model_path(path);
  check_model_is_there(file);
  return StreamModelParts::open(Safetensors::read(file.string()));
}
std::shared_ptr<const StreamModel> StreamModel::parse(std::string_view bytes, const std::string& name) {
  return StreamModelParts::open(Safetensors::parse(bytes, name));
}

const std::string& StreamModel::task() const noexcept { return parts_->task; }
std::int64_t StreamModel::tokens() const noexcept { return parts_->tokens; }
std::int64_t StreamModel::inputs() const noexcept { return parts_->inputs; }
std::int64_t StreamModel::outputs() const noexcept { return parts_->outputs; }
std::int64_t StreamModel::parameters() const noexcept { return parts_->parameters; }

const Vocabulary& vocabulary_of(const StreamModel& model) {
  const auto& parts = StreamModelParts::of(model);
  check<ConfigError>(parts.vocabulary.size() == parts.tokens, "a model of task '{}' reads numbers, not text",
                     parts.task);
  return parts.vocabulary;
}

std::vector<std::int32_t> StreamModel::encode(std::string_view text) const {
  return encode_prompt(vocabulary_of(*this), text).ids;
}
const std::string& StreamModel::text(std::int32_t token) const { return parts_->vocabulary.unit(token); }

}  // namespace recur
