#include "base/file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/base/temporary_folder.h"

namespace recur {
namespace {

namespace fs = std::filesystem;

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(File, ComesBackAsItWasWritten) {
  const TemporaryFolder folder;
  std::string bytes(100'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i);
  for (const std::string& content : {std::string(), std::string("a"), bytes}) {
    write_file_atomically(folder / "x", content);
    EXPECT_EQ(read_file(folder / "x"), content);
  }
  EXPECT_EQ(files_in(folder.path()), 1u) << "the temporary is gone";
}

TEST(File, ReadingSaysWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_EQ(
      message_of<IoError>([&] { read_file(folder / "none.txt"); }),
      "cannot read '" + (folder / "none.txt").string() + "': No such file or directory (check the path)");
  EXPECT_EQ(
      message_of<IoError>([&] { read_file(folder.path()); }),
      "cannot read '" + folder.path().string() + "': it is a folder, expected a file (name a file in it)");
}

TEST(File, ReadingSaysThatPermissionIsMissing) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "secret", "x");
  fs::permissions(folder / "secret", fs::perms::none);
  const bool root = ::geteuid() == 0;  // who may read everything, and becomes nobody for a moment
  ASSERT_EQ(root ? ::seteuid(65534) : 0, 0);
  const std::string message = message_of<IoError>([&] { read_file(folder / "secret"); });
  ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
  EXPECT_EQ(message, "cannot read '" + (folder / "secret").string() +
                         "': Permission denied (check the permissions, or choose another folder)");
}

TEST(File, AFolderIsLockedByOneAtATime) {
  const TemporaryFolder folder;
  {
    const auto first = lock_folder(folder.path());
    EXPECT_TRUE(first.has_value());
    EXPECT_FALSE(lock_folder(folder.path()).has_value());
  }
  EXPECT_TRUE(lock_folder(folder.path()).has_value());
  EXPECT_THROW(lock_folder(folder / "none"), IoError);
}

TEST(File, ReadsAPipeToItsEnd) {
  const TemporaryFolder folder;
  const fs::path pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    FILE* out = std::fopen(pipe.c_str(), "w");
    for (int i = 0; i < 50'000; ++i) std::fputs("line\n", out);
    std::fclose(out);
    ::_exit(0);
  }
  EXPECT_EQ(read_file(pipe).size(), 250'000u);
  ::waitpid(writer, nullptr, 0);
}

TEST(File, NewVersionReplacesTheOldOnlyWhenItIsWhole) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "x", "old");
  {
    AtomicFile file(folder / "x");
    file.write("half of the n");
    EXPECT_EQ(read_file(folder / "x"), "old");
  }
  EXPECT_EQ(read_file(folder / "x"), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
  AtomicFile file(folder / "x");
  file.write("ne");
  file.write("w");
  file.commit();
  EXPECT_EQ(read_file(folder / "x"), "new");
}

TEST(File, TemporaryOfAKilledWriterIsReused) {
  const TemporaryFolder folder;
  const pid_t writer = ::fork();
  if (writer == 0) {
    AtomicFile file(folder / "x");
    file.write("a long beginning of something");
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(writer, &status, 0), writer);
  EXPECT_EQ(files_in(folder.path()), 1u);
  EXPECT_FALSE(fs::exists(folder / "x"));
  write_file_atomically(folder / "x", "short");
  EXPECT_EQ(read_file(folder / "x"), "short");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(File, TwoWritersAreKeptApart) {
  const TemporaryFolder folder;
  AtomicFile first(folder / "x");
  EXPECT_EQ(message_of<IoError>([&] { AtomicFile second(folder / "x"); }),
            "cannot write '" + (folder / "x").string() +
                "': another process is writing it (wait for it, or choose another folder)");
  first.write("first");
  first.commit();
  write_file_atomically(folder / "x", "second");
  EXPECT_EQ(read_file(folder / "x"), "second");
}

TEST(File, WritingSaysWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_EQ(
      message_of<IoError>([&] { write_file_atomically(folder / "none/x", "x"); }),
      "cannot write '" + (folder / "none/x").string() + "': No such file or directory (check the path)");
  EXPECT_EQ(
      message_of<IoError>([&] { write_file_atomically(folder.path(), "x"); }),
      "cannot write '" + folder.path().string() + "': it is a folder, expected a file (choose another name)");
}

/// While this lives, files of this process can grow to `bytes` and no further: as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : ignored_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &saved_);
    const rlimit tight{bytes, saved_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &saved_);
    ::signal(SIGXFSZ, ignored_);
  }

 private:
  rlimit saved_{};
  void (*ignored_)(int);
};

TEST(File, AFullDiskLeavesTheOldVersionAndNoTemporary) {
  const TemporaryFolder folder;
  write_file_atomically(folder / "x", "old");
  std::string message;
  {
    const FullDisk full(1000);
    message = message_of<IoError>([&] { write_file_atomically(folder / "x", std::string(5000, 'n')); });
  }
  EXPECT_EQ(message, "cannot write '" + (folder / "x").string() +
                         "': File too large (raise the limit on file sizes, see 'ulimit -f')");
  EXPECT_EQ(read_file(folder / "x"), "old");
  EXPECT_EQ(files_in(folder.path()), 1u);
}

TEST(LineLog, GrowsByLinesAndIsCutBack) {
  const TemporaryFolder folder;
  Index after_two = 0;
  {
    LineLog log(folder / "log");
    log.append("one");
    log.append("two");
    after_two = log.size();
    log.append("three");
    EXPECT_EQ(read_file(folder / "log"), "one\ntwo\nthree\n");
  }
  LineLog(folder / "log").append("four");
  EXPECT_EQ(read_file(folder / "log"), "one\ntwo\nthree\nfour\n");
  LineLog(folder / "log", after_two).append("3");
  EXPECT_EQ(read_file(folder / "log"), "one\ntwo\n3\n");
  LineLog(folder / "log", 0).append("fresh");
  EXPECT_EQ(read_file(folder / "log"), "fresh\n");
}

}  // namespace
}  // namespace recur
