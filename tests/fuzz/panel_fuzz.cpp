// libFuzzer: any bytes are a panel of series, in every layout and with every policy for what is missing, or
// one error; a time that was read is the same after being written and read again.
#include <cmath>
#include <cstdint>

#include "base/error.h"
#include "data/series/read_panel.h"
#include "tests/fuzz/tables.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  recur::add_seeds(
      count, arguments,
      {"date,a,b\n2016-07-01 00:00:00,1,2\n2016-07-01 01:00:00,3,4\n2016-07-01 03:00:00,,6\n",
       "id,day,v\nx,01/02/2020,1\ny,01/02/2020,2\nx,13/02/2020,3\n", "\"H1\",605,586\n\"H2\",31,\n",
       "2020Q1,1\n2020Q3,2\n", "1749-01-31,58\n1749-02-28,62\n", "0.5,1\n0.75,2\n"});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const MemoryFile file{std::string(bytes)};
  for (const Missing missing :
       {Missing::error, Missing::interpolate, Missing::forward, Missing::zero, Missing::drop})
    for (const SeriesSource& source :
         {SeriesSource{.missing = missing}, SeriesSource{.time = "1", .known = {"2"}, .missing = missing},
          SeriesSource{.id = "1", .missing = missing},
          SeriesSource{.layout = SeriesLayout::rows, .missing = missing}}) {
      try {
        const SeriesPanel panel = read_panel(file.path(), source);
        for (const OneSeries& series : panel.list) {
          for (std::size_t c = 0; c < static_cast<std::size_t>(panel.targets); ++c)
            for (Index t = 0; t < series.steps(); ++t)
              RECUR_ASSERT(std::isfinite(series.columns[c][static_cast<std::size_t>(t)]));
          for (const Time time : series.times)
            RECUR_ASSERT(panel.format.parse(panel.format.write(time)).has_value());
        }
      } catch (const Error&) {
      }
    }
  return 0;
}
