// What a model file says of itself, for those who read its tensors where they lie.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "formats/safetensors.h"

namespace recur {

/// Of the format that this program writes. A file of a newer one is refused; older ones are read.
inline constexpr Index kModelFormat = 1;

/// Of its configuration: tables of tables of lists; what we write has three levels.
inline constexpr int kDeepestConfig = 8;

/// Valid as long as the file.
struct ModelHeader {
  std::string_view task;    ///< "lm"
  std::string_view config;  ///< resolved options, JSON
};
/// Throws FormatError for files that are no models, or of a newer format.
ModelHeader read_model_header(const Safetensors& file);

/// Throws IoError, for a person, where there is no such file.
void check_model_is_there(const std::filesystem::path& path);

/// RUN as users write it: a run folder, or its model.safetensors.
std::filesystem::path model_path(const std::filesystem::path& run);

}  // namespace recur
