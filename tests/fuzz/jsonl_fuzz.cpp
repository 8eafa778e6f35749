// libFuzzer: any bytes are JSON lines or one error, whatever the pieces they are read in; a line that is
// taken is an object to a whole parser as well, with the same texts in it.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "data/text/level.h"
#include "tests/fuzz/tables.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  recur::add_seeds(
      count, arguments,
      {"{\"text\": \"a \\\"b\\\" \\u00e9\", \"label\": 1, \"x\": -2.5e3, \"t\": true}\n{\"label\": null}\n",
       "{\"labels\": [\"a\", 2, false], \"o\": {\"a\": [[]]}}\r\n\r\n{}\n", "{\"a\": [1, {\"b\": 2}, 3]}"});
  return 0;
}

namespace {

void check_line(std::string_view line) {
  using namespace recur;
  JsonRows rows;
  std::vector<std::string_view> cells;
  try {
    rows.read(line, "fuzz", cells);
  } catch (const DataError&) {
    return;
  }
  const auto object = nlohmann::json::parse(line);
  RECUR_ASSERT(object.is_object() && object.size() == cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto& value = object.at(rows.columns()[i]);
    if (value.is_string()) RECUR_ASSERT(cells[i] == value.get<std::string>());
    RECUR_ASSERT((cells[i].data() == nullptr) ==
                 (value.is_null() || value.is_object() ||
                  (value.is_array() && std::any_of(value.begin(), value.end(), [](auto& entry) {
                     return entry.is_null() || entry.is_structured();
                   }))));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_in_pieces(bytes, {.format = TableFormat::jsonl});
  if (!find_invalid_utf8(bytes)) check_line(bytes);
  return 0;
}
