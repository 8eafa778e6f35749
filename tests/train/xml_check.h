// A check that a text is well-formed XML, as far as our writers use it: one root, tags that nest, quoted
// attributes that do not repeat, known entities.
#pragma once

#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace recur {

/// Empty if well-formed, otherwise what is wrong.
inline std::string xml_problem(std::string_view xml) {
  static const std::regex entity("&(amp|lt|gt|quot|#39);");
  static const std::regex attribute("^\\s+([A-Za-z][\\w:-]*)=\"([^\"<]*)\"");
  std::vector<std::string> open;
  bool root_seen = false;
  while (!xml.empty()) {
    const std::size_t tag = xml.find('<');
    const std::string text(xml.substr(0, tag));
    if (std::regex_replace(text, entity, "").find_first_of("&>") != std::string::npos)
      return "stray & or > in: " + text;
    if (open.empty() && text.find_first_not_of(" \n") != std::string::npos)
      return "text outside the root: " + text;
    if (tag == std::string_view::npos) break;
    const std::size_t end = xml.find('>', tag);
    if (end == std::string_view::npos) return "a tag is not closed";
    std::string inside(xml.substr(tag + 1, end - tag - 1));
    xml.remove_prefix(end + 1);
    if (inside.starts_with('/')) {
      if (open.empty() || open.back() != inside.substr(1)) return "unexpected </" + inside.substr(1) + ">";
      open.pop_back();
      continue;
    }
    const bool empty = inside.ends_with('/');
    if (empty) inside.pop_back();
    const std::size_t name_end = std::min(inside.find(' '), inside.size());
    if (open.empty() && root_seen) return "a second root: " + inside;
    root_seen = true;
    if (!empty) open.push_back(inside.substr(0, name_end));
    std::string rest = inside.substr(name_end);
    std::set<std::string> names;
    for (std::smatch match; std::regex_search(rest, match, attribute); rest = match.suffix().str()) {
      if (!names.insert(match[1]).second) return "attribute " + match[1].str() + " twice";
      if (std::regex_replace(match[2].str(), entity, "").find('&') != std::string::npos)
        return "stray &: " + inside;
    }
    if (!rest.empty()) return "not an attribute: " + rest;
  }
  return !open.empty() ? "<" + open.back() + "> is not closed" : root_seen ? "" : "no root";
}

}  // namespace recur
