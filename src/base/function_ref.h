// FunctionRef: a callable passed down a call without owning or copying it, hence without allocating.
#pragma once

#include <concepts>
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
  requires(!std::same_as<std::remove_cvref_t<F>, FunctionRef> && std::is_invocable_r_v<Result, F&, Args...>)
      FunctionRef(F&& callable)
  noexcept  // NOLINT(google-explicit-constructor): a lambda is an argument
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* target, Args... args) -> Result {
          return (*static_cast<std::add_pointer_t<F>>(target))(std::forward<Args>(args)...);
        }) {}

  Result operator()(Args... args) const { return call_(callable_, std::forward<Args>(args)...); }

 private:
  void* callable_;
  Result (*call_)(void*, Args...);
};

}  // namespace recur
