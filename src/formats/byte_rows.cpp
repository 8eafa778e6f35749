#include "formats/byte_rows.h"

#include <array>
#include <cstring>

#include "base/error.h"

namespace recur {

void read_byte_rows(const Safetensors& file, const StoredTensor& matrix, float* values, float* scales) {
  check<FormatError>(matrix.shape.size() == 2, "{}: tensor '{}' is I8 and has {} dimensions, expected 2",
                     file.name(), matrix.name, matrix.shape.size());
  const Index rows = matrix.shape[0], columns = matrix.shape[1];
  const StoredTensor& stored = file.at(scale_name(matrix.name), StoredType::f32, std::array{rows});
  const auto* const bytes = reinterpret_cast<const std::int8_t*>(matrix.bytes.data());
  for (Index r = 0; r < rows; ++r) {
    float scale;
    std::memcpy(&scale, stored.bytes.data() + r * Index{sizeof scale}, sizeof scale);
    check<FormatError>(
        scale >= 0 && scale - scale == 0,
        "{}: {}[{}] is {}, expected a number of 0 or more; the file was changed after training", file.name(),
        stored.name, r, scale);
    if (scales != nullptr) scales[r] = scale;
    for (Index i = r * columns; i < (r + 1) * columns; ++i) {
      check<FormatError>(bytes[i] != -128, "{}: {}[{}] is -128, expected -127 to 127", file.name(),
                         matrix.name, i);
      values[i] = static_cast<float>(bytes[i]) * scale;
    }
  }
}

}  // namespace recur
