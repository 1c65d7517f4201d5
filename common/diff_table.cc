#include "common/diff_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "common/check.h"
#include "common/compare_report.h"
#include "common/diagnose.h"
#include "common/file.h"
#include "common/npy.h"

namespace nn {
namespace {

namespace fs = std::filesystem;

// Inputs are Philox uniforms, which are exact, and Box-Muller normals: a logarithm, a root, a
// cosine and a product, each within one ULP (2 u) on either machine: 2 * 4 * 2 u.
constexpr double kInputRoundoffs = 16;

void set_comparison(DiffRow& row, Comparison comparison) {
  row.verdict = comparison.ok() ? Verdict::ok : Verdict::differs;
  row.comparison = std::move(comparison);
}

void set_problem(DiffRow& row, Verdict verdict, std::string problem) {
  row.verdict = verdict;
  row.problem = std::move(problem);
}

void compare_arrays(DiffRow& row, const NpyArray& got, const NpyArray& want, Bound bound,
                    const Context& context) {
  const Dtype wanted_float = context.precision == Precision::f32 ? Dtype::f4 : Dtype::f8;
  const bool kind_agrees =
      want.is_integer() ? got.is_integer() : !got.is_integer() && got.dtype == wanted_float;
  if (!kind_agrees) {
    const char* wanted = want.is_integer() ? "an integer type" : name(wanted_float);
    set_problem(row, Verdict::differs,
                fmt::format("dtype is {}, want {}", name(got.dtype), wanted));
  } else if (got.shape != want.shape) {
    set_comparison(row, shape_mismatch(got.shape, want.shape));
  } else if (want.is_integer()) {
    set_comparison(row, compare(got.as_integers(), want.as_integers(), want.shape, context));
  } else {
    set_comparison(row, compare(got.as_doubles(), want.as_doubles(), want.shape, bound, context));
  }
}

// Runs f, which reads files; what it cannot read is the row's problem, not the end of the table.
template <class F>
void or_problem(DiffRow& row, F f) {
  try {
    f();
  } catch (const Error& error) {
    set_problem(row, Verdict::differs, error.what());
  }
}

void check_case_is_known(std::span<const GoldenTensor> cases, const PhaseDiff& options) {
  std::set<std::string> known;
  for (const GoldenTensor& tensor : cases) {
    if (tensor.is_output && tensor.first_phase <= options.phase) known.insert(tensor.case_name);
  }
  NN_CHECK(!known.empty(), options.golden.string(), " lists no output of phase ", options.phase);
  if (options.only_case.empty() || known.contains(options.only_case)) return;
  throw Error(fmt::format("phase {} has no case '{}'; its cases are {}", options.phase,
                          options.only_case, fmt::join(known, ", ")));
}

// The folder's .npy files and its cases.json, relative to it.
std::set<std::string> files_of(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path relative = entry.path().lexically_relative(folder);
    if (relative.extension() == ".npy" || relative == "cases.json") files.insert(relative.string());
  }
  return files;
}

// The bytes of a .npy file before its data: magic, version, length, header [NumPyFormat].
std::span<const std::byte> npy_header(std::span<const std::byte> file, const NpyArray& array) {
  return file.first(file.size() - array.bytes.size());
}

Bound bound_of(std::span<const GoldenTensor> cases, const std::string& tensor_name,
               const NpyArray& want) {
  const auto tensor = std::ranges::find(cases, tensor_name, &GoldenTensor::name);
  NN_CHECK(tensor != cases.end(), "cases.json does not list ", tensor_name);
  if (want.is_integer()) return {};
  if (tensor->is_output) return tensor->bound(Precision::f64);
  double largest = 0;
  for (const double x : want.as_doubles()) {
    if (std::isfinite(x)) largest = std::max(largest, std::abs(x));
  }
  return {.abs = kInputRoundoffs * kUnitRoundoff64 * largest};
}

void compare_npy_files(DiffRow& row, std::span<const GoldenTensor> cases, const fs::path& got_path,
                       const fs::path& want_path) {
  const std::vector<std::byte> got_file = read_file(got_path), want_file = read_file(want_path);
  const NpyArray got = parse_npy(got_file, got_path.string());
  const NpyArray want = parse_npy(want_file, want_path.string());
  if (!std::ranges::equal(npy_header(got_file, got), npy_header(want_file, want))) {
    set_problem(
        row, Verdict::differs,
        fmt::format("headers differ: dtype {} shape {}, want dtype {} shape {}{}", name(got.dtype),
                    to_string(got.shape), name(want.dtype), to_string(want.shape),
                    got.dtype == want.dtype && got.shape == want.shape
                        ? ", in other bytes (order, version or padding)"
                        : ""));
    return;
  }
  compare_arrays(row, got, want, bound_of(cases, row.name, want), Context{.nan_equals_nan = true});
}

}  // namespace

