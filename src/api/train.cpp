#include "api/train.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "api/threads.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory_use.h"
#include "base/text.h"
#include "base/toml.h"
#include "kernels/cell_registry.h"
#include "simd/isa.h"
#include "train/advice.h"
#include "train/curves.h"
#include "train/loop.h"
#include "train/metrics_log.h"

namespace recur {
std::string in_shell(const std::filesystem::path& path) {
  const std::string text = path.string();
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+=:,@%").find(c) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

namespace {

/// The files of a run folder.
struct RunFolder {
  explicit RunFolder(std::filesystem::path at) : path(std::move(at)) {}
  std::filesystem::path path;
  std::filesystem::path config() const { return path / "config.toml"; }
  std::filesystem::path model() const { return path / "model.safetensors"; }
  std::filesystem::path checkpoint() const { return path / "checkpoint.safetensors"; }
  std::filesystem::path metrics() const { return path / "metrics.jsonl"; }
  std::filesystem::path curves() const { return path / "curves.svg"; }
  std::filesystem::path report() const { return path / "report.json"; }

  std::vector<std::filesystem::path> files() const {
    return {config(), model(), checkpoint(), metrics(), curves(), report()};
  }

  /// Refuses a folder that holds a run which nothing was said about.
  void check_free(const TrainRequest& request, const std::string& options) const {
    std::error_code ignored;
    const auto all = {model(), checkpoint()};
    const bool holds_run = std::any_of(all.begin(), all.end(),
                                       [&](const auto& f) { return std::filesystem::exists(f, ignored); });
    check<ConfigError>(
        !holds_run || request.resume || request.force,
        "{}: holds a run already; go on with --resume, replace it with --force, or choose another --out",
        path.string());
    for (const auto& entry : std::filesystem::directory_iterator(path, ignored))
      check<ConfigError>(
          !entry.path().filename().string().starts_with(kSeedFolder) || !entry.is_directory(ignored),
          "{}: holds runs of several seeds, expected a folder for one; choose another --out", path.string());
    // For want of a checkpoint a run begins anew: not over a model that other options made.
    if (!request.resume || !std::filesystem::exists(model(), ignored) ||
        std::filesystem::exists(checkpoint(), ignored))
      return;
    check<ConfigError>(
        std::filesystem::exists(config(), ignored) && read_file(config()) == options,
        "{}: holds a model made with other options, and no checkpoint to go on from; replace it with "
        "--force, or choose another --out",
        path.string());
  }

  /// The folder holds its options, so this is all that it takes.
  std::string resume_command() const {
    return "recur train " + in_shell(config()) + " --out " + in_shell(path) + " --resume";
  }

  /// The folder for this process alone, as long as what it returns lives; nothing where there is no folder.
  FileHandle lock() const {
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) return {};
    std::optional<FileHandle> mine = lock_folder(path);
    check<ConfigError>(mine.has_value(),
                       "{}: another process is training into it; wait for it, or choose another --out",
                       path.string());
    return std::move(*mine);
  }

  /// Makes the folder; with `anew` without the files of an older run, but for its model, which stays until
  /// the new run has one: a run that fails before loses nothing.
  void open(bool anew) const {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    check<IoError>(!error, "{}: the run folder cannot be made: {}; choose another with --out", path.string(),
                   error.message());
    std::error_code ignored;
    if (anew)
      for (const auto& file : files())
        if (file != model()) std::filesystem::remove(file, ignored);
  }
};

}  // namespace

std::filesystem::path default_folder(Task& task) {
  std::string name = "run";
  for (const Option& option : task.options())
    if (option.key == "task") name = to_text(option);
  const std::filesystem::path data = task.data().stem();
  return std::filesystem::path("runs") / (data.empty() ? name : name + "-" + data.stem().string());
}

void check_options(Task& task) {
  validate(task.train());
  for (const Option& option : task.options())
    if (option.key == "model.cell") static_cast<void>(find_cell(to_text(option)));
}

TrainReport train(Task& task, const TrainRequest& request) {
  const RunFolder folder(request.out.empty() ? default_folder(task) : request.out);
  check<ConfigError>(!(request.resume && request.force),
                     "--resume goes on and --force begins anew; give one of them");
  static_cast<void>(current_isa());  // RECUR_ISA may name one that there is not
  FileHandle lock = folder.lock();
  const std::string options = write_toml(task.options());
  folder.check_free(request, options);
  check_options(task);
  ThreadPool pool(threads_or_all(request.threads));
  reset_peak();
  // The data is read before anything is made or replaced: a run that cannot begin leaves no trace.
  const std::unique_ptr<TrainingJob> job = task.start();
  if (!lock) {
    folder.open(/*anew=*/false);
    lock = folder.lock();
    folder.check_free(request, options);  // another run may have begun and ended since
  }
  folder.open(/*anew=*/!request.resume);

  // The log is opened at the first event, when the loop knows the step that it goes on from.
  std::optional<MetricsLog> log;
  History history;
  const auto draw = [&] { write_file_atomically(folder.curves(), to_svg(curves_of(history))); };
  const EventSink sink = [&](const Event& event) {
    if (!log) {
      // Only now is it certain that a run that is resumed has these options.
      write_file_atomically(folder.config(), options);
      const Index step = step_of(event);
      if (step > 0) {
        log.emplace(folder.metrics(), step);
        for (const Event& earlier : read_metrics(folder.metrics())) history.add(earlier);
      } else {
        log.emplace(folder.metrics());
      }
    }
    log->write(event);
    history.add(event);
    if (std::holds_alternative<EpochDone>(event) || std::holds_alternative<RunStopped>(event)) draw();
    request.sink(event);
  };
  const LoopResult result = run_training(
      *job, task.train(),
      {.model_file = folder.model(),
       .checkpoint_file = folder.checkpoint(),
       .resume = request.resume,
       .resume_command = request.resume_command.empty() ? folder.resume_command() : request.resume_command,
       .seed = task.seed(),
       .sink = sink,
       .stop_requested = request.stop_requested},
      pool);
  for (const Picture& picture : result.pictures)
    write_file_atomically(folder.path / picture.file, picture.svg);
  TrainReport report{.stopped = result.stopped, .json = result.report.to_json()};
  for (const BaselineScored& baseline : job->baselines(pool))
    if (auto& of_split = report.json["baselines"][baseline.baseline]; !of_split.contains("valid"))
      of_split["valid"] = to_json(baseline.metrics);
  report.json.update({{"run", folder.path.string()},
                      {"task", job->task()},
                      {"seconds", result.stopped.seconds},
                      {"epochs", result.stopped.epoch},
                      {"seed", task.seed()},
                      {"steps", result.stopped.step},
                      {"parameters", job->parameters().count()},
                      {"peak_memory_bytes", memory_use().peak},
                      {"advice", nlohmann::json::array()}});
  for (const Advice& advice : advise(history)) report.json["advice"].push_back(advice.text);
  if (!result.report.metrics.is_null()) write_file_atomically(folder.report(), document(report.json));
  return report;
}

nlohmann::json evaluate(const std::filesystem::path& run, const std::filesystem::path& data, Index threads,
                        const std::vector<Setting>& anew) {
  ThreadPool pool(threads_or_all(threads));
  const ModelFile model = ModelFile::read(model_path(run));
  const std::unique_ptr<Task> task = task_of(model);
  task->answer_with(anew);
  const auto begin = std::chrono::steady_clock::now();
  nlohmann::json report = task->evaluate(model, data, pool).to_json();
  report["metrics"] = {{"test", report["metrics"]}};
  report.update({{"run", run.string()},
                 {"task", model.task},
                 {"data", data.string()},
                 {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()},
                 {"trained", model.metrics}});
  return report;
}

}  // namespace recur
