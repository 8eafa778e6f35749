#include "train/checkpoint.h"

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "train/optimizer.h"
#include "train/weight_average.h"
#include "train/weights.h"

namespace recur {
namespace {

constexpr const char* kProgress = "checkpoint.progress";
const std::string kOptimizer = "optimizer.";

/// As numbers of double precision: integers below 2⁵³ and infinities come back exactly.
std::vector<double> to_numbers(const Progress& p) {
  const auto number = [](Index n) { return static_cast<double>(n); };
  return {number(p.step),
          number(p.epoch),
          number(p.batch),
          number(p.tokens),
          p.seconds,
          p.epoch_loss.sum,
          number(p.epoch_loss.count),
          p.early.best_loss,
          number(p.early.best_epoch),
          p.early.reference,
          number(p.early.bad_epochs),
          p.plateau.best,
          number(p.plateau.bad_epochs),
          p.plateau.factor};
}

/// Throws FormatError for numbers that no run can have.
Progress from_numbers(const double* n, Index batches_per_epoch, const std::string& where) {
  const auto index = [&](int i) {
    check<FormatError>(n[i] >= 0 && n[i] < 0x1p53 && n[i] == std::floor(n[i]),
                       "{}: {}[{}] is {}, expected a count; the file was changed after it was written", where,
                       kProgress, i, n[i]);
    return static_cast<Index>(n[i]);
  };
  Progress p{.step = index(0), .epoch = index(1), .batch = index(2), .tokens = index(3), .seconds = n[4]};
  p.epoch_loss = {.sum = n[5], .count = index(6)};
  p.early = {.best_loss = n[7], .best_epoch = index(8), .reference = n[9], .bad_epochs = index(10)};
  p.plateau = {.best = n[11], .bad_epochs = index(12), .factor = n[13]};
  check<FormatError>(p.batch <= batches_per_epoch && p.early.best_epoch <= p.epoch && p.plateau.factor > 0 &&
                         p.plateau.factor <= 1,
                     "{}: {} does not fit together; the file was changed after it was written", where,
                     kProgress);
  return p;
}

/// Throws ConfigError at the first option that differs.
void check_same(const nlohmann::json& mine, const nlohmann::json& stored, const std::string& key,
                const std::string& where) {
  if (mine == stored || key == "train.epochs") return;
  if (mine.is_object() && stored.is_object()) {
    for (const auto& [name, value] : mine.items())
      check_same(value, stored.contains(name) ? stored[name] : nlohmann::json(),
                 key.empty() ? name : key + "." + name, where);
    return;
  }
  fail<ConfigError>(
      "{}: was made with {} = {}, but this run has {}; resume with the same options, or begin anew with "
      "--force",
      where, key, stored.dump(), mine.dump());
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const RunParts& run, const Progress& progress) {
  ModelFile file = run.job.model_file(run.pool, nlohmann::json::object());
  std::erase_if(file.tensors, [](const NamedTensor& t) { return t.name.starts_with("golden."); });
  for (NamedTensor& t : run.optimizer.state()) file.tensors.push_back({kOptimizer + t.name, t.value});
  for (NamedTensor& t : run.average.state()) file.tensors.push_back(std::move(t));
  for (NamedTensor& t : run.job.carried()) file.tensors.push_back(std::move(t));
  const std::vector<double> numbers = to_numbers(progress);
  Tensor state = Tensor::empty({static_cast<Index>(numbers.size())}, DType::f64);
  std::copy(numbers.begin(), numbers.end(), state.data<double>());
  file.tensors.push_back({kProgress, state});
  file.save(path);
}

namespace {

Progress restore(const std::filesystem::path& path, const RunParts& run) {
  auto& [job, optimizer, average, pool] = run;
  const ModelFile file = ModelFile::read(path);
  check<FormatError>(file.checksum == file.digest(),
                     "{}: the checksum differs: the file was changed after it was written", file.where);
  const ModelFile mine = job.model_file(pool, nlohmann::json::object());
  check<ConfigError>(mine.task == file.task,
                     "{}: is of the task {}, but this run is of {}; choose another --out, or begin anew with "
                     "--force",
                     file.where, file.task, mine.task);
  check_same(mine.config, file.config, "", file.where);
  check<ConfigError>(
      mine.data_sha256 == file.data_sha256,
      "{}: was made with other training data; resume with the same files, or begin anew with --force",
      file.where);
  const Tensor& numbers = file.at(kProgress, {static_cast<Index>(to_numbers({}).size())}, DType::f64);
  load_weights(file, job.parameters());
  for (const NamedTensor& t : optimizer.state()) {
    const Tensor& stored = file.at(kOptimizer + t.name, t.value.shape());
    std::memcpy(t.value.raw(), stored.raw(), static_cast<std::size_t>(stored.bytes()));
  }
  average.restore(file);
  job.restore_carried(file);
  Progress progress = from_numbers(numbers.data<double>(), job.batches_per_epoch(), file.where);
  optimizer.set_steps(progress.step);
  static const nlohmann::json::json_pointer kEpochs("/train/epochs");
  progress.epochs_planned = file.config.value(kEpochs, Index{0});
  return progress;
}

}  // namespace

Progress load_checkpoint(const std::filesystem::path& path, const RunParts& run) {
  try {
    return restore(path, run);
  } catch (const FormatError& damage) {
    fail<FormatError>("{}; nothing can go on from it: begin anew with --force", damage.what());
  }
}

}  // namespace recur
