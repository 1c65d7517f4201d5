// For tests of what we write as SVG and HTML: is it well-formed?
#pragma once

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace nn {

// "" if every tag is closed in order, every attribute quoted, every & an entity; else what is
// wrong. Strict as XML is, so <br> must be <br/>; what stands in <style> is not looked at.
inline std::string markup_problem(std::string_view text) {
  std::vector<std::string> open;
  bool has_root = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '&') {
      const auto end = text.find(';', i);
      const std::string_view entity = text.substr(i, end == text.npos ? 12 : end - i + 1);
      const bool known = entity == "&amp;" || entity == "&lt;" || entity == "&gt;" ||
                         entity == "&quot;" || entity == "&#39;";
      if (!known) return "no entity: " + std::string(entity);
      continue;
    }
    if (text[i] == '>') return "a bare > near: " + std::string(text.substr(i, 20));
    if (text[i] != '<') continue;
    if (text.substr(i, 10) == "<!DOCTYPE ") {
      i = text.find('>', i);
      continue;
    }
    // The tag's end is the first > outside quotes.
    std::size_t end = i + 1;
    bool quoted = false;
    while (end < text.size() && (quoted || text[end] != '>')) {
      if (text[end] == '<') return "< inside a tag: " + std::string(text.substr(i, 40));
      quoted ^= text[end++] == '"';
    }
    if (end == text.size()) return "a tag without end: " + std::string(text.substr(i, 40));
    std::string_view tag = text.substr(i + 1, end - i - 1);
    i = end;
    if (tag.starts_with('/')) {
      const std::string name(tag.substr(1));
      if (open.empty() || open.back() != name) return "</" + name + "> closes nothing";
      open.pop_back();
      continue;
    }
    const bool is_empty = tag.ends_with('/');
    if (is_empty) tag.remove_suffix(1);
    const std::string name(tag.substr(0, tag.find(' ')));
    if (name.empty() || !std::isalpha(static_cast<unsigned char>(name[0]))) {
      return "no tag: <" + std::string(tag) + ">";
    }
    // name="value" pairs, one space apart.
    for (std::string_view rest = tag.substr(name.size()); !rest.empty();) {
      const auto equals = rest.find("=\"");
      const auto close = equals == rest.npos ? rest.npos : rest.find('"', equals + 2);
      if (rest[0] != ' ' || close == rest.npos ||
          rest.substr(1, equals - 1).find(' ') != rest.npos) {
        return "a malformed attribute in <" + std::string(tag) + ">";
      }
      rest.remove_prefix(close + 1);
    }
    if (open.empty() && has_root) return "a second root: <" + name + ">";
    has_root = true;
    if (is_empty) continue;
    open.push_back(name);
    if (name == "style") {
      i = text.find("</style>", i);
      if (i == text.npos) return "<style> is not closed";
      --i;
    }
  }
  if (!open.empty()) return "<" + open.back() + "> is not closed";
  return has_root ? "" : "no element at all";
}

}  // namespace nn
