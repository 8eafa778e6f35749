#include "base/json_reader.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"

namespace recur {
namespace {

using Kind = JsonValue::Kind;

/// A value takes fifty times as much memory as its text may.
constexpr Index kMostValues = 1'000'000;

class JsonReader {
 public:
  JsonReader(std::string_view document, const std::string& what, int deepest)
      : document_(document), what_(what), deepest_(deepest) {}

  JsonValue read() {
    check<FormatError>(document_.find('\0') == document_.npos, "{} holds a NUL byte, expected JSON", what_);
    if (const auto bad = find_invalid_utf8(document_)) refuse(*bad);
    JsonValue value = read_value(0);
    skip_space();
    if (at_ < document_.size()) refuse(at_);
    return value;
  }

 private:
  [[noreturn]] void refuse(std::size_t at) const {
    fail<FormatError>("{} is not valid JSON at its byte {}", what_, at + 1);
  }
  char peek() const { return at_ < document_.size() ? document_[at_] : '\0'; }
  char next() {
    const char c = peek();
    if (c == '\0') refuse(at_);
    ++at_;
    return c;
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view text) {
    for (const char c : text)
      if (!take(c)) refuse(at_);
  }
  void skip_space() {
    while (take(' ') || take('\n') || take('\r') || take('\t')) {
    }
  }

  /// A value `depth` levels inside the document, and the space before it.
  JsonValue read_value(int depth) {
    check<FormatError>(++values_ <= kMostValues, "{} holds more than {} values", what_, kMostValues);
    skip_space();
    const std::size_t begin = at_;
    JsonValue value;
    switch (peek()) {
      case '{':
      case '[':
        check<FormatError>(depth < deepest_, "{} is nested more than {} levels deep", what_, deepest_);
        read_items(value, depth);
        break;
      case '"':
        value.kind = Kind::text;
        value.text = read_text();
        break;
      case 't':
        value.kind = Kind::truth;
        expect("true");
        break;
      case 'f':
        value.kind = Kind::truth;
        expect("false");
        break;
      case 'n':
        expect("null");
        break;
      default:
        value.kind = Kind::number;
        read_number();
    }
    value.source = document_.substr(begin, at_ - begin);
    return value;
  }

  void read_items(JsonValue& value, int depth) {
    const bool object = next() == '{';
    const char end = object ? '}' : ']';
    value.kind = object ? Kind::object : Kind::array;
    skip_space();
    if (take(end)) return;
    do {
      skip_space();
      if (object) {
        value.keys.push_back(read_text());
        skip_space();
        expect(":");
      }
      value.items.push_back(read_value(depth + 1));
      skip_space();
    } while (take(','));
    if (!take(end)) refuse(at_);
    std::vector<std::string_view> keys(value.keys.begin(), value.keys.end());
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    check<FormatError>(twice == keys.end(), "{} has the key \"{}\" twice", what_,
                       twice == keys.end() ? "" : shown_name(*twice));
  }

  std::string read_text() {
    expect("\"");
    std::string text;
    for (;;) {
      const char c = next();
      if (c == '"') return text;
      if (static_cast<unsigned char>(c) < 0x20) refuse(at_ - 1);
      if (c == '\\') {
        read_escape(text);
      } else {
        text += c;
      }
    }
  }

  void read_escape(std::string& text) {
    constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    const char c = next();
    if (const std::size_t letter = kLetters.find(c); letter != kLetters.npos) {
      text += kMeanings[letter];
      return;
    }
    if (c != 'u') refuse(at_ - 1);
    char32_t point = read_hex();
    if (point >= 0xD800 && point < 0xDC00) {  // the first half of a pair
      expect("\\u");
      const char32_t second = read_hex();
      if (second < 0xDC00 || second > 0xDFFF) refuse(at_ - 1);
      point = 0x10000 + ((point - 0xD800) << 10) + (second - 0xDC00);
    } else if (point >= 0xDC00 && point <= 0xDFFF) {
      refuse(at_ - 1);
    }
    append_utf8(text, point);
  }

  char32_t read_hex() {
    constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
    char32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const std::size_t digit = kDigits.find(next());
      if (digit == kDigits.npos) refuse(at_ - 1);
      value = value << 4 | static_cast<char32_t>(digit % 16);
    }
    return value;
  }

  void read_digits() {
    const std::size_t begin = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    if (at_ == begin) refuse(at_);
  }

  void read_number() {
    const std::size_t begin = at_;
    take('-');
    if (!take('0')) read_digits();
    if (take('.')) read_digits();
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      read_digits();
    }
    check<FormatError>(parse_number(document_.substr(begin, at_ - begin)).has_value(),
                       "{} holds a number that is out of range", what_);
  }

  std::string_view document_;
  const std::string& what_;
  int deepest_;
  std::size_t at_ = 0;
  Index values_ = 0;
};

/// Valid UTF-8 as one line of ASCII; quotes and backslashes escaped too where it was none of JSON before.
std::string ascii(std::string_view text, bool quoted) {
  std::string line;
  const auto escape = [&](char32_t unit) {
    line += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) line += "0123456789abcdef"[unit >> shift & 15];
  };
  for (const char *at = text.data(), *end = at + text.size(); at < end;) {
    const char32_t point = next_code_point(at);
    if (point == '\n') {
      line += quoted ? "\\n" : " ";
    } else if (point < 0x20 || (point >= 0x7F && point < 0x10000)) {
      escape(point);
    } else if (point >= 0x10000) {
      escape(0xD800 + ((point - 0x10000) >> 10)), escape(0xDC00 + (point & 0x3FF));
    } else {
      if (quoted && (point == '"' || point == '\\')) line += '\\';
      line += static_cast<char>(point);
    }
  }
  return shortened(line);
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

std::optional<Index> JsonValue::integer() const {
  return kind == Kind::number ? parse_integer(source) : std::nullopt;
}

std::string JsonValue::shown() const { return ascii(source, false); }

JsonValue read_json(std::string_view document, const std::string& what, int deepest) {
  return JsonReader(document, what, deepest).read();
}

std::string shown_name(std::string_view name) { return ascii(name, true); }

Value option_value(const JsonValue& value, const std::string& where) {
  switch (value.kind) {
    case Kind::truth:
      return {value.source == "true"};
    case Kind::text:
      return {value.text};
    case Kind::number:
      if (const auto integer = value.integer()) return {*integer};
      return {*parse_number(value.source)};
    case Kind::array: {
      Value::List list;
      for (const JsonValue& item : value.items) list.push_back(option_value(item, where));
      return {std::move(list)};
    }
    default:
      fail<ConfigError>("{} is {}, which no option takes", where, value.shown());
  }
}

}  // namespace recur
