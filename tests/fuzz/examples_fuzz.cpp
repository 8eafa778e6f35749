// libFuzzer: any bytes are labelled texts, labelled series or one error, in every format.
#include <cstdint>

#include "base/error.h"
#include "data/examples/examples.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  recur::add_seeds(count, arguments,
                   {"__label__a __label__b some text\n\nmore __label__c\n",
                    "text\tlabel\nx\ta; b\ny\t\n",
                    "id,time,x,label\na,1,0.5,up\nb,1,7,down\na,2,,up\n",
                    "1,0.5,-1,2\n2,3,,\n",
                    "{\"text\": \"x\", \"labels\": [\"a\", \"b\"], \"id\": 1}\n",
                    {"\0\0\x08\x03\0\0\0\1\0\0\0\2\0\0\0\2abcd", 20}});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  const MemoryFile file({reinterpret_cast<const char*>(data), size});
  const std::vector<std::filesystem::path> files{file.path()};
  const auto attempt = [](auto&& read) {
    try {
      read();
    } catch (const ConfigError&) {
    } catch (const DataError&) {
    } catch (const FormatError&) {
    } catch (const IoError&) {  // a file of a series that a row names
    }
  };
  for (const bool with_labels : {true, false}) {
    for (const auto format : {ExampleFormat::automatic, ExampleFormat::csv}) {
      attempt([&] { read_text_examples({.format = format, .label_separator = ";"}, files, with_labels); });
      attempt([&] { read_series_examples({.format = format}, files, with_labels); });
    }
    attempt(
        [&] { read_series_examples({.label_column = "1", .value_columns = {"2-"}}, files, with_labels); });
  }
  attempt([&] { read_series_examples({.format = ExampleFormat::idx}, files, false); });
  return 0;
}
