#include "data/files/byte_source.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/error.h"

namespace recur {

bool is_standard_input(const std::filesystem::path& path) { return path == "-"; }

void ByteSource::Close::operator()(gzFile_s* file) const noexcept { gzclose(file); }

ByteSource::ByteSource(const std::filesystem::path& path)
    : name_(is_standard_input(path) ? "standard input" : path.string()) {
  if (is_standard_input(path)) return;
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  check<IoError>(std::filesystem::exists(status), "cannot read '{}': no such file (check the path)", name_);
  check<IoError>(!std::filesystem::is_directory(status),
                 "cannot read '{}': it is a folder, expected a file (name a file in it)", name_);
  file_.reset(gzopen(path.c_str(), "rb"));  // zlib hands out what is not gzip as it is
  check<IoError>(file_ != nullptr, "cannot read '{}': {}", name_, std::strerror(errno));
  gzbuffer(file_.get(), 1 << 15);
}

std::size_t ByteSource::read(char* buffer, std::size_t size) {
  std::size_t filled = 0;
  while (filled < size) {
    const std::size_t count = read_some(buffer + filled, size - filled);
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

std::size_t ByteSource::read_some(char* buffer, std::size_t size) {
  constexpr std::size_t kMost = 1 << 30;  // zlib counts in int
  size = std::min(size, kMost);
  if (!file_) {
    const std::size_t count = read_standard_input(buffer, size);
    offset_ += static_cast<Index>(count);
    return count;
  }
  const int count = gzread(file_.get(), buffer, static_cast<unsigned>(size));
  int code = Z_OK;
  gzerror(file_.get(), &code);
  check<IoError>(code != Z_ERRNO, "cannot read '{}': {}", name_, std::strerror(errno));
  offset_ += std::max(count, 0);
  check<FormatError>(count >= 0 && code == Z_OK, "{}: damaged gzip after {} bytes of text (truncated?)",
                     name_, offset_);
  return static_cast<std::size_t>(count);
}

std::size_t ByteSource::read_standard_input(char* buffer, std::size_t size) const {
  ssize_t count;
  do {
    count = ::read(STDIN_FILENO, buffer, size);
  } while (count < 0 && errno == EINTR);
  check<IoError>(count >= 0, "cannot read '{}': {}", name_, std::strerror(errno));
  const bool packed =
      offset_ == 0 && std::string_view(buffer, static_cast<std::size_t>(count)).starts_with("\x1F\x8B");
  check<FormatError>(!packed,
                     "{}: it is gzip, which is unpacked from files only (try: zcat FILE | recur ...)", name_);
  return static_cast<std::size_t>(count);
}

}  // namespace recur
