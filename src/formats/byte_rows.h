// Weights of eight bits in a file: an I8 matrix, and F32 scales, one a row, under its name + ".scale".
#pragma once

#include <string>

#include "formats/safetensors.h"

namespace recur {

inline std::string scale_name(const std::string& matrix) { return matrix + ".scale"; }

/// value[r, c] = byte[r, c]·scale[r], into `values`, and the scales into `scales` (null: not wanted). Throws
/// FormatError where the matrix or its scales are not as said, or a byte is -128.
void read_byte_rows(const Safetensors& file, const StoredTensor& matrix, float* values, float* scales);

}  // namespace recur
