// libFuzzer: any text is a configuration or one ConfigError; one that was taken is the same after being
// written and read.
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "base/fields.h"
#include "base/toml.h"
#include "tests/fuzz/memory_file.h"

namespace recur {
namespace {

enum class Choices { one, two };
constexpr std::array<std::string_view, 2> names_of(Choices) { return {"one", "two"}; }

/// A configuration with an option of every type, under short names that a fuzzer finds.
struct Inner {
  std::vector<Index> i;
  std::vector<double> d;
  std::vector<std::string> s;
  static constexpr auto fields = std::tuple{field("i", &Inner::i, "integers").at_least(1),
                                            field("d", &Inner::d, "numbers"), field("s", &Inner::s, "texts")};
};
struct Config {
  bool b = false;
  Index i = 0;
  double d = 0;
  std::string s;
  Choices c = Choices::one;
  Inner t;
  static constexpr auto fields =
      std::tuple{field("b", &Config::b, "a truth"),  field("i", &Config::i, "an integer"),
                 field("d", &Config::d, "a number"), field("s", &Config::s, "a text"),
                 field("c", &Config::c, "a choice"), field("t", &Config::t, "a table")};
};

void check_text(std::string_view text) {
  Config config, again;
  set_options(parse_toml(text, "fuzz.toml"), options_of(config));
  const std::string written = write_toml(options_of(config));
  set_options(parse_toml(written, "written.toml"), options_of(again));
  RECUR_ASSERT(write_toml(options_of(again)) == written);
}

}  // namespace
}  // namespace recur

/// A table too deep for a parser that recurses; with it, inputs may be as long as it is.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  std::string deep = "[a";
  for (int i = 0; i < 50000; ++i) deep += ".a";
  deep += "]";
  recur::add_seeds(count, arguments, {"b = true\nd = 1.5\n[t]\ni = [1, 2]\n", deep});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    recur::check_text({reinterpret_cast<const char*>(data), size});
  } catch (const recur::ConfigError&) {
  }
  return 0;
}
