// A small reader of JSON: enough for the header of a model file, so that a program that embeds recur_core
// links no JSON library.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/settings.h"
#include "base/types.h"

namespace recur {

/// A value of a document, and where it stands there: the document must outlive it.
struct JsonValue {
  enum class Kind { null, truth, number, text, array, object };
  Kind kind = Kind::null;
  std::string_view source;        ///< "[1, 2]"
  std::string text;               ///< of a text: its characters
  std::vector<std::string> keys;  ///< of an object: of each item
  std::vector<JsonValue> items;   ///< of an array or an object, in their order

  /// The item of that key, or null where there is none or this is no object.
  const JsonValue* find(std::string_view key) const;
  /// The number, if it is written as an integer and fits one.
  std::optional<Index> integer() const;
  /// For a message: one line of ASCII, cut where it is long.
  std::string shown() const;
};

/// Reads a document that nobody vouches for. Throws FormatError, which begins with `what` ("a.safetensors:
/// the header"), where it is not JSON (RFC 8259), has a key twice, is nested more than `deepest` levels
/// deep or holds more than a million values.
JsonValue read_json(std::string_view document, const std::string& what, int deepest);

/// A name for a message: one line of ASCII, escaped as JSON does it, cut where it is long.
std::string shown_name(std::string_view name);

/// The value as an option takes it. Throws ConfigError, which begins with `where`, for null and objects.
Value option_value(const JsonValue& value, const std::string& where);

}  // namespace recur
