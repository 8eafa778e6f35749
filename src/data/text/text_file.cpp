#include "data/text/text_file.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace recur {
namespace {

constexpr std::size_t kBufferSize = 1 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// A path that can be read more than once, or is refused by ByteSource.
const std::filesystem::path& checked(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  const bool once =
      is_standard_input(path) || (std::filesystem::exists(status) && !std::filesystem::is_directory(status) &&
                                  !std::filesystem::is_regular_file(status));
  check<IoError>(
      !once,
      "cannot read '{}': it is a pipe or a device, but a text is read more than once (save it to a file)",
      path.string());
  return path;
}

}  // namespace

TextFile::TextFile(const std::filesystem::path& path, Level level)
    : source_(checked(path)), level_(level), buffer_(kBufferSize, '\0') {
  fill();
  if (std::string_view(buffer_).substr(0, end_).starts_with(kByteOrderMark)) {
    had_mark_ = true;
    begin_ = kByteOrderMark.size();
    offset_ = static_cast<Index>(begin_);
  }
}

/// Reads behind what is left, as much as fits.
void TextFile::fill() {
  std::copy(buffer_.begin() + static_cast<Index>(begin_), buffer_.begin() + static_cast<Index>(end_),
            buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  if (at_end_ || end_ == buffer_.size()) return;
  end_ += source_.read(buffer_.data() + end_, buffer_.size() - end_);
  at_end_ = end_ < buffer_.size();
}

std::string_view TextFile::next() {
  fill();
  const std::string_view ready = std::string_view(buffer_).substr(0, end_);
  if (ready.empty()) {
    // Every line ends in kEndOfLine, the last one even where its newline is missing.
    return ends_lines(level_) && std::exchange(line_open_, false) ? "\n" : "";
  }
  const std::size_t size = at_end_ ? end_ : whole_units(level_, ready);
  check<DataError>(size > 0, "{}:{}: a word of more than {} bytes: not a text of words? (try --level char)",
                   source_.name(), line_, kBufferSize);
  return take(size);
}

/// Hands out the front of the buffer.
std::string_view TextFile::take(std::size_t size) {
  const std::string_view piece(buffer_.data(), size);
  if (level_ != Level::byte) {
    if (const auto bad = find_invalid_utf8(piece)) {
      const Index line = line_ + std::count(piece.begin(), piece.begin() + static_cast<Index>(*bad), '\n');
      fail<DataError>(
          "{}:{}: byte {} of the text, {}, is not valid UTF-8 (convert the file, or use --level byte)",
          source_.name(), line, offset_ + static_cast<Index>(*bad) + 1, hex(piece[*bad]));
    }
  }
  begin_ = size;
  offset_ += static_cast<Index>(size);
  line_ += std::count(piece.begin(), piece.end(), '\n');
  line_open_ = piece.back() != '\n';
  return piece;
}

}  // namespace recur
