// The version of the library, from the one place that states it: the project line of CMakeLists.txt.
#include <recur/version.h>

namespace recur {

const char* version() noexcept { return RECUR_VERSION; }

}  // namespace recur
