// libFuzzer: any line is an event or one FormatError; one that was taken is the same after being written and
// read; and whatever events a file holds, they have curves and advice.
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tests/fuzz/memory_file.h"
#include "train/advice.h"
#include "train/curves.h"
#include "train/metrics_log.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  recur::add_seeds(count, arguments,
                   {R"({"event":"run_started","task":"lm","epochs":3,"steps_per_epoch":2,"steps_total":6}
{"event":"baseline_scored","baseline":"6-gram","loss":1.5,"metrics":{"perplexity":4.4}}
{"event":"step_done","step":1,"epoch":1,"loss":2.5,"learning_rate":0.01,"gradient_norms":{"w":0.5}}
{"event":"epoch_done","step":2,"epoch":1,"train_loss":2.4,"valid_loss":2.3,"metrics":{"accuracy":0.5},"best":true}
{"event":"run_stopped","step":6,"epoch":3,"reason":"finished","best_epoch":3,"best_loss":2.1}
)"});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<Event> events;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    try {
      if (const auto event = parse_json_line(text.substr(0, end))) {
        const std::string line = to_json_line(*event);
        const auto again = parse_json_line(line);
        RECUR_ASSERT(again.has_value() && to_json_line(*again) == line);
        events.push_back(*event);
      }
    } catch (const FormatError&) {
    }
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  const History history = history_of(events);
  to_svg(curves_of(history));
  advise(history);
  return 0;
}
