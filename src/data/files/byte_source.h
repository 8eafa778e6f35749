// The bytes of a file, plain or gzip, or of standard input.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/types.h"

struct gzFile_s;

namespace recur {

/// Hands out the bytes of a file in order, once. What is gzip is unpacked, whatever its name. "-" is standard
/// input, as it comes: it is not unpacked.
///
/// Errors: IoError if it cannot be read; FormatError if it is damaged gzip, or gzip on standard input.
class ByteSource {
 public:
  explicit ByteSource(const std::filesystem::path& path);

  /// Fills `buffer` with the next bytes: fewer than `size` at the end only, 0 behind it.
  std::size_t read(char* buffer, std::size_t size);
  /// The same, but does not wait for more than there is; 0 at the end only.
  std::size_t read_some(char* buffer, std::size_t size);

  /// What messages call it: the path as it was given, or "standard input".
  const std::string& name() const noexcept { return name_; }

 private:
  struct Close {
    void operator()(gzFile_s* file) const noexcept;
  };

  std::size_t read_standard_input(char* buffer, std::size_t size) const;

  std::string name_;
  std::unique_ptr<gzFile_s, Close> file_;  // none for standard input
  Index offset_ = 0;
};

/// Whether a path stands for standard input.
bool is_standard_input(const std::filesystem::path& path);

}  // namespace recur
