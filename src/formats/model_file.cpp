#include "formats/model_file.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <set>
#include <span>

#include "base/bf16.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/sha256.h"
#include "formats/byte_rows.h"

namespace recur {
namespace {

StoredType stored_type_of(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return StoredType::f32;
    case DType::f64:
      return StoredType::f64;
    case DType::i32:
      return StoredType::i32;
  }
  return StoredType::f32;
}

Tensor to_tensor(const StoredTensor& stored, const std::string& where) {
  check<FormatError>(stored.shape.size() <= 4, "{}: tensor '{}' has {} dimensions, expected at most 4", where,
                     stored.name, stored.shape.size());
  const auto& d = stored.shape;
  const Shape shape = d.empty()       ? Shape{}
                      : d.size() == 1 ? Shape{d[0]}
                      : d.size() == 2 ? Shape{d[0], d[1]}
                      : d.size() == 3 ? Shape{d[0], d[1], d[2]}
                                      : Shape{d[0], d[1], d[2], d[3]};
  const DType dtype = stored.type == StoredType::f64   ? DType::f64
                      : stored.type == StoredType::i32 ? DType::i32
                                                       : DType::f32;
  Tensor tensor = Tensor::empty(shape, dtype);
  if (stored.type == StoredType::bf16) {
    for (Index i = 0; i < tensor.size(); ++i) {
      std::uint16_t bits;
      std::memcpy(&bits, stored.bytes.data() + i * Index{sizeof bits}, sizeof bits);
      tensor.data<float>()[i] = from_bf16(bits);
    }
  } else if (stored.type != StoredType::i8 && !stored.bytes.empty()) {
    std::memcpy(tensor.raw(), stored.bytes.data(), stored.bytes.size());
  }
  return tensor;
}

nlohmann::json json_of(const Safetensors& file, const char* key) {
  return parse_json(file.meta(key), fmt::format("{}: its '{}'", file.name(), key), kDeepestConfig);
}

/// The whole numbers again.
std::vector<std::int8_t> to_bytes_of(const NamedTensor& t) {
  std::vector<std::int8_t> bytes;
  const Index columns = t.value.dim(1);
  for (Index i = 0; i < t.value.size(); ++i) {
    const float scale = t.scales.data<float>()[i / columns];
    bytes.push_back(scale == 0 ? std::int8_t{0}
                               : static_cast<std::int8_t>(std::nearbyint(t.value.data<float>()[i] / scale)));
  }
  return bytes;
}

}  // namespace

ModelFile ModelFile::from(const Safetensors& file) {
  const ModelHeader header = read_model_header(file);
  ModelFile model;
  model.where = file.name();
  model.task = header.task;
  model.config = json_of(file, "recur.config");
  model.metrics = json_of(file, "recur.metrics");
  check<FormatError>(
      model.metrics.is_object(), "{}: its 'recur.metrics' is {}, expected an object", file.name(),
      model.metrics.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).substr(0, 40));
  model.data_sha256 = file.meta("recur.data_sha256");
  model.isa = file.meta("recur.isa");
  const auto checksum = file.metadata().find("recur.sha256");
  if (checksum != file.metadata().end()) model.checksum = checksum->second;
  std::set<std::string> scales;  // they come with their matrices
  for (const StoredTensor& stored : file.tensors()) {
    if (stored.type == StoredType::u8) {
      check<FormatError>(stored.shape.size() == 1,
                         "{}: tensor '{}' of bytes has {} dimensions, expected 1; the file was changed after "
                         "training",
                         file.name(), stored.name, stored.shape.size());
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(stored.bytes.data());
      model.blobs[stored.name].assign(bytes, bytes + stored.bytes.size());
      continue;
    }
    if (stored.type == StoredType::i8) {
      NamedTensor matrix{stored.name, to_tensor(stored, file.name()), false,
                         Tensor::empty({stored.shape.empty() ? 0 : stored.shape[0]})};
      read_byte_rows(file, stored, matrix.value.data<float>(), matrix.scales.data<float>());
      scales.insert(scale_name(stored.name));
      model.tensors.push_back(std::move(matrix));
      continue;
    }
    check<FormatError>(stored.type == StoredType::f32 || stored.type == StoredType::bf16 ||
                           stored.type == StoredType::f64 || stored.type == StoredType::i32,
                       "{}: tensor '{}' is {}, expected F32, BF16, F64, I32, I8 or U8", file.name(),
                       stored.name, to_string(stored.type));
    model.tensors.push_back({stored.name, to_tensor(stored, file.name()), stored.type == StoredType::bf16});
  }
  std::erase_if(model.tensors, [&](const NamedTensor& t) { return scales.contains(t.name); });
  return model;
}

