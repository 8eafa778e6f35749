// libFuzzer: any bytes are a valid safetensors file or one FormatError; a valid one survives being written
// again.
#include <cstdint>

#include "base/error.h"
#include "formats/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto file = recur::Safetensors::parse({reinterpret_cast<const char*>(data), size}, "fuzz");
    const std::string written = recur::write_safetensors(file.tensors(), file.metadata());
    const auto again = recur::Safetensors::parse(written, "written");
    RECUR_ASSERT(again.metadata() == file.metadata());
    RECUR_ASSERT(again.tensors().size() == file.tensors().size());
  } catch (const recur::FormatError&) {
  }
  return 0;
}
