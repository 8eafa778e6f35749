// A check that a text is well-formed XML, as far as our writers use it: one root, tags that nest, quoted
// attributes that do not repeat, known entities.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace recur {

/// Whether character data or an attribute's value is escaped.
inline bool xml_escaped(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<' || text[i] == '>') return false;
    if (text[i] != '&') continue;
    bool known = false;
    for (std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"})
      known |= text.substr(i).starts_with(entity);
    if (!known) return false;
  }
  return true;
}

/// Empty if all of `text` is attributes, each ` name="value"`; otherwise what is wrong.
inline std::string xml_attributes_problem(std::string_view text) {
  std::set<std::string> names;
  while (!text.empty()) {
    const std::size_t equals = text.find("=\"");
    const std::size_t end = equals == text.npos ? text.npos : text.find('"', equals + 2);
    if (text[0] != ' ' || end == text.npos) return "not an attribute: " + std::string(text);
    const std::string name(text.substr(1, equals - 1));
    if (name.empty() || name.find_first_of(" \"'<>&=/") != name.npos) return "not a name: " + name;
    if (!names.insert(name).second) return "attribute " + name + " twice";
    if (!xml_escaped(text.substr(equals + 2, end - equals - 2)))
      return "attribute " + name + " is not escaped";
    text.remove_prefix(end + 1);
  }
  return "";
}

/// Empty if well-formed, otherwise what is wrong.
inline std::string xml_problem(std::string_view xml) {
  std::vector<std::string> open;
  bool root_seen = false;
  while (!xml.empty()) {
    const std::size_t tag = xml.find('<');
    const std::string text(xml.substr(0, tag));
    if (!xml_escaped(text)) return "not escaped: " + text;
    if (open.empty() && text.find_first_not_of(" \n") != text.npos) return "text outside the root: " + text;
    if (tag == xml.npos) break;
    const std::size_t end = xml.find('>', tag);
    if (end == xml.npos) return "a tag is not closed";
    std::string inside(xml.substr(tag + 1, end - tag - 1));
    xml.remove_prefix(end + 1);
    if (inside.starts_with('/')) {
      if (open.empty() || open.back() != inside.substr(1)) return "unexpected <" + inside + ">";
      open.pop_back();
      continue;
    }
    const bool childless = inside.ends_with('/');
    if (childless) inside.pop_back();
    if (open.empty() && root_seen) return "a second root: " + inside;
    root_seen = true;
    const std::size_t name_end = std::min(inside.find(' '), inside.size());
    const std::string problem = xml_attributes_problem(std::string_view(inside).substr(name_end));
    if (!problem.empty()) return problem;
    if (!childless) open.push_back(inside.substr(0, name_end));
  }
  return !open.empty() ? "<" + open.back() + "> is not closed" : root_seen ? "" : "no root";
}

}  // namespace recur
