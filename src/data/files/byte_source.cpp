#include "data/files/byte_source.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace recur {

bool is_standard_input(const std::filesystem::path& path) { return path == "-"; }

void ByteSource::Close::operator()(gzFile_s* file) const noexcept { gzclose(file); }

ByteSource::ByteSource(const std::filesystem::path& path)
    : name_(is_standard_input(path) ? "standard input" : path.string()) {
  if (is_standard_input(path)) {
    file_.reset(gzdopen(::dup(STDIN_FILENO), "rb"));
  } else {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    check<IoError>(std::filesystem::exists(status), "cannot read '{}': no such file (check the path)", name_);
    check<IoError>(!std::filesystem::is_directory(status),
                   "cannot read '{}': it is a folder, expected a file (name a file in it)", name_);
    file_.reset(gzopen(path.c_str(), "rb"));  // zlib hands out what is not gzip as it is
  }
  check<IoError>(file_ != nullptr, "cannot read '{}': {}", name_, std::strerror(errno));
  gzbuffer(file_.get(), 1 << 15);
}

std::size_t ByteSource::read(char* buffer, std::size_t size) {
  constexpr std::size_t kMost = 1 << 30;  // zlib counts in int
  std::size_t filled = 0;
  while (filled < size) {
    const int count =
        gzread(file_.get(), buffer + filled, static_cast<unsigned>(std::min(size - filled, kMost)));
    int code = Z_OK;
    gzerror(file_.get(), &code);
    check<IoError>(code != Z_ERRNO, "cannot read '{}': {}", name_, std::strerror(errno));
    check<FormatError>(count >= 0 && code == Z_OK, "{}: damaged gzip after {} bytes of text (truncated?)",
                       name_, offset_);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
    offset_ += count;
  }
  return filled;
}

}  // namespace recur
