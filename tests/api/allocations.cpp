// The operators new and delete of this binary count. In a file of their own, so that nothing is inlined; and
// all of them, so that what one hands out no other takes back (a sanitizer brings its own of those that are
// missing).
#include "tests/api/allocations.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace recur {
namespace {

std::atomic<std::size_t> count{0}, in_use{0};

void* counted(void* p) noexcept {
  ++count;
  in_use += malloc_usable_size(p);
  return p;
}
void give_back(void* p) noexcept {
  in_use -= malloc_usable_size(p);
  std::free(p);
}

void* take(std::size_t size) noexcept { return counted(std::malloc(size == 0 ? 1 : size)); }
void* take(std::size_t size, std::align_val_t alignment) noexcept {
  const auto a = static_cast<std::size_t>(alignment);
  return counted(std::aligned_alloc(a, size == 0 ? a : (size + a - 1) / a * a));
}
void* or_throw(void* p) {
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

}  // namespace

std::size_t allocations() noexcept { return count; }
std::size_t allocated_bytes() noexcept { return in_use; }

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

void operator delete(void* p) noexcept { recur::give_back(p); }
void operator delete[](void* p) noexcept { recur::give_back(p); }
void operator delete(void* p, std::size_t) noexcept { recur::give_back(p); }
void operator delete[](void* p, std::size_t) noexcept { recur::give_back(p); }
void operator delete(void* p, Align) noexcept { recur::give_back(p); }
void operator delete[](void* p, Align) noexcept { recur::give_back(p); }
void operator delete(void* p, std::size_t, Align) noexcept { recur::give_back(p); }
void operator delete[](void* p, std::size_t, Align) noexcept { recur::give_back(p); }
void operator delete(void* p, const Nothrow&) noexcept { recur::give_back(p); }
void operator delete[](void* p, const Nothrow&) noexcept { recur::give_back(p); }
void operator delete(void* p, Align, const Nothrow&) noexcept { recur::give_back(p); }
void operator delete[](void* p, Align, const Nothrow&) noexcept { recur::give_back(p); }
