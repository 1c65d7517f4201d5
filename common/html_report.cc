#include "common/html_report.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "common/check.h"
#include "common/escape.h"

namespace nn {

namespace {

// Light first, dark where the reader prefers it; one column, 46 rem at most, down to a phone.
constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--page:#f5f7f9;--card:#fff;--ink:#1f2933;--faint:#616e7c;
  --rule:#d6dbe1;--accent:#0072b2}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--ink:#e6edf3;
  --faint:#9aa4af;--rule:#30363d;--accent:#55a1cc}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
  font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:50rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.35rem;line-height:1.3;margin:2.75rem 0 .75rem;padding-top:1.25rem;
  border-top:1px solid var(--rule)}
p{margin:.5rem 0 1rem;max-width:44rem}
.introduction{font-size:1.1rem;color:var(--faint)}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.9rem;
  margin:1.5rem 0}
.number{background:var(--card);border:1px solid var(--rule);border-radius:10px;
  padding:.9rem 1.1rem;border-top:3px solid var(--accent)}
.number .value{font-size:clamp(1.35rem,6vw,1.9rem);font-weight:650;line-height:1.2;overflow-wrap:anywhere}
.number .label{font-size:.95rem}
.number .note{font-size:.85rem;color:var(--faint)}
figure{margin:1rem 0 1.5rem;background:var(--card);border:1px solid var(--rule);
  border-radius:10px;padding:.75rem;break-inside:avoid}
figure svg,figure img{display:block;max-width:100%;height:auto;margin:0 auto;border-radius:6px}
figure svg{min-width:30rem}
figcaption{font-size:.9rem;color:var(--faint);padding:.6rem .25rem 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{text-align:left;padding:.4rem .75rem;border-bottom:1px solid var(--rule);
  white-space:nowrap}
th{color:var(--faint);font-weight:600}
tbody tr:last-child td{border-bottom:0}
.right{text-align:right;font-variant-numeric:tabular-nums}
)";

// [RFC4648 §4]: three bytes become four letters of six bits each; '=' fills the last four.
std::string base64(std::span<const std::byte> bytes) {
  constexpr const char* kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= count ? kLetters[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

// "<p class="note">text</p>"; nothing for an empty text.
std::string element(const std::string& tag, const std::string& css_class, const std::string& text) {
  if (text.empty()) return "";
  const std::string attribute = css_class.empty() ? "" : " class=\"" + css_class + "\"";
  return "<" + tag + attribute + ">" + escape_xml(text) + "</" + tag + ">\n";
}

std::string figure(const std::string& content, const std::string& caption) {
  return "<figure>\n" + content + element("figcaption", "", caption) + "</figure>\n";
}

bool looks_like_a_number(const std::string& cell) {
  if (cell.empty()) return true;
  if (cell == "-" || cell == "\u2013" || cell == "\u2014") return true;
  const std::size_t first = cell[0] == '+' || cell[0] == '-' ? 1 : 0;
  return cell.size() > first && std::isdigit(static_cast<unsigned char>(cell[first])) != 0;
}

}  // namespace

HtmlReport::HtmlReport(std::string title, std::string introduction)
    : title_(std::move(title)), introduction_(std::move(introduction)) {}

void HtmlReport::add_number(const std::string& value, const std::string& label,
                            const std::string& note) {
  numbers_ += "<div class=\"number\">\n" + element("div", "value", value) +
              element("div", "label", label) + element("div", "note", note) + "</div>\n";
}

void HtmlReport::begin_section(const std::string& heading) {
  if (section_is_open_) body_ += "</section>\n";
  body_ += "<section>\n" + element("h2", "", heading);
  section_is_open_ = true;
}

void HtmlReport::add_text(const std::string& paragraph) { body_ += element("p", "", paragraph); }

void HtmlReport::add_chart(const std::string& svg, const std::string& caption) {
  NN_CHECK(svg.starts_with("<svg"), "a chart is SVG text; this one begins \"", svg.substr(0, 20),
           "\"");
  body_ += figure("<div class=\"scroll\">" + svg + "</div>\n", caption);
}

void HtmlReport::add_picture(const Image& image, const std::string& caption,
                             const std::string& description) {
  NN_CHECK(!description.empty(), "a picture needs a description for who cannot see it");
  // On a phone a picture shrinks to 30 rem, then it scrolls: its letters must stay readable.
  const std::string width = std::to_string(image.width);
  body_ += figure("<div class=\"scroll\"><img src=\"data:image/png;base64," +
                      base64(encode_png(image)) + "\" alt=\"" + escape_xml(description) +
                      "\" width=\"" + width + "\" height=\"" + std::to_string(image.height) +
                      "\" style=\"min-width:min(30rem," + width + "px)\"/></div>\n",
                  caption);
}

void HtmlReport::add_table(const std::vector<std::string>& header,
                           const std::vector<std::vector<std::string>>& rows,
                           const std::string& caption) {
  NN_CHECK(!header.empty(), "a table has a column");
  std::vector<bool> is_number(header.size(), !rows.empty());
  for (const std::vector<std::string>& row : rows) {
    NN_CHECK_EQ(row.size(), header.size(), "cells of a row against columns of the header");
    for (std::size_t i = 0; i < row.size(); ++i) {
      is_number[i] = is_number[i] && looks_like_a_number(row[i]);
    }
  }
  // An empty cell stays a cell, or the row would shift.
  const auto cell = [&](const char* tag, const char* scope, std::size_t i,
                        const std::string& text) {
    return std::string("<") + tag + scope + (is_number[i] ? " class=\"right\"" : "") + ">" +
           escape_xml(text) + "</" + tag + ">";
  };
  std::string table = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (std::size_t i = 0; i < header.size(); ++i) {
    table += cell("th", " scope=\"col\"", i, header[i]);
  }
  table += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    table += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) table += cell("td", "", i, row[i]);
    table += "</tr>\n";
  }
  body_ += figure(table + "</tbody>\n</table></div>\n", caption);
}

std::string HtmlReport::html() const {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n" +
         element("title", "", title_) + "<style>" + kStyle + "</style>\n</head>\n<body>\n<main>\n" +
         "<header>\n" + element("h1", "", title_) + element("p", "introduction", introduction_) +
         "</header>\n" +
         (numbers_.empty() ? "" : "<div class=\"numbers\">\n" + numbers_ + "</div>\n") + body_ +
         (section_is_open_ ? "</section>\n" : "") + "</main>\n</body>\n</html>\n";
}

}  // namespace nn
