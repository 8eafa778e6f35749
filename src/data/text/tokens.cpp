#include "data/text/tokens.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace recur {
namespace {

/// Calls f with a value of the unsigned type that is `width` bytes wide.
template <class F>
void with_width(Index width, F&& f) {
  switch (width) {
    case 1:
      f(std::uint8_t{});
      break;
    case 2:
      f(std::uint16_t{});
      break;
    default:
      f(std::uint32_t{});
      break;
  }
}

[[noreturn]] void refuse(const char* verb, const std::filesystem::path& folder) {
  fail<IoError>("cannot {} a temporary file in '{}': {} (TMPDIR chooses another folder)", verb,
                folder.string(), std::strerror(errno));
}

}  // namespace

Tokens Tokens::slice(Index begin, Index end) const {
  RECUR_ASSERT(0 <= begin && begin <= end && end <= size_);
  return {{bytes_, bytes_.get() + begin * width_}, width_, end - begin};
}

void Tokens::read(Index begin, std::span<std::int32_t> out) const {
  RECUR_ASSERT(0 <= begin && begin + static_cast<Index>(out.size()) <= size_);
  with_width(width_, [&](auto id) {
    const std::byte* at = bytes_.get() + begin * width_;
    for (std::int32_t& to : out) {
      std::memcpy(&id, at, sizeof id);
      to = static_cast<std::int32_t>(id);
      at += sizeof id;
    }
  });
}

TokensWriter::TokensWriter(Index vocabulary_size, Options options)
    : options_(std::move(options)),
      width_(vocabulary_size <= 1 << 8    ? 1
             : vocabulary_size <= 1 << 16 ? 2
                                          : 4) {}

TokensWriter::~TokensWriter() {
  if (file_ >= 0) ::close(file_);
}

void TokensWriter::append(std::span<const std::int32_t> ids) {
  with_width(width_, [&](auto id) {
    const std::size_t before = bytes_.size();
    bytes_.resize(before + ids.size() * sizeof id);
    std::byte* to = bytes_.data() + before;
    for (std::int32_t from : ids) {
      id = static_cast<decltype(id)>(from);
      std::memcpy(to, &id, sizeof id);
      to += sizeof id;
    }
  });
  size_ += static_cast<Index>(ids.size());
  constexpr Index kWriteSize = 1 << 20;
  if (static_cast<Index>(bytes_.size()) > (file_ < 0 ? options_.memory_limit : kWriteSize)) spill();
}

void TokensWriter::spill() {
  if (file_ < 0) {
    if (options_.folder.empty()) {
      std::error_code error;
      options_.folder = std::filesystem::temp_directory_path(error);
      check<IoError>(!error, "there is no folder for temporary files: {} (TMPDIR chooses one)",
                     error.message());
    }
    std::string name = options_.folder / "recur-tokens-XXXXXX";
    file_ = ::mkstemp(name.data());
    if (file_ < 0) refuse("create", options_.folder);
    ::unlink(name.c_str());  // the open file is all that is needed, and nothing is left if we are killed
  }
  for (std::size_t done = 0; done < bytes_.size();) {
    const ssize_t count = ::write(file_, bytes_.data() + done, bytes_.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse("write to", options_.folder);
    done += static_cast<std::size_t>(count);
  }
  bytes_.clear();
}

Tokens TokensWriter::finish() {
  if (file_ < 0) {
    const auto bytes = std::make_shared<const std::vector<std::byte>>(std::move(bytes_));
    return {{bytes, bytes->data()}, width_, size_};
  }
  spill();
  const std::size_t length = static_cast<std::size_t>(size_ * width_);
  void* map = ::mmap(nullptr, length, PROT_READ, MAP_SHARED, file_, 0);
  if (map == MAP_FAILED) refuse("map", options_.folder);
  return {{static_cast<const std::byte*>(map),
           [length](const std::byte* at) { ::munmap(const_cast<std::byte*>(at), length); }},
          width_,
          size_};
}

}  // namespace recur
