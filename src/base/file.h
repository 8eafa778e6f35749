// Files: read whole, replaced whole, appended to line by line. Every refusal is an IoError that says what to
// do.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/types.h"

namespace recur {

/// An open file of the operating system, closed with its owner.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) noexcept : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileHandle();

  int get() const noexcept { return descriptor_; }
  explicit operator bool() const noexcept { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// The bytes of a file, or of a pipe until its end.
std::string read_file(const std::filesystem::path& path);

/// Keeps other processes out of a folder as long as it lives, by an advisory lock that ends with the process,
/// however that ends. Nothing if another one has it. (On a file system without locks it keeps nobody out.)
std::optional<FileHandle> lock_folder(const std::filesystem::path& folder);

/// For tests: called at each step by which a file is changed (opened, half written, written, synced,
/// renamed); it may throw, as a full disk would, or end the process. Empty otherwise.
extern std::function<void(std::string_view step)> on_file_step;

/// A new version of a file, of which readers see all or nothing. The bytes go to a temporary beside it,
/// `PATH.tmp`; `commit` makes them durable and puts them in place of the old version. Without it the old
/// version stays and the temporary goes. A killed process leaves the temporary, which the next writer reuses.
class AtomicFile {
 public:
  /// Throws IoError if the folder takes no file, or if another process is writing this one.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  FileHandle file_;
};

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// A file that grows by whole lines, each of which is with the operating system when `append` returns: a
/// process killed later loses none of them.
class LineLog {
 public:
  /// Creates the file, or goes on after its first `keep` bytes (all of them if not given); the rest is cut
  /// off.
  explicit LineLog(std::filesystem::path path, std::optional<Index> keep = std::nullopt);

  void append(std::string_view line);

  /// Bytes in the file: what to pass as `keep` to come back to this point.
  Index size() const noexcept { return size_; }

 private:
  std::filesystem::path path_;
  FileHandle file_;
  Index size_ = 0;
};

}  // namespace recur