std::string ModelFile::digest() const {
  Sha256 hash;
  // Each string behind its length, so that none can be moved into its neighbour.
  const auto add = [&](std::string_view bytes) {
    hash.update(std::to_string(bytes.size()) + ":");
    hash.update(bytes);
  };
  for (const std::string& text : {task, config.dump(), metrics.dump(), data_sha256, isa}) add(text);
  std::map<std::string, const Tensor*> sorted;
  for (const NamedTensor& t : tensors) {
    sorted[t.name] = &t.value;
    if (t.scales.defined()) sorted[scale_name(t.name)] = &t.scales;
  }
  for (const auto& [name, tensor] : sorted) {
    add(name);
    add(tensor->shape().to_string());
    add({static_cast<const char*>(tensor->raw()), static_cast<std::size_t>(tensor->bytes())});
  }
  for (const auto& [name, bytes] : blobs) {
    add(name);
    add({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  return hash.hex();
}

void ModelFile::emit(const std::function<void(std::string_view)>& sink) const {
  std::vector<StoredTensor> list;
  std::deque<std::vector<std::uint16_t>> halves;
  std::deque<std::vector<std::int8_t>> eighths;
  for (const NamedTensor& t : tensors) {
    std::vector<Index> shape;
    for (int i = 0; i < t.value.shape().rank(); ++i) shape.push_back(t.value.dim(i));
    if (t.bf16) {
      std::vector<std::uint16_t>& half = halves.emplace_back();
      for (Index i = 0; i < t.value.size(); ++i) half.push_back(to_bf16(t.value.data<float>()[i]));
      list.push_back({t.name, StoredType::bf16, std::move(shape), std::as_bytes(std::span(half))});
      continue;
    }
    const auto as_it_is = [](const Tensor& value) {
      return std::span(static_cast<const std::byte*>(value.raw()), static_cast<std::size_t>(value.bytes()));
    };
    if (t.scales.defined()) {
      const std::vector<std::int8_t>& bytes = eighths.emplace_back(to_bytes_of(t));
      list.push_back({scale_name(t.name), StoredType::f32, {shape[0]}, as_it_is(t.scales)});
      list.push_back({t.name, StoredType::i8, std::move(shape), std::as_bytes(std::span(bytes))});
      continue;
    }
    list.push_back({t.name, stored_type_of(t.value.dtype()), std::move(shape), as_it_is(t.value)});
  }
  for (const auto& [name, bytes] : blobs)
    list.push_back(stored<std::uint8_t>(name, {static_cast<Index>(bytes.size())}, bytes));
  write_safetensors(list,
                    {{"recur.format", std::to_string(kModelFormat)},
                     {"recur.task", task},
                     {"recur.config", config.dump()},
                     {"recur.metrics", metrics.dump()},
                     {"recur.data_sha256", data_sha256},
                     {"recur.isa", isa},
                     {"recur.sha256", digest()}},
                    sink);
}

std::string ModelFile::to_bytes() const {
  std::string bytes;
  emit([&](std::string_view piece) { bytes += piece; });
  return bytes;
}

void ModelFile::save(const std::filesystem::path& path) const {
  constexpr std::size_t kBlock = 1 << 20;  // small tensors are written together
  AtomicFile file(path);
  std::string waiting;
  emit([&](std::string_view piece) {
    if (waiting.size() + piece.size() > kBlock && !waiting.empty()) {
      file.write(waiting);
      waiting.clear();
    }
    if (piece.size() > kBlock)
      file.write(piece);
    else
      waiting += piece;
  });
  if (!waiting.empty()) file.write(waiting);
  file.commit();
}

ModelFile ModelFile::read(const std::filesystem::path& path) {
  check_model_is_there(path);
  return from(Safetensors::read(path.string()));
}
ModelFile ModelFile::parse(std::string_view bytes, const std::string& name) {
  return from(Safetensors::parse(bytes, name));
}

const Tensor* ModelFile::find(std::string_view name) const {
  const auto it =
      std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& t) { return t.name == name; });
  return it == tensors.end() ? nullptr : &it->value;
}

bool is_parameter(const NamedTensor& tensor) {
  return !tensor.name.starts_with("golden.") && !tensor.name.starts_with("pipeline.");
}

const NamedTensor& ModelFile::golden(std::string_view of_tokens, std::string_view of_numbers) const {
  const auto it = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& t) {
    return t.name == of_tokens || t.name == of_numbers;
  });
  check<FormatError>(it != tensors.end() && it->value.size() > 0,
                     "{}: has no '{}'; the file was changed after training", where, of_numbers);
  return *it;
}
const Tensor& ModelFile::golden_input() const { return golden("golden.tokens", "golden.inputs").value; }
const Tensor& ModelFile::golden_output() const { return golden("golden.logits", "golden.outputs").value; }
void ModelFile::set_golden_output(const Tensor& output) {
  const std::string& name = golden("golden.logits", "golden.outputs").name;
  for (NamedTensor& t : tensors)
    if (t.name == name) t.value = output;
}

Tensor ModelFile::scales(std::string_view name) const {
  const auto it =
      std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& t) { return t.name == name; });
  return it == tensors.end() ? Tensor() : it->scales;
}

const Tensor& ModelFile::at(std::string_view name, const Shape& shape, DType dtype) const {
  const Tensor* tensor = find(name);
  check<FormatError>(tensor != nullptr, "{}: tensor '{}' is missing; the file was changed after training",
                     where, name);
  check<FormatError>(tensor->shape() == shape && tensor->dtype() == dtype,
                     "{}: tensor '{}' is {} {}, but its configuration asks for {} {}", where, name,
                     to_string(stored_type_of(tensor->dtype())), tensor->shape().to_string(),
                     to_string(stored_type_of(dtype)), shape.to_string());
  return *tensor;
}

const std::vector<std::uint8_t>& ModelFile::blob(std::string_view name) const {
  const auto it = blobs.find(std::string(name));
  check<FormatError>(it != blobs.end(),
                     "{}: tensor '{}' of bytes is missing; the file was changed after training", where, name);
  return it->second;
}

}  // namespace recur
