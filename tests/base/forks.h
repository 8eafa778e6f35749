// For tests that fork.
#pragma once

#include <cstdlib>

namespace recur {

/// Whether a child of fork() never gets on, as under qemu's emulation of Arm (7.2). Such tests are skipped then.
inline bool forks_hang() { return std::getenv("RECUR_TEST_NO_FORK") != nullptr; }

}  // namespace recur
