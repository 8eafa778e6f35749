// The labels that examples may have, and their numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types.h"
#include "data/text/vocabulary.h"

namespace recur {

/// Different labels in order: of numbers by value, otherwise by their bytes.
class LabelSet {
 public:
  LabelSet() = default;
  /// In any order, repeated or not.
  explicit LabelSet(std::vector<std::string> labels);

  Index size() const { return static_cast<Index>(names_.size()); }
  const std::string& name(Index id) const { return names_[static_cast<std::size_t>(id)]; }
  std::span<const std::string> names() const { return names_; }
  std::optional<std::int32_t> id(std::string_view name) const;

  /// "sport, politics and 12 more": for messages.
  std::string list() const;

  /// As a model file keeps them: each as its length (32 bits, little endian) and its bytes.
  std::vector<std::uint8_t> to_bytes() const;
  /// Back from there; `where` names the file. Throws FormatError.
  static LabelSet from_bytes(std::span<const std::uint8_t> bytes, std::string_view where);

 private:
  void index();

  std::vector<std::string> names_;
  std::unordered_map<std::string, std::int32_t, StringHash, std::equal_to<>> ids_;
};

}  // namespace recur
