// The lines of a file, one after another, in bounded memory.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/types.h"
#include "data/files/byte_source.h"

namespace recur {

/// The longest line, and the longest record of several lines, that readers take, in bytes.
inline constexpr Index kLongestRecord = Index{64} << 20;

/// Reads a UTF-8 text line by line: a plain or gzip file, or standard input ("-"). Lines end in LF or CR LF;
/// a byte order mark is dropped.
///
///   LineReader lines(path);
///   while (lines.next()) use(lines.text(), lines.line());
///
/// Errors, here and in next(): those of ByteSource; DataError with the line where one is longer than
/// `longest` or is not UTF-8 (unless check_utf8 is false).
class LineReader {
 public:
  struct Options {
    Index longest = kLongestRecord;
    Index chunk = 1 << 20;  // bytes read at once; changes nothing but the speed
    bool check_utf8 = true;
  };

  explicit LineReader(const std::filesystem::path& path) : LineReader(path, Options{}) {}
  LineReader(const std::filesystem::path& path, Options options);

  /// Moves to the next line; false at the end.
  bool next();
  /// Makes the next line the present one once more: next() will move to it again. False at the end.
  bool peek();

  /// The present line without its ending; valid until the next call of next() or peek().
  std::string_view text() const noexcept { return {buffer_.data() + text_, size_}; }
  /// How it ended: "\n", "\r\n", or "" at the end of the file.
  std::string_view ending() const noexcept { return {buffer_.data() + text_ + size_, ending_}; }
  /// Its number, from 1.
  Index line() const noexcept { return line_; }

  const std::string& name() const noexcept { return source_.name(); }
  /// Where a line stands: "sales.csv:17".
  std::string place(Index line) const;

 private:
  bool fill();
  void check_utf8() const;

  ByteSource source_;
  Options options_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what was read and not yet handed out
  bool at_end_ = false, again_ = false;
  std::size_t text_ = 0, size_ = 0, ending_ = 0;  // where the present line begins, its bytes, its ending's
  Index line_ = 0;
};

}  // namespace recur
