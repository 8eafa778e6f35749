#include "formats/model_header.h"

#include "base/error.h"
#include "base/text.h"

namespace recur {

ModelHeader read_model_header(const Safetensors& file) {
  const auto format = file.metadata().find("recur.format");
  check<FormatError>(format != file.metadata().end(),
                     "{}: a safetensors file, but not a recur model (its metadata has no 'recur.format')",
                     file.name());
  const auto version = parse_integer(format->second);
  check<FormatError>(version.has_value() && *version >= 1,
                     "{}: its 'recur.format' is '{}', expected a whole number", file.name(), format->second);
  check<FormatError>(*version <= kModelFormat,
                     "{}: a model of format {}, but this program reads up to {}; use a newer recur",
                     file.name(), *version, kModelFormat);
  return {.task = file.meta("recur.task"), .config = file.meta("recur.config")};
}

void check_model_is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  const bool exists = std::filesystem::exists(path, ignored);
  check<IoError>(exists || !std::filesystem::exists(path.parent_path() / "checkpoint.safetensors", ignored),
                 "{}: no epoch is finished yet, so there is no model; go on with recur train … --resume",
                 path.parent_path().string());
  check<IoError>(exists || !std::filesystem::exists(path.parent_path() / "report.json", ignored),
                 "{}: holds runs of several seeds, expected a single run; name one of its folders (seed-…)",
                 path.parent_path().string());
  check<IoError>(exists, "{}: there is no model here (expected a run folder, or its model.safetensors)",
                 path.string());
}

std::filesystem::path model_path(const std::filesystem::path& run) {
  std::error_code ignored;
  return std::filesystem::is_directory(run, ignored) ? run / "model.safetensors" : run;
}

}  // namespace recur
