#include "cli/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "cli/metrics_table.h"

namespace recur {
namespace {

constexpr double kLiveSeconds = 0.1;  // between two drawings of the status line
constexpr double kPlainSeconds = 10;  // between two plain lines about steps
constexpr double kLossMemory = 0.95;  // what a step leaves of the mean loss before it: about 20 steps count

/// What the loss is counted per: "character" of "nats per character".
std::string_view token_name(std::string_view loss_unit) {
  const std::size_t per = loss_unit.find(" per ");
  return per == std::string_view::npos ? "token" : loss_unit.substr(per + 5);
}

std::string number(double x) { return std::isnan(x) ? "unknown" : fmt::format("{:.4f}", x); }

/// The metrics; that which is the loss itself is not said twice.
std::string list(const NamedNumbers& metrics, double loss) {
  std::string text;
  for (const auto& [name, value] : metrics) {
    if (value != loss) text += fmt::format("  {} {}", name, metric_text(value));
  }
  return text;
}

/// What a model wrote, set apart; what would steer the terminal is only shown.
std::string indented(std::string_view text) {
  std::string result = "  ";
  for (const char c : text) {
    const bool steers = (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    result += steers ? '?' : c;
    if (c == '\n') result += "  ";
  }
  return result;
}

}  // namespace

Progress::Progress(std::function<void(std::string_view)> write, const Style& style)
    : write_(std::move(write)), style_(style) {}

Progress::~Progress() { clear_status(); }

void Progress::operator()(const Event& event) {
  std::visit([&](const auto& one) { draw(one); }, event);
}

void Progress::draw(const RunStarted& started) {
  run_ = started;
  first_ = drawn_ = {};
  print_line(fmt::format(
      "{}: {}, {}, {} of {}{}", started.task, started.model, counted(started.parameters, "parameter"),
      counted(started.epochs, "epoch"), counted(started.steps_per_epoch, "step"),
      started.step > 0 ? fmt::format(", resumed after step {}", format_count(started.step)) : ""));
}

void Progress::draw(const BaselineScored& baseline) {
  const std::string loss = std::isnan(baseline.loss)
                               ? ""
                               : number(baseline.loss) + " " + run_.loss_unit;  // it may have no such loss
  print_line(
      fmt::format("baseline {}: {}{}", baseline.baseline, loss, list(baseline.metrics, baseline.loss)));
}

void Progress::draw(const StepDone& step) {
  const bool is_first = first_.step == 0;
  if (is_first) first_ = drawn_ = step;
  mean_loss_ = is_first ? step.loss : kLossMemory * mean_loss_ + (1 - kLossMemory) * step.loss;
  if (step.seconds - drawn_.seconds < (style_.live ? kLiveSeconds : kPlainSeconds)) return;
  drawn_ = step;
  const std::string status = status_of(step);
  if (!style_.live) return print_line(status);
  clear_status();
  write_(status.substr(0, static_cast<std::size_t>(std::max(1, style_.width - 1))));
  status_shown_ = true;
}

void Progress::draw(const EpochDone& epoch) {
  std::string line = fmt::format("epoch {}/{}", epoch.epoch, run_.epochs);
  if (!std::isnan(epoch.train_loss)) line += "  train " + number(epoch.train_loss);
  if (!std::isnan(epoch.valid_loss)) line += "  valid " + number(epoch.valid_loss);
  line += list(epoch.metrics, epoch.valid_loss) + "  " + format_seconds(epoch.seconds);
  print_line(line + (epoch.best ? "  (best so far)" : ""));
}

void Progress::draw(const CheckpointSaved&) {}  // every epoch has one: nothing that a person waits for

void Progress::draw(const SampleWritten& sample) {
  print_line(
      fmt::format("sample at temperature {}:\n{}", shortest(sample.temperature), indented(sample.text)));
}

void Progress::draw(const Notice& notice) {
  print_line(notice.severity == Severity::warning ? "warning: " + notice.text : notice.text);
}

void Progress::draw(const RunStopped& stopped) {
  const bool said_elsewhere = stopped.reason == StopReason::diverged;  // the command's error says it
  if (!stopped.text.empty() && !said_elsewhere) print_line(stopped.text);
}

std::string Progress::status_of(const StepDone& step) const {
  const Index steps_here = step.step - first_.step;
  const double seconds_here = step.seconds - first_.seconds;
  std::string status =
      fmt::format("epoch {}/{}  step {}/{}  loss {}", step.epoch, run_.epochs, format_count(step.step),
                  format_count(run_.steps_total), number(mean_loss_));
  if (steps_here > 0 && seconds_here > 0) {
    const double left =
        static_cast<double>(run_.steps_total - step.step) * seconds_here / static_cast<double>(steps_here);
    status += fmt::format("  {} {}s/s  {} left", format_count(std::llround(tokens_per_second(first_, step))),
                          token_name(run_.loss_unit), format_seconds(std::ceil(left)));
  }
  return status;
}

void Progress::print_line(std::string_view line) {
  clear_status();
  write_(line);
  write_("\n");
}

void Progress::clear_status() {
  if (std::exchange(status_shown_, false)) write_("\r\x1b[K");  // back to the line's begin, and erase it
}

}  // namespace recur
