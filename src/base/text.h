// Text for people: suggestions for a mistyped word, and numbers, sizes and times that read well.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/types.h"

namespace recur {

/// The candidate that `word` was most likely meant to be, or nothing if none is near: at most a third of its
/// letters (but one always) inserted, dropped, changed or swapped with a neighbour. Of equally near ones, the
/// first.
std::optional<std::string_view> suggest(std::string_view word, std::span<const std::string_view> candidates);

/// "; did you mean 'candidate'?", or nothing: the end of a message about an unknown word.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// "a, b, c".
std::string join(std::span<const std::string_view> words, std::string_view separator = ", ");

/// The shortest decimal text that reads back as the same number: 0.001, 1e-4, 42, inf.
std::string shortest(double number);
std::string shortest(float number);

/// The whole of `text` as a number; nothing if it is anything else, or out of range.
std::optional<Index> parse_integer(std::string_view text);
std::optional<double> parse_number(std::string_view text);

/// "512 bytes", "3.2 MiB": powers of 1024.
std::string format_bytes(Index bytes);
/// "340 µs", "2.5 s", "4 min 07 s", "1 h 02 min".
std::string format_seconds(double seconds);
/// "1,234,567".
std::string format_count(Index count);

/// "1 epoch", "1,234 epochs".
std::string counted(Index count, std::string_view thing);

/// "0xE9": a byte for a message.
std::string hex(char byte);

/// A text for a message: its first 80 bytes (never part of a character) and "...", if it is longer.
std::string shortened(std::string_view text);

}  // namespace recur
