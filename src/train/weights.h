// Parameters to and from files.
#pragma once

#include "formats/model_file.h"
#include "nn/parameters.h"

namespace recur {

/// Appends the parameters' values, under their names.
void append_weights(const Parameters& parameters, std::vector<NamedTensor>& tensors);

/// Admits the parameters of a file and no others: a model made with it takes memory for nothing that the file
/// does not hold, whatever its configuration says. It throws FormatError. The file must outlive the model's
/// construction.
Parameters::Admission admission_of(const ModelFile& file);

/// Sets all parameters from a file. Throws FormatError if one is missing there, has another shape or holds
/// what is not finite; then some may be set.
void load_weights(const ModelFile& file, Parameters& parameters);

}  // namespace recur
