// The exceptions that the library throws for what a user can cause.
#pragma once

#include <stdexcept>

namespace recur {

/// The base of all of them: `what()` is one line that says what was found, where, what was expected, what to
/// do.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An option, or a combination of options, that cannot be had.
struct ConfigError : Error {
  using Error::Error;
};
/// A tensor whose shape does not fit.
struct ShapeError : Error {
  using Error::Error;
};
/// Data that cannot be used: empty, too short, not a number, invalid UTF-8.
struct DataError : Error {
  using Error::Error;
};
/// A file that is not what its format says: truncated, tampered with, of a newer version.
struct FormatError : Error {
  using Error::Error;
};
/// The operating system refused: no such file, no permission, disk full.
struct IoError : Error {
  using Error::Error;
};

}  // namespace recur
