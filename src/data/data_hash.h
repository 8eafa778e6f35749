// The fingerprint of the data that a run reads: what a model file and a checkpoint keep of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/sha256.h"
#include "base/types.h"

namespace recur {

/// SHA-256 over parts, each behind its length, so that nothing can move from one into its neighbour: the same
/// bytes in other roles, other lengths or under other names are other data.
///
///   DataHash hash;
///   hash.add("train");
///   for (const Text& text : train) hash.add(text.bytes);
class DataHash {
 public:
  void add(std::string_view bytes) {
    add(static_cast<Index>(bytes.size()));
    hash_.update(bytes);
  }
  void add(Index number) { hash_.update(std::to_string(number) + ":"); }
  template <class T>
  requires std::is_arithmetic_v<T>
  void add_numbers(std::span<const T> numbers) {
    add(std::string_view(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()));
  }
  void add_names(std::span<const std::string> names) {
    add(static_cast<Index>(names.size()));
    for (const std::string& name : names) add(name);
  }
  std::string hex() const { return hash_.hex(); }

 private:
  Sha256 hash_;
};

}  // namespace recur
