#include "data/table/json_rows.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"

namespace recur {

using nlohmann::json;

/// Receives the parts of one object: values at depth 1, entries of lists at depth 2.
class JsonRows::Handler : public json::json_sax_t {
 public:
  Handler(JsonRows& rows, const std::string& place)
      : rows_(rows), place_(place), first_(rows.columns_.empty()) {}

  bool null() override {
    expect_object();
    if (depth_ == 2 && list_) nested();  // of a list with a hole in it nobody can tell the entries
    return true;
  }
  bool boolean(bool value) override { return take(value ? "true" : "false"); }
  bool number_integer(json::number_integer_t value) override { return take(std::to_string(value)); }
  bool number_unsigned(json::number_unsigned_t value) override { return take(std::to_string(value)); }
  bool number_float(json::number_float_t, const std::string& text) override { return take(text); }
  bool string(std::string& value) override { return take(value); }
  bool binary(json::binary_t&) override { return true; }

  bool start_object(std::size_t) override {
    if (depth_ > 0) nested();
    return enter(false);
  }
  bool key(std::string& name) override {
    if (depth_ == 1) begin_value(name);
    return true;
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override {
    expect_object();
    if (depth_ > 1) nested();
    if (value_ && depth_ == 1) value_->plain = true;
    first_entry_ = true;
    return enter(true);
  }
  bool end_array() override { return leave(); }

  bool parse_error(std::size_t position, const std::string&, const json::exception& error) override {
    check<DataError>(error.id != 406, "{}: a number before byte {} of the line is out of range", place_,
                     position);
    fail<DataError>("{}: not valid JSON at byte {} of the line (expected an object a line)", place_,
                    position);
  }

 private:
  static constexpr int kDeepest = 64;

  void expect_object() const {
    check<DataError>(depth_ > 0, "{}: expected an object a line: {{\"key\": value, ...}}", place_);
  }

  void begin_value(const std::string& name) {
    auto found = rows_.index_.find(name);
    if (found == rows_.index_.end() && first_) {
      found = rows_.index_.emplace(name, rows_.columns_.size()).first;
      rows_.columns_.push_back(name);
      rows_.values_.emplace_back();
    }
    value_ = found == rows_.index_.end() ? nullptr : &rows_.values_[found->second];
    if (!value_) return;
    check<DataError>(!value_->given, "{}: the key '{}' stands twice", place_, shortened(name));
    value_->given = true;
  }

  bool take(std::string_view text) {
    expect_object();
    if (!value_ || (depth_ == 2 && !value_->plain) || depth_ > 2) return true;
    if (depth_ == 1) {
      value_->plain = true;
    } else if (!first_entry_) {
      value_->text += kListSeparator;
    }
    first_entry_ = false;
    value_->text += text;
    return true;
  }

  void nested() {
    if (value_) value_->plain = false;
  }

  bool enter(bool list) {
    check<DataError>(depth_ < kDeepest, "{}: nested more than {} levels deep", place_, kDeepest);
    ++depth_;
    list_ = list;
    return true;
  }

  bool leave() {
    --depth_;
    list_ = false;
    return true;
  }

  JsonRows& rows_;
  const std::string& place_;
  const bool first_;
  Value* value_ = nullptr;  // of the key at depth 1; none if the column is not known
  int depth_ = 0;
  bool list_ = false;  // the innermost of what is open is a list
  bool first_entry_ = true;
};

void JsonRows::read(std::string_view line, const std::string& place, std::vector<std::string_view>& cells) {
  // The parser takes a NUL for the end of its input.
  check<DataError>(line.find('\0') == line.npos, "{}: a NUL byte, expected JSON", place);
  for (Value& value : values_) {
    value.text.clear();
    value.given = value.plain = false;
  }
  Handler handler(*this, place);
  json::sax_parse(line, &handler);
  cells.clear();
  for (const Value& value : values_) {
    cells.push_back(value.plain ? std::string_view(value.text) : std::string_view());
  }
}

}  // namespace recur
