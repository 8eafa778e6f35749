#include <fmt/core.h>

#include "base/error.h"
#include "base/text.h"
#include "base/toml.h"
#include "cli/presets.h"

namespace recur {

std::vector<Setting> preset_settings(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Preset& preset : all_presets()) {
    if (preset.name == name) return parse_toml(preset.text, fmt::format("configs/{}.toml", name));
    names.push_back(preset.name);
  }
  fail<ConfigError>("there is no preset '{}'{} (the presets are: {})", name, did_you_mean(name, names),
                    join(names));
}

}  // namespace recur
