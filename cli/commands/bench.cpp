// recur bench: how fast this machine runs named workloads.
#include "api/bench.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands/all.h"

namespace recur {
namespace {

using nlohmann::json;

std::string time_text(double seconds) {
  return seconds < 1e-3 ? fmt::format("{:.3f} µs", 1e6 * seconds) : fmt::format("{:.3f} ms", 1e3 * seconds);
}

std::string line_of(const json& result) {
  const auto number = [&](const char* key) { return result.at(key).get<double>(); };
  std::string line = fmt::format("{:<44}{:>12}{:>14} /s{:>9.1f} GFLOP/s{:>8.3f} of peak",
                                 result.at("name").get<std::string>(), time_text(number("seconds")),
                                 format_count(static_cast<Index>(number("items_per_s"))), number("gflops"),
                                 number("peak_fraction"));
  if (result.contains("p99"))
    line += fmt::format("  p50 {}  p99 {}  p99.9 {}", time_text(number("p50")), time_text(number("p99")),
                        time_text(number("p99_9")));
  return line + fmt::format("  {}\n", format_bytes(result.at("memory_bytes").get<Index>()));
}

struct Bench final : Verb {
  std::vector<std::string> only;
  Index threads = 0;
  double seconds = 0.1;
  bool list = false, json_output = false;

  static constexpr auto fields = std::tuple{
      field("only", &Bench::only, "workloads, by name or by how their names begin; not given: all"),
      field("threads", &Bench::threads, "0: all cores; streams take one").at_least(0),
      field("seconds", &Bench::seconds, "length of a turn; a workload has nine, between ten of the peak")
          .more_than(0),
      field("list", &Bench::list, "print the names of the workloads"),
      field("json", &Bench::json_output, "print the report as one JSON document"),
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    if (list) {
      if (json_output) console.print(document({{"workloads", workload_names()}}));
      if (!json_output)
        for (const std::string& name : workload_names()) console.print(name + "\n");
      return 0;
    }
    const json report =
        bench({.only = only, .threads = threads, .seconds = seconds, .measured = [&](const json& r) {
                 if (json_output) return;
                 console.print(line_of(r));
                 console.flush();
               }});
    if (json_output) console.print(document(report));
    if (!json_output)
      console.print(fmt::format(
          "peak: fp32 GEMM 1024³ by {}, {} threads, {}\n", report["machine"]["peak_by"].get<std::string>(),
          report["machine"]["threads"].dump(), report["machine"]["isa"].get<std::string>()));
    return 0;
  }
};

}  // namespace

Command bench_command() {
  return {.name = "bench",
          .summary = "Measure named workloads on this machine, against the speed of its matrix product",
          .examples = "recur bench --only train/charlm\nrecur bench --only stream/lstm-64 --json\n",
          .words = {},
          .make = []() -> std::unique_ptr<Verb> { return std::make_unique<Bench>(); }};
}

}  // namespace recur
