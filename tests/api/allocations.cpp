// The operators new and delete of this binary count. In a file of their own, so that nothing is inlined; and
// all of them, so that what one hands out no other takes back (a sanitizer brings its own of those that are
// missing).
#include "tests/api/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace recur {
namespace {

std::atomic<std::size_t> count{0};

void* take(std::size_t size) noexcept {
  ++count;
  return std::malloc(size == 0 ? 1 : size);
}
void* take(std::size_t size, std::align_val_t alignment) noexcept {
  ++count;
  const auto a = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(a, size == 0 ? a : (size + a - 1) / a * a);
}
void* or_throw(void* p) {
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

}  // namespace

std::size_t allocations() noexcept { return count; }

}  // namespace recur

using Align = std::align_val_t;
using Nothrow = std::nothrow_t;

void* operator new(std::size_t n) { return recur::or_throw(recur::take(n)); }
void* operator new[](std::size_t n) { return recur::or_throw(recur::take(n)); }
void* operator new(std::size_t n, Align a) { return recur::or_throw(recur::take(n, a)); }
void* operator new[](std::size_t n, Align a) { return recur::or_throw(recur::take(n, a)); }
void* operator new(std::size_t n, const Nothrow&) noexcept { return recur::take(n); }
void* operator new[](std::size_t n, const Nothrow&) noexcept { return recur::take(n); }
void* operator new(std::size_t n, Align a, const Nothrow&) noexcept { return recur::take(n, a); }
void* operator new[](std::size_t n, Align a, const Nothrow&) noexcept { return recur::take(n, a); }

void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, Align) noexcept { std::free(p); }
void operator delete[](void* p, Align) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, Align) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, Align) noexcept { std::free(p); }
void operator delete(void* p, const Nothrow&) noexcept { std::free(p); }
void operator delete[](void* p, const Nothrow&) noexcept { std::free(p); }
void operator delete(void* p, Align, const Nothrow&) noexcept { std::free(p); }
void operator delete[](void* p, Align, const Nothrow&) noexcept { std::free(p); }
