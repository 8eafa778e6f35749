#include "base/error.h"

#include <cstdio>
#include <cstdlib>

namespace recur {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "recur: bug: %s:%d: '%s' does not hold\n", file, line, expression);
  std::abort();
}

}  // namespace recur
