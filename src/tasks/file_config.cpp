#include "tasks/file_config.h"

#include "base/error.h"
#include "base/json.h"
#include "base/settings.h"

namespace recur {

nlohmann::json config_for_file(std::span<const Option> options, std::initializer_list<const char*> paths) {
  nlohmann::json json = to_json(options);
  for (const char* path : paths) json["data"].erase(path);
  json["train"].erase("checkpoint_every");
  return json;
}

void read_config(const ModelFile& file, std::string_view task, std::string_view expected,
                 std::span<const Option> options) {
  check<FormatError>(file.task == task, "{}: a model of task '{}', expected {}", file.where, file.task,
                     expected);
  try {
    set_options(settings_of(file.config, file.where + ": "), options);
  } catch (const ConfigError& error) {
    fail<FormatError>("{}", error.what());  // not what the user typed: what the file says
  }
}

}  // namespace recur
