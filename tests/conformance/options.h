// Every combination of options of recurrent layers that is allowed.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "kernels/cell_registry.h"
#include "nn/recurrent.h"

namespace recur::conformance {

/// One way to set one option.
struct Setting {
  const char* name;
  void (*apply)(RecurrentConfig&);
};

/// Settings of different options may stand together; those of one option exclude each other.
inline const std::vector<std::vector<Setting>>& all_options() {
  using C = RecurrentConfig;
  static const std::vector<std::vector<Setting>> options{
      {{"two_layers",
        [](C& c) {
          c.hidden_size = {7, 4};
        }},
       {"residual",
        [](C& c) {
          c.hidden_size = {5, 5, 5}, c.residual = true;
        }}},
      {{"concat", [](C& c) { c.bidirectional = true; }},
       {"sum", [](C& c) { c.bidirectional = true, c.merge = Merge::sum; }},
       {"ave", [](C& c) { c.bidirectional = true, c.merge = Merge::ave; }},
       {"mul", [](C& c) { c.bidirectional = true, c.merge = Merge::mul; }}},
      {{"layer_norm", [](C& c) { c.layer_norm = true; }}},
      {{"projection", [](C& c) { c.proj_size = 3; }}},
      {{"dropout", [](C& c) { c.dropout = 0.3; }},
       {"variational_dropout", [](C& c) { c.variational_dropout = {0.3}; }}},
      {{"recurrent_dropout", [](C& c) { c.recurrent_dropout = 0.3; }},
       {"weight_drop", [](C& c) { c.weight_drop = 0.3; }}},
      {{"zoneout", [](C& c) { c.zoneout = 0.25; }}},
  };
  return options;
}

struct Case {
  std::string name;
  RecurrentConfig config;
};

inline bool allowed(const RecurrentConfig& config) {
  try {
    Parameters parameters;
    Recurrent(config, parameters);
    return true;
  } catch (const ConfigError&) {
    return false;
  }
}

/// Every cell with every pair of settings of different options; the full product where RECUR_FULL is set.
inline std::vector<Case> cases() {
  std::vector<Case> out;
  const bool full = std::getenv("RECUR_FULL") != nullptr;
  for (const Cell* cell : all_cells()) {
    RecurrentConfig plain{.cell = std::string(cell->name), .input_size = 3, .hidden_size = {7}};
    const auto& options = all_options();
    const auto extend = [&](const auto& self, std::size_t option, int chosen, const RecurrentConfig& config,
                            const std::string& name) -> void {
      if (option == options.size()) {
        if (allowed(config)) out.push_back({name, config});
        return;
      }
      self(self, option + 1, chosen, config, name);
      if (chosen == 2 && !full) return;
      for (const Setting& setting : options[option]) {
        RecurrentConfig with = config;
        setting.apply(with);
        self(self, option + 1, chosen + 1, with, name + " " + setting.name);
      }
    };
    extend(extend, 0, 0, plain, std::string(cell->name));
  }
  return out;
}

}  // namespace recur::conformance
