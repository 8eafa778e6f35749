#include "data/text/text_file.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace recur {
namespace {

constexpr std::size_t kBufferSize = 1 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void TextFile::Close::operator()(gzFile_s* file) const noexcept { gzclose(file); }

TextFile::TextFile(std::filesystem::path path, Level level)
    : path_(std::move(path)), level_(level), buffer_(kBufferSize, '\0') {
  std::error_code error;
  const auto status = std::filesystem::status(path_, error);
  check<IoError>(std::filesystem::exists(status), "cannot read '{}': no such file (check the path)",
                 path_.string());
  check<IoError>(!std::filesystem::is_directory(status),
                 "cannot read '{}': it is a folder, expected a text file", path_.string());
  check<IoError>(
      std::filesystem::is_regular_file(status),
      "cannot read '{}': it is a pipe or a device, but a text is read more than once (save it to a file)",
      path_.string());
  file_.reset(gzopen(path_.c_str(), "rb"));  // zlib hands out what is not gzip as it is
  check<IoError>(file_ != nullptr, "cannot read '{}': {}", path_.string(), std::strerror(errno));
  gzbuffer(file_.get(), 1 << 18);
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
  while (!at_end_ && end_ < buffer_.size()) {
    const int count =
        gzread(file_.get(), buffer_.data() + end_, static_cast<unsigned>(buffer_.size() - end_));
    int code = Z_OK;
    gzerror(file_.get(), &code);
    check<IoError>(code != Z_ERRNO, "cannot read '{}': {}", path_.string(), std::strerror(errno));
    check<FormatError>(count >= 0 && code == Z_OK, "{}: damaged gzip after {} bytes of text (truncated?)",
                       path_.string(), offset_ + static_cast<Index>(end_));
    end_ += static_cast<std::size_t>(count);
    at_end_ = count == 0;
  }
}

std::string_view TextFile::next() {
  fill();
  const std::string_view ready = std::string_view(buffer_).substr(0, end_);
  if (ready.empty()) {
    // Every line ends in kEndOfLine, the last one even where its newline is missing.
    return level_ == Level::word && std::exchange(line_open_, false) ? "\n" : "";
  }
  const std::size_t size = at_end_ ? end_ : whole_units(level_, ready);
  check<DataError>(size > 0, "{}:{}: a word of more than {} bytes: not a text of words? (try --level char)",
                   path_.string(), line_, kBufferSize);
  return take(size);
}

/// Hands out the front of the buffer.
std::string_view TextFile::take(std::size_t size) {
  const std::string_view piece(buffer_.data(), size);
  if (level_ != Level::byte) {
    if (const auto bad = find_invalid_utf8(piece)) {
      const Index line = line_ + std::count(piece.begin(), piece.begin() + static_cast<Index>(*bad), '\n');
      fail<DataError>(
          "{}:{}: byte {} of the text, 0x{:02X}, is not valid UTF-8 (convert the file, or use --level byte)",
          path_.string(), line, offset_ + static_cast<Index>(*bad), static_cast<unsigned char>(piece[*bad]));
    }
  }
  begin_ = size;
  offset_ += static_cast<Index>(size);
  line_ += std::count(piece.begin(), piece.end(), '\n');
  line_open_ = piece.back() != '\n';
  return piece;
}

}  // namespace recur
