// The model file: the whole of a trained model, as a safetensors file that other tools open too
// (docs/model_file.md).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model_header.h"
#include "formats/safetensors.h"
#include "tensor/tensor.h"

namespace recur {

/// A tensor by name.
struct NamedTensor {
  std::string name;
  Tensor value;
  bool bf16 = false;  ///< F32 whose values are all bfloat16, and are stored as such
  /// Defined, F32 [rows]: each value is a whole number up to 127 times its row's scale, and is stored as I8
  /// beside the scales, name + ".scale".
  Tensor scales{};
};

/// Whether it is a weight, and not a golden number or a statistic of the pipeline.
bool is_parameter(const NamedTensor& tensor);

/// What a model file holds. Nothing of where, when, or with how many threads it was made.
struct ModelFile {
  std::string task;         ///< "lm"
  nlohmann::json config;    ///< resolved options: what the data must look like, what the model is made of
  nlohmann::json metrics;   ///< scores by split, as training left them
  std::string data_sha256;  ///< of the data that the run read
  std::string isa;          ///< the instruction set on which the golden outputs were computed
  std::vector<NamedTensor> tensors;                        ///< weights, statistics, golden inputs and outputs
  std::map<std::string, std::vector<std::uint8_t>> blobs;  ///< vocabularies: U8 tensors

  std::string checksum;  ///< as stored, of a file that was read: what digest() was when it was written

  /// SHA-256 of all that the file holds, but for itself: a changed bit anywhere changes it.
  std::string digest() const;
  /// The bytes of the file: a function of the contents.
  std::string to_bytes() const;
  /// Writes these bytes, by write and rename, without a copy of the tensors in memory. Throws IoError.
  void save(const std::filesystem::path& path) const;
  /// Throws IoError, FormatError: for files that are none, of another kind, or of a newer format.
  static ModelFile read(const std::filesystem::path& path);
  static ModelFile parse(std::string_view bytes, const std::string& name);
  static ModelFile from(const Safetensors& file);

  /// The tensor of that name; throws FormatError naming the file if there is none or its shape or type
  /// differs.
  const Tensor& at(std::string_view name, const Shape& shape, DType dtype = DType::f32) const;
  const Tensor* find(std::string_view name) const;
  /// The scales of the tensor of that name; undefined if it has none.
  Tensor scales(std::string_view name) const;
  /// An input, and what the model gave for it when it was written. Throw FormatError where there are none.
  const Tensor& golden_input() const;
  const Tensor& golden_output() const;
  void set_golden_output(const Tensor& output);
  const std::vector<std::uint8_t>& blob(std::string_view name) const;

  std::string where;  ///< the file's name in messages

 private:
  /// The tensor that has one of these names.
  const NamedTensor& golden(std::string_view of_tokens, std::string_view of_numbers) const;
  void emit(const std::function<void(std::string_view)>& sink) const;
};

}  // namespace recur
