// Parameters to and from files.
#pragma once

#include "formats/model_file.h"
#include "nn/parameters.h"

namespace recur {

/// Appends the parameters' values, under their names.
void append_weights(const Parameters& parameters, std::vector<NamedTensor>& tensors);

/// Sets all parameters from a file. Throws FormatError if one is missing there or has another shape; then
/// some may be set.
void load_weights(const ModelFile& file, Parameters& parameters);

}  // namespace recur
