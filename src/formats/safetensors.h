// safetensors files (https://github.com/huggingface/safetensors): named arrays behind a JSON header.
//
//   [ 8 bytes: header length n, little endian ] [ n bytes: JSON ] [ the tensors, without gaps ]
//
// The reader trusts nothing: whatever the bytes, it ends in a file whose every tensor lies where the header
// says, or in one FormatError. The writer is deterministic: equal tensors and metadata give equal bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/types.h"

namespace recur {

static_assert(std::endian::native == std::endian::little, "tensors are copied as they lie in the file");

/// What the elements of a stored tensor are.
enum class StoredType { boolean, u8, i8, u16, i16, f16, bf16, u32, i32, f32, u64, i64, f64 };

/// The name that the format gives to it: "F32".
std::string_view to_string(StoredType type);
/// Bytes of one element.
Index size_of(StoredType type);

/// One tensor of a file: a view, the bytes belong to someone else.
struct StoredTensor {
  std::string name;
  StoredType type = StoredType::f32;
  std::vector<Index> shape;  // row-major; {} is a scalar
  std::span<const std::byte> bytes;
};

/// Strings of a file, by sorted key.
using Metadata = std::map<std::string, std::string, std::less<>>;

/// The header's key that holds the metadata; no tensor is called so.
inline constexpr std::string_view kMetadataKey = "__metadata__";
/// Where a header may end: the reader takes what the format allows; the writer promises less, so that
/// metadata stays small configuration and every tool opens the file at once.
inline constexpr Index kMaxHeaderRead = 100'000'000;
inline constexpr Index kMaxHeaderWritten = 1 << 20;
/// Where the first tensor begins is a multiple of this.
inline constexpr Index kTensorAlignment = 64;

/// The bytes of a file that holds `tensors` and `metadata`. Tensors lie widest element first, then by name,
/// so that each is aligned for its type. Names are unique and the sizes of `bytes` fit the shapes: the
/// caller's duty. Errors: FormatError if a string is not UTF-8 or the header grows beyond kMaxHeaderWritten.
std::string write_safetensors(std::span<const StoredTensor> tensors, const Metadata& metadata);
/// The same bytes, handed to `sink` piece by piece: no copy of the tensors is made.
void write_safetensors(std::span<const StoredTensor> tensors, const Metadata& metadata,
                       const std::function<void(std::string_view)>& sink);

/// The StoredType of a C++ type.
template <class T>
constexpr StoredType stored_type() {
  if constexpr (std::is_same_v<T, float>)
    return StoredType::f32;
  else if constexpr (std::is_same_v<T, double>)
    return StoredType::f64;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return StoredType::u8;
  else if constexpr (std::is_same_v<T, std::int8_t>)
    return StoredType::i8;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return StoredType::i32;
  else if constexpr (std::is_same_v<T, std::uint32_t>)
    return StoredType::u32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return StoredType::i64;
  else {
    static_assert(std::is_same_v<T, std::uint64_t>, "no stored type for this element");
    return StoredType::u64;
  }
}

/// A StoredTensor over `values`, which must outlive it.
template <class T>
StoredTensor stored(std::string name, std::vector<Index> shape, std::span<const T> values) {
  return {std::move(name), stored_type<T>(), std::move(shape), std::as_bytes(values)};
}

/// A file that was read and found whole. Movable; views of its tensors live as long as it does.
class Safetensors {
 public:
  /// Reads a file. Errors: IoError if it cannot be read, FormatError if it is not a valid safetensors file.
  static Safetensors read(const std::string& path);
  /// Reads the bytes of a file; `name` stands for it in messages. Errors: FormatError.
  static Safetensors parse(std::string_view bytes, std::string name);

  /// What the file is called in messages.
  const std::string& name() const { return name_; }
  const Metadata& metadata() const { return metadata_; }
  /// In the order in which they lie in the file.
  std::span<const StoredTensor> tensors() const { return tensors_; }
  /// The tensor of that name, or null.
  const StoredTensor* find(std::string_view name) const;
  /// The tensor of that name. Errors: FormatError if the file has none.
  const StoredTensor& at(std::string_view name) const;
  /// The same, with the type and shape that the caller needs. Errors: FormatError if it has others.
  const StoredTensor& at(std::string_view name, StoredType type, std::span<const Index> shape) const;
  /// The metadata of that key. Errors: FormatError if the file has none.
  const std::string& meta(std::string_view key) const;

  /// A copy of a tensor's elements. Errors: FormatError if the file has no such tensor or it holds another
  /// type.
  template <class T>
  std::vector<T> values(std::string_view name) const {
    const StoredTensor& tensor = at(name);
    expect_type(tensor, stored_type<T>());
    std::vector<T> copy(tensor.bytes.size() / sizeof(T));
    if (!copy.empty()) std::memcpy(copy.data(), tensor.bytes.data(), tensor.bytes.size());
    return copy;
  }

 private:
  struct FreeAligned {
    void operator()(std::byte* bytes) const;
  };

  using ReadNext = std::function<void(void* to, std::uint64_t bytes)>;
  static Safetensors load(const ReadNext& read, std::uint64_t size, std::string name);
  void expect_type(const StoredTensor& tensor, StoredType type) const;

  std::string name_;
  Metadata metadata_;
  std::vector<StoredTensor> tensors_;
  std::unique_ptr<std::byte[], FreeAligned> data_;  // aligned to kTensorAlignment
};

}  // namespace recur
