#include "common/compare_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nn {

// The sign of a NaN says nothing, and is not the same on every processor.
std::string number(double value, int digits) {
  return std::isnan(value) ? "nan" : fmt::format("{:.{}g}", value, digits);
}

std::string wrap(const std::string& text, const std::string& indent) {
  std::string lines, line;
  std::size_t at = text.find_first_not_of(' ');
  if (at == std::string::npos) return text;
  line = text.substr(0, at);  // what the text is indented by itself
  bool line_is_empty = true;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    at = end + 1;
    if (!line_is_empty && line.size() + 1 + word.size() > kReportWidth) {
      lines += line + "\n";
      line = indent;
      line_is_empty = true;
    }
    line += line_is_empty ? word : " " + word;
    line_is_empty = false;
  }
  return lines + line;
}

namespace {

constexpr int kFewestDigits = 4;
constexpr int kMostDigits = 17;  // tells any two doubles apart
constexpr std::int64_t kLeftOut = -1;

enum class Side { yours, want };

std::string element(const Compared& arrays, Side side, std::int64_t index, int digits) {
  const auto i = static_cast<std::size_t>(index);
  if (arrays.integers()) {
    return std::to_string((side == Side::yours ? arrays.got_integers : arrays.want_integers)[i]);
  }
  return number((side == Side::yours ? arrays.got : arrays.want)[i], digits);
}

bool is_wrong(const Compared& arrays, std::int64_t index) {
  return arrays.wrong[static_cast<std::size_t>(index)] != 0;
}

bool all_are_wrong(const Compared& arrays) {
  return arrays.wrong_count == std::ssize(arrays.wrong);
}

// Which elements stand in brackets: the wrong ones. Where all are wrong the report says so, and
// brackets around everything would only be in the way of the numbers.
bool is_marked(const Compared& arrays, std::int64_t index) {
  return is_wrong(arrays, index) && !all_are_wrong(arrays);
}

// Do both sides of every wrong element among these print differently with so many digits?
bool tells_apart(const Compared& arrays, const std::vector<std::int64_t>& indices, int digits) {
  return std::ranges::none_of(indices, [&](std::int64_t i) {
    return i != kLeftOut && is_wrong(arrays, i) &&
           element(arrays, Side::yours, i, digits) == element(arrays, Side::want, i, digits);
  });
}

int digits_for(const Compared& arrays, const std::vector<std::int64_t>& indices) {
  int digits = kFewestDigits;
  while (digits < kMostDigits && !tells_apart(arrays, indices, digits)) ++digits;
  return digits;
}

// 0 .. n-1, or the first and last of them around one kLeftOut.
std::vector<std::int64_t> elide(std::int64_t n, std::int64_t most) {
  std::vector<std::int64_t> shown;
  const bool all = n <= most;
  const std::int64_t head = all ? n : (most + 1) / 2, tail = all ? 0 : most / 2;
  for (std::int64_t i = 0; i < head; ++i) shown.push_back(i);
  if (!all) shown.push_back(kLeftOut);
  for (std::int64_t i = n - tail; i < n; ++i) shown.push_back(i);
  return shown;
}

// A grid of elements as text; both sides have the same width in each column.
class Grid {
 public:
  Grid(const Compared& arrays, std::vector<std::int64_t> indices, std::size_t cols, int digits)
      : arrays_(arrays), indices_(std::move(indices)), digits_(digits), widths_(cols) {
    for (std::size_t i = 0; i < indices_.size(); ++i) {
      for (const Side side : {Side::yours, Side::want}) {
        std::size_t& width = widths_[i % cols];
        width = std::max(width, cell(side, i).size());
      }
    }
  }

  std::size_t width() const {
    std::size_t sum = 0;
    for (const std::size_t width : widths_) sum += width;
    return sum;
  }
  std::size_t rows() const { return widths_.empty() ? 0 : indices_.size() / widths_.size(); }

  std::string line(Side side, std::size_t row) const {
    std::string text;
    for (std::size_t col = 0; col < widths_.size(); ++col) {
      text += fmt::format("{:>{}}", cell(side, row * widths_.size() + col), widths_[col]);
    }
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }

 private:
  // " 12 ", and "[12]" where it is wrong.
  std::string cell(Side side, std::size_t i) const {
    if (indices_[i] == kLeftOut) return " ... ";
    const std::string text = element(arrays_, side, indices_[i], digits_);
    return is_marked(arrays_, indices_[i]) ? "[" + text + "]" : " " + text + " ";
  }

