// The public face of training, scoring, writing and proving: strings in, strings out.
#include <recur/run.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "api/generate.h"
#include "api/predict.h"
#include "api/show.h"
#include "api/train.h"
#include "api/verify.h"
#include "base/error.h"
#include "base/json.h"
#include "base/toml.h"
#include "formats/model_file.h"

namespace recur {

Run Run::train(const TrainOptions& options) {
  const std::unique_ptr<Task> task = find_task(options.task).make();
  const std::vector<Option> keys = task->options();
  if (!options.config.empty()) set_options(read_toml(options.config), keys);
  std::vector<Setting> settings;
  if (!options.data.empty())
    settings.push_back({"data.train", {Value::Text{options.data}}, "", "data.train"});
  for (const std::string& text : options.set) settings.push_back(parse_setting(text));
  set_options(settings, keys);

  TrainRequest request{
      .out = options.out, .resume = options.resume, .force = options.force, .threads = options.threads};
  if (options.on_epoch) {
    request.sink = [&](const Event& event) {
      if (const auto* done = std::get_if<EpochDone>(&event))
        options.on_epoch({done->epoch, done->train_loss, done->valid_loss, done->best});
    };
  }
  if (options.stop) request.stop_requested = options.stop;
  const TrainReport report = recur::train(*task, request);
  check<Error>(report.stopped.reason != StopReason::diverged, "{}", report.stopped.text);
  // A model in the folder may be that of a run which this one was to replace.
  check<Error>(report.stopped.reason != StopReason::interrupted || report.stopped.best_epoch > 0,
               "stopped before the first epoch was done: there is no model yet; go on with resume");
  return Run(report.json.at("run").get<std::string>());
}

Run::Run(std::string path) : path_(std::move(path)) { ModelFile::read(model_path(path_)); }

double Run::metric(std::string_view split, std::string_view name) const {
  const nlohmann::json metrics = ModelFile::read(model_path(path_)).metrics;
  const auto scores = metrics.find(split);
  if (scores == metrics.end() || !scores->is_object()) return std::numeric_limits<double>::quiet_NaN();
  const auto score = scores->find(name);
  return score == scores->end() || !score->is_number() ? std::numeric_limits<double>::quiet_NaN()
                                                       : score->get<double>();
}

std::string Run::to_json() const { return document(show_run(path_)); }

std::string Run::evaluate(const std::string& data, std::int64_t threads) const {
  return document(recur::evaluate(path_, data, threads));
}

void Run::predict(const std::string& data, const std::function<void(std::string_view)>& answer,
                  std::int64_t threads) const {
  recur::predict(path_, data, threads, [&](const nlohmann::ordered_json& one) {
    answer(one.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  });
}

std::string Run::generate(std::string_view prompt, const GenerateOptions& options) const {
  return recur::generate({.run = path_,
                          .prompt = std::string(prompt),
                          .length = options.length,
                          .sampling = {.temperature = options.temperature,
                                       .top_k = options.top_k,
                                       .top_p = options.top_p,
                                       .seed = options.seed}},
                         options.written)
      .text;
}

std::string Run::verify() const {
  std::string failed;
  for (const Check& check : recur::verify(path_).checks)
    if (!check.holds) failed += check.promise + ": " + check.detail + "\n";
  return failed;
}

}  // namespace recur
