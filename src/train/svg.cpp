#include "train/svg.h"

#include <fmt/core.h>

#include <cmath>
#include <vector>

#include "base/error.h"

namespace recur {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

/// The length in bytes of the UTF-8 character at the front of `s` (not empty); 0 if it is none that XML can
/// hold.
std::size_t xml_character(std::string_view s) {
  const auto byte = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7F ? 1 : lead == '\t' || lead == '\n' || lead == '\r';
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  unsigned code = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr unsigned kLeast[] = {0, 0, 0x80, 0x800, 0x10000};  // below it: an overlong form
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (lead < 0xC2 || code < kLeast[length] || code > 0x10FFFF || surrogate || (code & 0xFFFE) == 0xFFFE)
    return 0;
  return length;
}

/// The characters of `text`, each valid; what is not becomes U+FFFD.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t length = xml_character(text);
    out.push_back(length ? text.substr(0, length) : kReplacement);
    text.remove_prefix(length ? length : 1);
  }
  return out;
}

/// In shares of the font size; DejaVu Sans, the widest of the family list, rounded up by class.
double character_width(std::string_view c) {
  constexpr std::string_view kNarrow = "ijlIft.,:;!'|()[] -", kWide = "mwMW@%";
  if (c.size() > 2) return 1.0;  // Chinese, Japanese, Korean, symbols
  if (kNarrow.find(c) != std::string_view::npos) return 0.38;
  if (kWide.find(c) != std::string_view::npos) return 1.0;
  return c[0] >= 'A' && c[0] <= 'Z' ? 0.72 : 0.62;
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  for (std::string_view c : characters(text)) {
    switch (c[0]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string svg_number(double pixels) {
  RECUR_ASSERT(std::isfinite(pixels));
  std::string text = fmt::format("{:.1f}", pixels);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

double text_width(std::string_view text, double font_size) {
  double width = 0;
  for (std::string_view c : characters(text)) width += character_width(c);
  return width * font_size;
}

std::string shortened(std::string_view text, double font_size, double width) {
  if (text_width(text, font_size) <= width) return std::string(text);
  std::vector<std::string_view> left = characters(text), right;
  double need = text_width("…", font_size);
  const std::size_t half = left.size() / 2;
  right.assign(left.begin() + static_cast<std::ptrdiff_t>(half), left.end());
  left.resize(half);
  for (std::string_view c : left) need += character_width(c) * font_size;
  for (std::string_view c : right) need += character_width(c) * font_size;
  std::size_t cut = 0;  // characters gone from the front of the right half
  while (need > width && (!left.empty() || cut < right.size())) {
    if (left.size() > right.size() - cut) {
      need -= character_width(left.back()) * font_size;
      left.pop_back();
    } else {
      need -= character_width(right[cut++]) * font_size;
    }
  }
  std::string out;
  for (std::string_view c : left) out += c;
  out += "…";
  for (std::size_t i = cut; i < right.size(); ++i) out += right[i];
  return out;
}

}  // namespace recur
