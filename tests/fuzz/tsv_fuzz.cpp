// libFuzzer: any bytes are a table of TSV or one error, whatever the pieces it is read in; no cell holds a
// tab or the end of a line.
#include <cstdint>

#include "tests/fuzz/tables.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  recur::add_seeds(count, arguments,
                   {"sentence\tlabel\n\"Great\" film\t1\n", "1\t2.5\r\n\r\n3\t\r\n",
                    "\xEF\xBB\xBF"
                    "a\n\nb"});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_in_pieces(bytes, {.format = TableFormat::automatic});
  const ReadTable table = read_in_pieces(bytes, {.format = TableFormat::tsv});
  for (const auto& row : table.rows) {
    for (const auto& cell : row) RECUR_ASSERT(cell && cell->find_first_of("\t\n") == cell->npos);
  }
  return 0;
}