const char* name(Verdict verdict) {
  constexpr std::array names = {"ok", "DIFFERS", "MISSING", "EXTRA"};
  return names[static_cast<std::size_t>(verdict)];
}

std::vector<DiffRow> diff_phase(std::span<const GoldenTensor> cases, const PhaseDiff& options) {
  check_case_is_known(cases, options);
  if (!fs::is_directory(options.got)) {
    throw Error(
        fmt::format("{} is no folder; `make phase{}` writes a phase's outputs to "
                    "build/out/phase{}",
                    options.got.string(), options.phase, options.phase));
  }
  std::vector<DiffRow> rows;
  for (const GoldenTensor& tensor : cases) {
    if (!tensor.is_output || tensor.first_phase > options.phase) continue;
    if (!options.only_case.empty() && tensor.case_name != options.only_case) continue;
    DiffRow& row = rows.emplace_back();
    row.name = tensor.name();
    const fs::path got = options.got / (row.name + ".npy");
    if (!fs::exists(got)) {
      set_problem(row, Verdict::missing, got.string() + " does not exist");
      continue;
    }
    // Where the reference says NaN, NaN is right.
    const Context context{
        .precision = options.precision, .nan_equals_nan = true, .show_rows = options.show_rows};
    or_problem(row, [&] {
      compare_arrays(row, read_npy(got), read_npy(options.golden / (row.name + ".npy")),
                     tensor.bound(options.precision), context);
    });
  }
  return rows;
}

std::vector<DiffRow> diff_regenerated(std::span<const GoldenTensor> cases, const fs::path& got,
                                      const fs::path& golden) {
  for (const fs::path& folder : {got, golden}) {
    if (!fs::is_directory(folder)) {
      throw Error(folder.string() + " is no folder; `make reference` writes build/reference");
    }
  }
  const std::set<std::string> written = files_of(got), expected = files_of(golden);
  std::set<std::string> all = expected;
  all.insert(written.begin(), written.end());
  NN_CHECK(!all.empty(), golden.string(), " and ", got.string(), " hold no files to compare");
  std::vector<DiffRow> rows;
  for (const std::string& file : all) {
    DiffRow& row = rows.emplace_back();
    const bool is_npy = file.ends_with(".npy");
    row.name = is_npy ? file.substr(0, file.size() - 4) : file;
    if (!written.contains(file)) {
      set_problem(row, Verdict::missing, got.string() + " has no " + file);
    } else if (!expected.contains(file)) {
      set_problem(row, Verdict::unexpected, golden.string() + " has no " + file);
    } else if (is_npy) {
      or_problem(row, [&] { compare_npy_files(row, cases, got / file, golden / file); });
    } else {
      or_problem(row, [&] {
        if (read_file(got / file) != read_file(golden / file)) {
          set_problem(row, Verdict::differs, "differs in its bytes");
        }
      });
    }
  }
  return rows;
}

bool all_ok(std::span<const DiffRow> rows) {
  return std::ranges::all_of(rows, [](const DiffRow& row) { return row.verdict == Verdict::ok; });
}

namespace {

std::string coloured(Verdict verdict, const TableStyle& style) {
  if (!style.colour) return name(verdict);
  const char* colour = verdict == Verdict::ok ? "32" : "31";
  return fmt::format("\x1b[{}m{}\x1b[0m", colour, name(verdict));
}

bool was_measured(const DiffRow& row) {
  return row.problem.empty() && row.comparison.shape_problem.empty() && row.comparison.count > 0;
}

// "0.31", and "-" where nothing is allowed and nothing used.
std::string share_of_allowed(const DiffRow& row) {
  if (!was_measured(row)) return "";
  if (row.comparison.max_allowed == 0 && row.comparison.max_abs_error == 0) return "-";
  return number(row.comparison.max_ratio, 2);
}

// Each line of text moved right by four columns.
std::string indented(const std::string& text) {
  std::string out = "    ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "    ";
  }
  return out + "\n";
}

// What is said under a row: why it fails, or the arrays that were asked for.
std::string remarks(const DiffRow& row) {
  if (row.verdict == Verdict::missing || row.verdict == Verdict::unexpected) return "";
  if (!row.problem.empty()) return indented(row.problem);
  if (row.verdict != Verdict::ok) return indented(row.comparison.report());
  return row.comparison.details.empty() ? "" : indented(row.comparison.details);
}

using Cells = std::array<std::string, 7>;

Cells cells_of(const DiffRow& row) {
  const Comparison& c = row.comparison;
  if (!was_measured(row)) return {row.name, row.problem.empty() ? to_string(c.shape) : ""};
  return {row.name,
          to_string(c.shape),
          number(c.max_abs_error, 3),
          number(c.max_rel_error, 3),
          number(c.max_ulps, 3),
          number(c.max_allowed, 3),
          share_of_allowed(row)};
}

