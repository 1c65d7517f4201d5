// A report as one HTML page that needs nothing else: style, charts and pictures are inside it, no
// script, nothing fetched. It follows the reader's light or dark setting and reads on a phone.
//
//   HtmlReport report("MNIST, run 7", "A dense network with 128 hidden units, 5 epochs.");
//   report.add_number("97.9 %", "test accuracy", "9790 of 10000");
//   report.begin_section("Learning");
//   report.add_chart(line_chart_svg(chart), "Loss by epoch.");
//   write_file_atomically(path, report.html());
#pragma once

#include <string>
#include <vector>

#include "common/image.h"

namespace nn {

// Every text is escaped, so a class name or a path may hold < & ". The one exception is the SVG of
// add_chart, which is ours and goes in as it is.
class HtmlReport {
 public:
  HtmlReport(std::string title, std::string introduction);

  // A card with one large number, in the row below the introduction.
  void add_number(const std::string& value, const std::string& label, const std::string& note = "");

  void begin_section(const std::string& heading);
  // Into the section begun last; before any section, below the numbers.
  void add_text(const std::string& paragraph);
  void add_chart(const std::string& svg, const std::string& caption);
  // `description` stands in for the picture for who cannot see it. Empty: nn::Error.
  void add_picture(const Image& image, const std::string& caption, const std::string& description);
  // Rows of header.size() cells (else nn::Error). A column whose cells all start with a digit, a
  // sign or a dash is set to the right, as numbers are.
  void add_table(const std::vector<std::string>& header,
                 const std::vector<std::vector<std::string>>& rows,
                 const std::string& caption = "");

  std::string html() const;  // the whole page

 private:
  std::string title_;
  std::string introduction_;
  std::string numbers_;  // HTML so far
  std::string body_;
  bool section_is_open_ = false;
};

}  // namespace nn
