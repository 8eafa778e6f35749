#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"

namespace recur {
namespace {

namespace fs = std::filesystem;

/// What the user can do about an error of the operating system; empty where its name says it all.
const char* advice(int error) {
  switch (error) {
    case ENOENT:
      return " (check the path)";
    case EACCES:
    case EPERM:
      return " (check the permissions, or choose another folder)";
    case EROFS:
      return " (choose a folder that can be written)";
    case ENOSPC:
    case EDQUOT:
      return " (free some space, or choose another folder)";
    case EFBIG:
      return " (raise the limit on file sizes, see 'ulimit -f')";
    case EMFILE:
    case ENFILE:
      return " (close some files, or raise 'ulimit -n')";
    default:
      return "";
  }
}

[[noreturn]] void refuse(const char* verb, const fs::path& path, int error) {
  fail<IoError>("cannot {} '{}': {}{}", verb, path.string(), std::system_category().message(error),
                advice(error));
}

/// Calls `f` again as long as a signal interrupts it.
template <class F>
auto uninterrupted(F f) {
  for (;;) {
    const auto result = f();
    if (result != -1 || errno != EINTR) return result;
  }
}

/// Opens `path`; messages name `shown`, the file that the user knows about.
FileHandle open_file(const char* verb, const fs::path& path, const fs::path& shown, int flags) {
  FileHandle file(uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); }));
  if (!file) refuse(verb, shown, errno);
  return file;
}

struct stat status_of(const char* verb, const fs::path& path, const FileHandle& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) refuse(verb, path, errno);
  return status;
}

void step(std::string_view name) {
  if (on_file_step) on_file_step(name);
}

void write_bytes(const fs::path& path, const FileHandle& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = uninterrupted([&] { return ::write(file.get(), bytes.data(), bytes.size()); });
    if (written < 0) refuse("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_all(const fs::path& path, const FileHandle& file, std::string_view bytes) {
  const std::size_t first = on_file_step ? bytes.size() / 2 : 0;
  write_bytes(path, file, bytes.substr(0, first));
  step("half written");
  write_bytes(path, file, bytes.substr(first));
  step("written");
}

/// Whether `file` is what the name `path` leads to at this moment.
bool is_at(const FileHandle& file, const fs::path& path) {
  struct stat named {};
  const struct stat opened = status_of("write", path, file);
  return ::stat(path.c_str(), &named) == 0 && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

}  // namespace

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::function<void(std::string_view)> on_file_step;

std::optional<FileHandle> lock_folder(const fs::path& folder) {
  FileHandle handle = open_file("open", folder, folder, O_RDONLY | O_DIRECTORY);
  if (::flock(handle.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return std::nullopt;
  return handle;
}

std::string read_file(const fs::path& path) {
  const FileHandle file = open_file("read", path, path, O_RDONLY);
  const struct stat status = status_of("read", path, file);
  check<IoError>(!S_ISDIR(status.st_mode),
                 "cannot read '{}': it is a folder, expected a file (name a file in it)", path.string());
  // The size is only a first guess: pipes have none, and a file may grow while we read.
  std::string bytes(static_cast<std::size_t>(status.st_size) + 1, '\0');
  std::size_t size = 0;
  for (;;) {
    if (size == bytes.size()) bytes.resize(2 * size);
    const ssize_t got =
        uninterrupted([&] { return ::read(file.get(), bytes.data() + size, bytes.size() - size); });
    if (got < 0) refuse("read", path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)), temporary_(path_) {
  std::error_code ignored;  // whatever else is wrong, opening will say
  check<IoError>(!fs::is_directory(path_, ignored),
                 "cannot write '{}': it is a folder, expected a file (choose another name)", path_.string());
  temporary_ += ".tmp";
  for (;;) {
    file_ = open_file("write", temporary_, path_, O_WRONLY | O_CREAT);
    check<IoError>(::flock(file_.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK,
                   "cannot write '{}': another process is writing it (wait for it, or choose another folder)",
                   path_.string());
    if (is_at(file_, temporary_)) break;  // or its last owner renamed it before we had the lock
  }
  step("opened");
  if (::ftruncate(file_.get(), 0) != 0) refuse("write", path_, errno);
  step("emptied");
}

AtomicFile::~AtomicFile() {
  if (file_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) { write_all(path_, file_, bytes); }

void AtomicFile::commit() {
  // Bytes before name: after a power cut the name must not lead to a file whose bytes never arrived.
  if (::fsync(file_.get()) != 0) refuse("write", path_, errno);
  step("synced");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) refuse("write", path_, errno);
  file_ = FileHandle();
  step("renamed");
  const FileHandle folder = open_file("write", folder_of(path_), path_, O_RDONLY | O_DIRECTORY);
  if (::fsync(folder.get()) != 0 && errno != EINVAL)
    refuse("write", path_, errno);  // EINVAL: cannot be synced
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

LineLog::LineLog(fs::path path, std::optional<Index> keep)
    : path_(std::move(path)), file_(open_file("write", path_, path_, O_WRONLY | O_CREAT | O_APPEND)) {
  size_ = static_cast<Index>(status_of("write", path_, file_).st_size);
  if (keep && *keep < size_) {
    if (::ftruncate(file_.get(), *keep) != 0) refuse("write", path_, errno);
    size_ = *keep;
    step("cut");
  }
}

void LineLog::append(std::string_view line) {
  // One write a line, so that a line is never half in the file while the process lives.
  std::string bytes(line);
  bytes += '\n';
  write_all(path_, file_, bytes);
  size_ += static_cast<Index>(bytes.size());
}

}  // namespace recur