std::string full_table(std::span<const DiffRow> rows, const TableStyle& style) {
  const Cells head{"tensor", "shape", "max abs", "max rel", "ULPs", "allowed", "of it"};
  std::vector<Cells> lines{head};
  for (const DiffRow& row : rows) lines.push_back(cells_of(row));
  std::array<std::size_t, 7> widths{};
  for (const Cells& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      // Names and shapes from the left, numbers from the right.
      text += i < 2 ? fmt::format("{:<{}}  ", lines[k][i], widths[i])
                    : fmt::format("{:>{}}  ", lines[k][i], widths[i]);
    }
    text += k == 0 ? "verdict" : coloured(rows[k - 1].verdict, style);
    text += '\n';
    if (k > 0) text += remarks(rows[k - 1]);
  }
  return text;
}

// Is a the worse of the two: not ok, or closer to its bound?
bool is_worse(const DiffRow& a, const DiffRow& b) {
  const bool a_ok = a.verdict == Verdict::ok, b_ok = b.verdict == Verdict::ok;
  if (a_ok != b_ok) return b_ok;
  return a_ok && a.comparison.max_ratio > b.comparison.max_ratio;
}

std::vector<DiffRow> worst_of_each_case(std::span<const DiffRow> rows) {
  std::vector<DiffRow> worst;
  for (const DiffRow& row : rows) {
    if (worst.empty() || worst.back().case_name() != row.case_name()) {
      worst.push_back(row);
    } else if (is_worse(row, worst.back())) {
      worst.back() = row;
    }
  }
  return worst;
}

std::string brief_table(std::span<const DiffRow> rows, const TableStyle& style) {
  const std::vector<DiffRow> worst = worst_of_each_case(rows);
  std::size_t width = std::string_view("worst of each case").size();
  for (const DiffRow& row : worst) width = std::max(width, row.name.size());
  const std::size_t half = (worst.size() + 1) / 2;  // down the left column, then the right
  const std::string head = fmt::format("{:<{}} {:>7}", "worst of each case", width, "used");
  std::string text =
      worst.size() > 1 ? fmt::format("{:<{}}{}\n", head, width + 18, head) : head + "\n";
  for (std::size_t i = 0; i < half; ++i) {
    for (const std::size_t k : {i, half + i}) {
      if (k >= worst.size()) continue;
      const bool is_left = k == i && half + i < worst.size();
      const std::string padding(is_left ? 9 - std::string_view(name(worst[k].verdict)).size() : 0,
                                ' ');
      text += fmt::format("{:<{}} {:>7} {}{}", worst[k].name, width, share_of_allowed(worst[k]),
                          coloured(worst[k].verdict, style), padding);
    }
    text += '\n';
  }
  for (const DiffRow& row : worst) {
    const std::string remark = row.verdict == Verdict::ok ? "" : remarks(row);
    if (!remark.empty()) text += row.name + "\n" + remark;
  }
  return text;
}

// For each case of several tensors, which of them differs first.
std::string first_differences(std::span<const DiffRow> rows) {
  std::string text;
  for (auto begin = rows.begin(); begin != rows.end();) {
    const auto end = std::find_if(begin, rows.end(), [&](const DiffRow& row) {
      return row.case_name() != begin->case_name();
    });
    std::vector<NamedComparison> measured;
    for (auto row = begin; row != end; ++row) {
      if (was_measured(*row)) measured.push_back({row->name, row->comparison});
    }
    const std::string sentence = first_difference(measured);
    if (measured.size() > 1 && !sentence.empty()) {
      text += wrap(begin->case_name() + ": " + sentence, "  ") + "\n";
    }
    begin = end;
  }
  return text;
}

std::string closing_line(std::span<const DiffRow> rows) {
  const DiffRow* closest = nullptr;
  std::ptrdiff_t ok = 0;
  for (const DiffRow& row : rows) {
    if (row.verdict != Verdict::ok) continue;
    ++ok;
    if (row.comparison.max_ratio == 0) continue;
    if (closest == nullptr || is_worse(row, *closest)) closest = &row;
  }
  std::string text = fmt::format("{} tensors, {} within their bounds", rows.size(), ok);
  const auto missing = std::ranges::count(rows, Verdict::missing, &DiffRow::verdict);
  if (missing > 0) text += fmt::format(", {} missing", missing);
  if (closest != nullptr) {
    text += fmt::format("; closest to its bound: {} at {} of allowed", closest->name,
                        share_of_allowed(*closest));
  }
  return text + "\n";
}

}  // namespace

std::string diff_table(std::span<const DiffRow> rows, TableStyle style) {
  return (style.brief ? brief_table(rows, style) : full_table(rows, style)) +
         first_differences(rows) + closing_line(rows);
}

}  // namespace nn
