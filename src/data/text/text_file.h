// A text file read in pieces: plain or gzip, of any size.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/types.h"
#include "data/files/byte_source.h"
#include "data/text/level.h"

namespace recur {

/// Reads a text in pieces of whole units, in bounded memory. A byte order mark is dropped; otherwise
/// characters stay as they are, carriage returns included (to words they are white space). What is not bytes
/// is checked to be UTF-8.
///
/// Errors, here and in next(): IoError if the file cannot be read; FormatError if it is damaged gzip;
/// DataError with line and byte if it is not UTF-8, or holds a word that no buffer takes.
class TextFile {
 public:
  TextFile(const std::filesystem::path& path, Level level);

  /// The next piece, valid until the next call; empty at the end.
  std::string_view next();

  bool had_byte_order_mark() const noexcept { return had_mark_; }

 private:
  void fill();
  std::string_view take(std::size_t size);

  ByteSource source_;
  Level level_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what was read and not yet handed out
  bool at_end_ = false;
  bool line_open_ = false;  // the last piece did not end its line
  bool had_mark_ = false;
  Index offset_ = 0;  // of buffer_[begin_] in the text, in bytes
  Index line_ = 1;    // that buffer_[begin_] is in
};

}  // namespace recur
