// The operators new and delete of this binary count. In a file of their own, so that nothing is inlined.
#include "tests/api/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace recur {
namespace {
std::atomic<std::size_t> count{0};
}
std::size_t allocations() noexcept { return count; }
}  // namespace recur

void* operator new(std::size_t size) {
  ++recur::count;
  if (void* p = std::malloc(size)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++recur::count;
  const auto a = static_cast<std::size_t>(alignment);
  if (void* p = std::aligned_alloc(a, (size + a - 1) / a * a)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
