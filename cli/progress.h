// Progress: a training run on the terminal, drawn from its events.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/events.h"

namespace recur {

/// Draws each event as lines of text. With `live` there is also a status line that is redrawn in place, for a
/// terminal; without, a plain line now and then, for a log. Times are those of the events: what is drawn is a
/// function of the run.
class Progress {
 public:
  struct Style {
    bool live = false;
    int width = 80;  // characters that fit on the status line
  };

  Progress(std::function<void(std::string_view)> write, const Style& style);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void operator()(const Event& event);

 private:
  void draw(const RunStarted& started);
  void draw(const BaselineScored& baseline);
  void draw(const StepDone& step);
  void draw(const EpochDone& epoch);
  void draw(const CheckpointSaved& checkpoint);
  void draw(const SampleWritten& sample);
  void draw(const Notice& notice);
  void draw(const RunStopped& stopped);

  std::string status_of(const StepDone& step) const;
  void print_line(std::string_view line);
  void clear_status();

  std::function<void(std::string_view)> write_;
  Style style_;
  bool status_shown_ = false;

  RunStarted run_;
  StepDone first_, drawn_;  // the first step of this session, and the last one that was drawn
  double mean_loss_ = 0;    // over the last steps, so that a person can read it
};

}  // namespace recur
