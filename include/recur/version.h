// The version of the library.
#pragma once

namespace recur {

/// The version, as in "0.1.0".
const char* version() noexcept;

}  // namespace recur
