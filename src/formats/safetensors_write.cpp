#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/error.h"
#include "formats/safetensors.h"

namespace recur {
namespace {

Index byte_size(const StoredTensor& tensor) {
  Index size = size_of(tensor.type);
  for (Index dim : tensor.shape) size *= dim;
  return size;
}

/// The header, padded so that the tensors begin aligned.
std::string make_header(std::span<const StoredTensor* const> tensors, const Metadata& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadataKey] = metadata;
  Index begin = 0;
  for (const StoredTensor* tensor : tensors) {
    const Index end = begin + static_cast<Index>(tensor->bytes.size());
    RECUR_ASSERT(end - begin == byte_size(*tensor));
    RECUR_ASSERT(!header.contains(tensor->name) && tensor->name != kMetadataKey);
    header[tensor->name] = {
        {"dtype", to_string(tensor->type)}, {"shape", tensor->shape}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::exception& error) {
    fail<FormatError>("a name or a metadata string of the model file is not UTF-8: {}", error.what());
  }
  const auto aligned = [](std::size_t n) {
    return (n + kTensorAlignment - 1) / kTensorAlignment * kTensorAlignment;
  };
  constexpr std::size_t kLength = sizeof(std::uint64_t);
  text.resize(aligned(kLength + text.size()) - kLength, ' ');
  check<FormatError>(
      text.size() <= kMaxHeaderWritten,
      "the model file's header would take {} bytes, expected at most {}: large values belong in tensors",
      text.size(), kMaxHeaderWritten);
  return text;
}

}  // namespace

void write_safetensors(std::span<const StoredTensor> tensors, const Metadata& metadata,
                       const std::function<void(std::string_view)>& sink) {
  std::vector<const StoredTensor*> order;
  for (const StoredTensor& tensor : tensors) order.push_back(&tensor);
  std::ranges::sort(order, {}, [](const StoredTensor* t) {
    return std::tuple(-size_of(t->type), std::string_view(t->name));
  });
  const std::string header = make_header(order, metadata);
  const std::uint64_t length = header.size();
  sink({reinterpret_cast<const char*>(&length), sizeof length});
  sink(header);
  for (const StoredTensor* tensor : order)
    sink({reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size()});
}

std::string write_safetensors(std::span<const StoredTensor> tensors, const Metadata& metadata) {
  std::string file;
  write_safetensors(tensors, metadata, [&](std::string_view bytes) { file += bytes; });
  return file;
}

}  // namespace recur
