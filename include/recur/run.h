// Training and what comes after it: what the command `recur` does, from C++.
//
//   const recur::Run run = recur::Run::train({.data = "input.txt", .set = {"model.cell=gru"}, .out =
//   "runs/tiny"}); std::cout << run.metric("valid", "nats") << '\n' << run.generate("ROMEO:", {.length =
//   200});
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "recur/error.h"

namespace recur {

/// How an epoch went.
struct Epoch {
  std::int64_t epoch = 0;  ///< from 1
  double train_loss = 0, valid_loss = 0;
  bool best = false;  ///< the lowest validation loss so far: these weights are kept
};

struct TrainOptions {
  std::string task = "lm";
  std::string config{};            ///< a TOML file; empty: the defaults
  std::string data{};              ///< what to train on, in place of the configuration's
  std::vector<std::string> set{};  ///< further options, "key=value": "model.hidden_size=256,256"
  std::string out{};               ///< the run folder; empty: runs/ and the names of task and data
  bool resume = false;             ///< go on from the folder's checkpoint
  bool force = false;              ///< replace a run that the folder holds
  std::int64_t threads = 0;        ///< 0: all cores; the result does not depend on it
  std::function<void(const Epoch&)> on_epoch{};
  std::function<bool()> stop{};  ///< asked after each step; the run can be resumed then
};

struct GenerateOptions {
  std::int64_t length = 400;  ///< tokens to write
  double temperature = 0.8;   ///< 0: always the most probable token
  std::int64_t top_k = 0;     ///< tokens that may be drawn; 0: all
  double top_p = 1;           ///< the fewest tokens whose probabilities reach it may be drawn
  std::uint64_t seed = 1;
  std::function<void(std::string_view)> written{};  ///< given each piece of text as it is written
};

/// A run folder, or a model file: a trained model. To step it, open it as a StreamModel (recur/stream.h).
class Run {
 public:
  /// Trains into a folder. Errors: ConfigError for impossible options, or where the folder holds a run and
  /// neither resume nor force is set; DataError, IoError.
  static Run train(const TrainOptions& options);
  /// Errors: IoError, FormatError.
  explicit Run(std::string path);

  const std::string& path() const noexcept { return path_; }
  /// A score that training left, such as ("valid", "nats"); NaN if there is none.
  double metric(std::string_view split, std::string_view name) const;
  /// Everything that `recur show RUN --json` prints.
  std::string to_json() const;

  /// Scores the model on a file: the JSON of `recur evaluate --json`.
  std::string evaluate(const std::string& data, std::int64_t threads = 0) const;
  /// Answers every input of a file with a line of JSON, as `recur predict --json` does: of a classifier
  /// {"label", "probability", "probabilities"}. Errors: ConfigError for a task without such answers.
  void predict(const std::string& data, const std::function<void(std::string_view)>& answer,
               std::int64_t threads = 0) const;
  /// Writes on from a prompt; returns what was written, without it.
  std::string generate(std::string_view prompt, const GenerateOptions& options = {}) const;
  /// Replays the golden outputs and proves on this model what recur promises of all. Returns what failed, a
  /// line each: empty is good.
  std::string verify() const;

 private:
  std::string path_;
};

}  // namespace recur
