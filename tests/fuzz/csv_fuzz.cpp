// libFuzzer: any bytes are a table of CSV or one error, whatever the pieces it is read in; a table that was
// read is the same after being written and read again.
#include <cstdint>

#include "base/csv_cell.h"
#include "tests/fuzz/tables.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  recur::add_seeds(
      count, arguments,
      {"text,label\r\n\"fine, \"\"really\"\"\",pos\r\n\"two\nlines\",neg\r\n", "1,2.5\n3,\n\"\",\"4\"\n",
       "\xEF\xBB\xBF"
       "a\n\nb\n",
       "\"open,1\n2,3\n"});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_in_pieces(bytes, {.format = TableFormat::csv});
  const ReadTable table = read_in_pieces(bytes, {.format = TableFormat::csv, .header = Header::no});
  if (!table.error.empty() || table.columns.size() == 1)
    return 0;                         // an empty cell alone in its row is no row
  std::string text = "\xEF\xBB\xBF";  // else one at the front of the first cell would be taken for it
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + csv_cell(*row[i]);
    text += '\n';
  }
  RECUR_ASSERT(read_table(MemoryFile(text).path(), {.format = TableFormat::csv, .header = Header::no}, 16) ==
               table);
  return 0;
}
