#include "data/files/line_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/text.h"
#include "data/text/level.h"

namespace recur {
namespace {

/// No more than a small file needs: a folder may hold thousands of them.
std::size_t buffer_size(const std::filesystem::path& path, Index chunk) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  const auto most = static_cast<std::size_t>(chunk);
  return error ? most : std::min<std::size_t>(most, std::max<std::size_t>(size, 4095) + 1);
}

}  // namespace

LineReader::LineReader(const std::filesystem::path& path, Options options)
    : source_(path), options_(options), buffer_(buffer_size(path, options.chunk), '\0') {
  constexpr std::string_view mark = "\xEF\xBB\xBF", utf16 = "\xFF\xFE", other_utf16 = "\xFE\xFF";
  std::string_view front;
  const auto undecided = [&] {
    return mark.starts_with(front) || utf16.starts_with(front) || other_utf16.starts_with(front);
  };
  // Who types waits for an answer: no more is read than tells whether there is a mark.
  while (undecided() && front.size() < mark.size() && fill()) front = {buffer_.data(), end_};
  if (front.starts_with(mark)) begin_ = mark.size();
  check<DataError>(!front.starts_with(utf16) && !front.starts_with(other_utf16),
                   "{}: it is UTF-16, expected UTF-8 (convert it: iconv -f UTF-16 -t UTF-8)", name());
}

std::string LineReader::place(Index line) const { return fmt::format("{}:{}", name(), line); }

/// Reads on behind what is left; false if there is nothing more.
bool LineReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  const std::size_t got = source_.read_some(buffer_.data() + end_, buffer_.size() - end_);
  end_ += got;
  at_end_ = got == 0;
  return got > 0;
}

bool LineReader::peek() {
  again_ = again_ || next();
  return again_;
}

bool LineReader::next() {
  if (again_) {
    again_ = false;
    return true;
  }
  std::size_t searched = 0;
  const char* newline = nullptr;
  for (;;) {
    const std::size_t size = end_ - begin_;
    if (size > searched) {
      newline =
          static_cast<const char*>(std::memchr(buffer_.data() + begin_ + searched, '\n', size - searched));
    }
    const auto length = newline ? static_cast<std::size_t>(newline - (buffer_.data() + begin_)) : size;
    check<DataError>(static_cast<Index>(length) <= options_.longest,
                     "{}: a line of more than {} (is it a text file whose lines end in newlines?)",
                     place(line_ + 1), format_bytes(options_.longest));
    searched = size;
    if (newline || !fill()) break;
  }
  const std::string_view left(buffer_.data() + begin_, end_ - begin_);
  if (left.empty()) return false;
  ++line_;
  const std::size_t whole = newline ? static_cast<std::size_t>(newline - left.data()) + 1 : left.size();
  ending_ = !newline ? 0 : whole > 1 && left[whole - 2] == '\r' ? 2 : 1;
  text_ = begin_;
  size_ = whole - ending_;
  begin_ += whole;
  if (options_.check_utf8) check_utf8();
  return true;
}

void LineReader::check_utf8() const {
  const auto bad = find_invalid_utf8(text());
  if (!bad) return;
  fail<DataError>("{}: byte {} of the line, {}, is not valid UTF-8 (convert the file: iconv -t UTF-8)",
                  place(line_), *bad + 1, hex(text()[*bad]));
}

}  // namespace recur