  const Compared& arrays_;
  std::vector<std::int64_t> indices_;  // row by row
  int digits_;
  std::vector<std::size_t> widths_;
};

// One line for each side, or both on one line where they fit; "" if neither fits.
std::string one_row(const Grid& grid) {
  const std::string yours = grid.line(Side::yours, 0), want = grid.line(Side::want, 0);
  const std::string both = "  yours " + yours + "      want " + want;
  if (both.size() <= kReportWidth) return both;
  const std::string two_lines = "  yours " + yours + "\n  want  " + want;
  return two_lines.size() <= 2 * kReportWidth + 1 ? two_lines : "";
}

// Left and right of each other where they fit, else one above the other.
std::string both_sides(const Grid& grid) {
  std::string text;
  if (2 + grid.width() + 3 + grid.width() <= kReportWidth) {
    text = fmt::format("  {:<{}}   want", "yours", grid.width());
    for (std::size_t row = 0; row < grid.rows(); ++row) {
      text += fmt::format("\n  {:<{}}   {}", grid.line(Side::yours, row), grid.width(),
                          grid.line(Side::want, row));
    }
    return text;
  }
  const std::string indent = grid.width() + 2 <= kReportWidth ? "\n  " : "\n";
  for (const Side side : {Side::yours, Side::want}) {
    text += side == Side::yours ? "  yours" : "\n  want";
    for (std::size_t row = 0; row < grid.rows(); ++row) text += indent + grid.line(side, row);
  }
  return text;
}

// The first wrong element and up to `reach` of its row on each side.
std::string neighbours(const Compared& arrays) {
  const std::int64_t cols = rows_of(arrays.shape).cols;
  const std::int64_t row_start = arrays.first_wrong / cols * cols;
  const std::int64_t col = arrays.first_wrong - row_start;
  const int digits = digits_for(arrays, {arrays.first_wrong});
  const std::int64_t most = cols <= 8 ? cols : 3;
  for (std::int64_t reach = most; reach > 0; --reach) {
    const std::int64_t begin = std::max<std::int64_t>(0, col - reach);
    const std::int64_t end = std::min(cols, col + reach + 1);
    std::vector<std::int64_t> indices;
    if (begin > 0) indices.push_back(kLeftOut);
    for (std::int64_t c = begin; c < end; ++c) indices.push_back(row_start + c);
    if (end < cols) indices.push_back(kLeftOut);
    const std::size_t shown = indices.size();
    const std::string text = one_row(Grid(arrays, std::move(indices), shown, digits));
    if (!text.empty()) return text;
  }
  return "";  // numbers too long to stand beside others; the summary shows the pair
}

}  // namespace

std::string summary_of(const Compared& arrays) {
  if (arrays.wrong_count == 0) return "";
  const std::int64_t i = arrays.first_wrong;
  const int digits = digits_for(arrays, {i});
  return fmt::format("{} = {}, want {}", coordinates(arrays.shape, i),
                     element(arrays, Side::yours, i, digits),
                     element(arrays, Side::want, i, digits));
}

std::string side_by_side(const Compared& arrays, std::int64_t max_rows, std::int64_t max_cols) {
  const Rows n = rows_of(arrays.shape);
  if (n.rows == 0 || n.cols == 0) return "  (no elements)";
  const std::vector<std::int64_t> rows = elide(n.rows, max_rows);
  // Fewer digits, and then fewer columns, until a line holds one side. Where columns are left out
  // anyway, leaving out more is better than losing digits.
  const int fewest_digits = n.cols > max_cols ? kFewestDigits : 2;
  for (std::int64_t most = std::min(max_cols, n.cols);; --most) {
    const std::vector<std::int64_t> cols = elide(n.cols, most);
    std::vector<std::int64_t> indices;
    for (const std::int64_t row : rows) {
      for (const std::int64_t col : cols) {
        const bool left_out = row == kLeftOut || col == kLeftOut;
        indices.push_back(left_out ? kLeftOut : row * n.cols + col);
      }
    }
    for (int digits = digits_for(arrays, indices); digits >= fewest_digits; --digits) {
      const Grid grid(arrays, indices, cols.size(), digits);
      const bool last_resort = most == 1 && digits == fewest_digits;
      if (grid.width() <= kReportWidth || last_resort) return both_sides(grid);
    }
  }
}

namespace {

// "1 row", "about 4 columns": what one of `pieces` equal pieces of n rows or columns holds.
std::string piece(std::int64_t n, std::int64_t pieces, const std::string& singular) {
  const std::int64_t each = (n + pieces / 2) / pieces;
  return fmt::format("{}{} {}{}", n % pieces == 0 ? "" : "about ", each, singular,
                     each == 1 ? "" : "s");
}

}  // namespace

std::string picture(const Compared& arrays) {
  const Rows n = rows_of(arrays.shape);
  const std::int64_t height = std::min<std::int64_t>(n.rows, 16);
  const std::int64_t width = std::min<std::int64_t>(n.cols, 32);
  std::vector<std::string> cells(static_cast<std::size_t>(height),
                                 std::string(static_cast<std::size_t>(width), '.'));
  std::int64_t index = 0;
  for (std::int64_t row = 0; row < n.rows; ++row) {
    std::string& line = cells[static_cast<std::size_t>(row * height / n.rows)];
    for (std::int64_t col = 0; col < n.cols; ++col, ++index) {
      if (is_wrong(arrays, index)) line[static_cast<std::size_t>(col * width / n.cols)] = 'x';
    }
  }
  const bool each_is_one = height == n.rows && width == n.cols;
  const std::string cell =
      n.rows == 1 ? piece(n.cols, width, "element")
                  : piece(n.rows, height, "row") + " and " + piece(n.cols, width, "column");
  const bool is_everywhere = std::ranges::all_of(
      cells, [](const std::string& line) { return line.find('.') == std::string::npos; });
  if (is_everywhere) return "  where: all over, in every piece of " + cell;
  std::string text =
      each_is_one
          ? "  where (x is wrong):"
          : wrap("  where (each x or . stands for " + cell + "; in x some are wrong):", "    ");
  for (const std::string& line : cells) text += "\n    " + line;
  return text;
}

std::string details_of(const Compared& arrays) {
  const Rows n = rows_of(arrays.shape);
  if (arrays.context.show_rows > 0) return side_by_side(arrays, arrays.context.show_rows, 8);
  if (arrays.wrong_count == 0 || n.rows * n.cols <= 1) return "";
  if (n.rows == 1 && n.cols <= 8) return neighbours(arrays);
  if (n.rows <= 8 && n.cols <= 8) return side_by_side(arrays, 8, 8);
  const std::string near = neighbours(arrays);
  if (all_are_wrong(arrays)) return near;
  return near + (near.empty() ? "" : "\n") + picture(arrays);
}

}  // namespace nn
