// The names of an enumeration's values, in their order, written once beside it and found by
// argument-dependent lookup:
//
//   enum class Merge { concat, sum };
//   constexpr std::array<std::string_view, 2> names_of(Merge) { return {"concat", "sum"}; }
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace recur {

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E value) {
  names_of(value).size();
};

template <NamedEnum E>
inline constexpr auto kNames = names_of(E{});

template <NamedEnum E>
constexpr std::string_view to_name(E value) {
  return kNames<E>[static_cast<std::size_t>(value)];
}

template <NamedEnum E>
constexpr std::optional<E> from_name(std::string_view name) {
  for (std::size_t i = 0; i < kNames<E>.size(); ++i) {
    if (kNames<E>[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace recur
