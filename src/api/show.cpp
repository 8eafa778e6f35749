#include "api/show.h"

#include <recur/version.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "base/thread_pool.h"
#include "formats/model_file.h"
#include "kernels/cell_registry.h"
#include "simd/isa.h"
#include "tasks/task.h"
#include "train/advice.h"
#include "train/metrics_log.h"

namespace recur {
namespace {

using nlohmann::json;

std::string_view name_of(From from) {
  switch (from) {
    case From::x:
      return "x";
    case From::h:
      return "h";
    case From::both:
      return "x and h";
  }
  return "";
}

/// What parameter_count() adds up, in letters: "4·H·I + 4·H·H + 4·H".
std::string parameter_formula(const Cell& cell) {
  std::string formula;
  const auto add = [&](Index count, const char* factors) {
    if (count == 0) return;
    if (!formula.empty()) formula += " + ";
    if (count > 1) formula += std::to_string(count) + "·";
    formula += factors;
  };
  add(cell.x_gates(), "H·I");
  add(cell.h_gates(), "H·H");
  add(static_cast<Index>(cell.gates.size() + cell.unit_weights.size()), "H");
  return formula;
}

std::string_view name_of(DType type) {
  switch (type) {
    case DType::f32:
      return "F32";
    case DType::f64:
      return "F64";
    case DType::i32:
      return "I32";
  }
  return "";
}

json shape_of(const Shape& shape) {
  json dimensions = json::array();
  for (int i = 0; i < shape.rank(); ++i) dimensions.push_back(shape[i]);
  return dimensions;
}

/// What the folder of a run tells beside its model.
void add_history(const std::filesystem::path& metrics, json& shown) {
  if (!std::filesystem::exists(metrics)) return;
  const std::vector<Event> events = read_metrics(metrics);
  const History history = history_of(events);
  if (history.started && std::ranges::none_of(history.epochs, &EpochDone::best)) {
    shown["notes"] = {"the model is of an earlier run: the one that is to replace it has no model yet"};
    return;
  }
  shown["notes"] = json::array();
  for (const Event& event : events)
    if (const auto* notice = std::get_if<Notice>(&event)) shown["notes"].push_back(notice->text);
  shown["baselines"] = json::object();
  for (const BaselineScored& baseline : history.baselines) {
    for (const auto& [name, value] : baseline.metrics)
      shown["baselines"][baseline.baseline]["valid"][name] = value;
  }
  if (!history.steps.empty()) {
    shown["steps"] = history.steps.back().step;
    shown["epoch"] = history.steps.back().epoch;
    shown["seconds"] = history.steps.back().seconds;
  }
  shown["advice"] = json::array();
  for (const Advice& advice : advise(history)) shown["advice"].push_back(advice.text);
}

}  // namespace

json show_program() {
  json shown{{"version", version()}, {"isa", name(current_isa())}, {"cores", ThreadPool::available_cores()}};
  for (const Isa isa : supported_isas()) shown["isas"].push_back(name(isa));
  for (const Cell* cell : all_cells())
    shown["cells"].push_back({{"name", cell->name}, {"summary", cell->summary}});
  for (const TaskEntry& task : all_tasks())
    shown["tasks"].push_back({{"name", task.name}, {"summary", task.summary}});
  return shown;
}

bool is_cell(std::string_view name) {
  const std::vector<const Cell*> cells = all_cells();
  return std::any_of(cells.begin(), cells.end(), [&](const Cell* cell) { return cell->name == name; });
}

json show_cell(std::string_view name, Index input, Index hidden) {
  const Cell& cell = find_cell(name);
  json shown{{"cell", cell.name},
             {"summary", cell.summary},
             {"equations", cell.equations()},
             {"states", cell.states},
             {"unit_weights", cell.unit_weights},
             {"input", input},
             {"hidden", hidden},
             {"parameters", parameter_count(cell, input, hidden, hidden)},
             {"formula", parameter_formula(cell)}};
  for (const Gate& gate : cell.gates) {
    shown["gates"].push_back({{"name", gate.name}, {"from", name_of(gate.from)}, {"stage", gate.stage}});
  }
  return shown;
}

json show_run(const std::filesystem::path& run) {
  const std::filesystem::path file = model_path(run);
  const ModelFile model = ModelFile::read(file);
  json shown{{"run", run.string()},
             {"task", model.task},
             {"bytes", std::filesystem::file_size(file)},
             {"isa", model.isa},
             {"data_sha256", model.data_sha256},
             {"config", model.config},
             {"metrics", model.metrics}};
  Index parameters = 0;
  for (const NamedTensor& tensor : model.tensors) {
    if (is_parameter(tensor)) parameters += tensor.value.size();
    shown["tensors"].push_back({{"name", tensor.name},
                                {"shape", shape_of(tensor.value.shape())},
                                {"type", tensor.bf16               ? "BF16"
                                         : tensor.scales.defined() ? "I8"
                                                                   : name_of(tensor.value.dtype())}});
  }
  shown["parameters"] = parameters;
  if (std::filesystem::is_directory(run)) add_history(run / "metrics.jsonl", shown);
  return shown;
}

}  // namespace recur
