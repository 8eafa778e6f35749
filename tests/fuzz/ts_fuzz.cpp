// libFuzzer: any bytes are a .ts file or one error; the series that are read have the shape they say.
#include <cmath>
#include <cstdint>

#include "base/error.h"
#include "data/examples/examples.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  recur::add_seeds(
      count, arguments,
      {"# a comment\n@problemName Test\n@timeStamps false\n@missing true\n@univariate false\n@dimensions 2\n"
       "@equalLength false\n@seriesLength 3\n@classLabel true up "
       "down\n@data\n1,2,3:4,?,6:up\n\n-1e3,.5,0:1,2,3:down\n",
       "@equalLength true\n@classLabel false\n@data\n1,2\n3,4\n"});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  const MemoryFile file({reinterpret_cast<const char*>(data), size});
  const std::vector<std::filesystem::path> files{file.path()};
  for (const bool with_labels : {true, false}) {
    try {
      const auto examples = read_series_examples({.format = ExampleFormat::ts}, files, with_labels);
      RECUR_ASSERT(!examples.features.empty());
      for (const auto& example : examples.list) {
        RECUR_ASSERT(example.steps > 0 && example.labels.size() == (with_labels ? 1 : 0));
        RECUR_ASSERT(example.values.size() ==
                     static_cast<std::size_t>(example.steps) * examples.features.size());
        for (const float value : example.values) RECUR_ASSERT(!std::isinf(value));
      }
    } catch (const DataError&) {
    } catch (const FormatError&) {
    }
  }
  return 0;
}
