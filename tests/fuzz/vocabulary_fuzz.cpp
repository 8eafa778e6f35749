// libFuzzer: any bytes are a vocabulary of some level or one FormatError; one that was taken is written as it
// was.
#include <cstdint>
#include <span>

#include "base/error.h"
#include "data/text/vocabulary.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  for (Level level : {Level::byte, Level::character, Level::word, Level::subword}) {
    try {
      const Vocabulary vocabulary = Vocabulary::from_bytes(level, {data, size}, "fuzz");
      const auto written = vocabulary.to_bytes();
      RECUR_ASSERT(std::equal(written.begin(), written.end(), data, data + size));
      std::vector<std::int32_t> ids;
      vocabulary.encode("a text, whatever\nit is: é\n", ids);
      Detokenizer detokenizer(vocabulary);
      for (Index id = 0; id < vocabulary.size(); ++id) detokenizer.next(static_cast<std::int32_t>(id));
    } catch (const FormatError&) {
    }
  }
  return 0;
}
