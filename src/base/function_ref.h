// FunctionRef: a callable passed down a call without owning or copying it, hence without allocating.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace recur {

template <class Signature>
class FunctionRef;

/// Refers to any callable with this signature; valid as long as the callable is, so: a parameter, never a
/// member.
template <class Result, class... Args>
class FunctionRef<Result(Args...)> {
 public:
  template <class F>
  FunctionRef(const F& callable) noexcept
      : callable_(std::addressof(callable)), call_([](const void* target, Args... args) -> Result {
          return (*static_cast<const F*>(target))(std::forward<Args>(args)...);
        }) {
    static_assert(std::is_class_v<F>, "pass a lambda or a function object");
  }

  Result operator()(Args... args) const { return call_(callable_, std::forward<Args>(args)...); }

 private:
  const void* callable_;
  Result (*call_)(const void*, Args...);
};

}  // namespace recur
