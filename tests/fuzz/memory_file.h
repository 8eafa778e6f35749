// Files that live in memory: for readers that take a path, and for the inputs a fuzzer begins with.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace recur {

/// A file with a path but without a place on the disk.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("fuzz", 0)) {
    while (!bytes.empty()) {
      const auto written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written <= 0) std::abort();
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// Adds inputs to begin with to the arguments of a fuzzer; LLVMFuzzerInitialize calls it.
inline void add_seeds(int* count, char*** arguments, const std::vector<std::string_view>& seeds) {
  static std::string flag = "-seed_inputs=";
  static std::vector<char*> all(*arguments, *arguments + *count);
  static std::list<MemoryFile> files;
  for (const std::string_view seed : seeds) {
    flag += (files.empty() ? "" : ",") + files.emplace_back(seed).path();
  }
  all.push_back(flag.data());
  *count = static_cast<int>(all.size());
  all.push_back(nullptr);
  *arguments = all.data();
}

}  // namespace recur
