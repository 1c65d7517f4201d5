#include "common/diff_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

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

// How many letters must be put in, left out or changed to get from a to b [Cormen22 problem 14-5].
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);  // from a's first i letters to b's first j
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

// Which names somebody may have meant: a few letters off, or with or without more words at the end.
std::vector<std::string> near_to(const std::string& typed, const std::set<std::string>& known) {
  std::vector<std::string> near;
  for (const std::string& name : known) {
    const bool has_more_words = name.starts_with(typed + "_") || typed.starts_with(name + "_");
    const std::size_t letters_off =
        std::max<std::size_t>(1, std::min(typed.size(), name.size()) / 3);
    if (has_more_words || edit_distance(typed, name) <= letters_off) near.push_back(name);
  }
  return near;
}

// Is it an output of the phase, and of the other one where there is one?
bool is_compared(const GoldenTensor& tensor, const PhaseDiff& options) {
  return tensor.is_output && tensor.computed_in(options.phase) &&
         (options.against.empty() || tensor.computed_in(options.against_phase));
}

// The cases and tensors ("mse", "softmax/p") that options.only_case stands for.
std::set<std::string> names_meant(std::span<const GoldenTensor> cases, const PhaseDiff& options) {
  std::set<std::string> known_cases, known_tensors;
  for (const GoldenTensor& tensor : cases) {
    if (!is_compared(tensor, options)) continue;
    known_cases.insert(tensor.case_name);
    known_tensors.insert(tensor.name());
  }
  NN_CHECK(!known_cases.empty(), options.golden.string(), " lists no output of phase ",
           options.phase);
  const std::string& typed = options.only_case;
  if (typed.empty()) return known_cases;
  if (const auto exercise = options.exercises.find(typed); exercise != options.exercises.end()) {
    return {exercise->second.begin(), exercise->second.end()};
  }
  if (known_cases.contains(typed) || known_tensors.contains(typed)) return {typed};
  constexpr std::string_view kBackward = "_backward";
  if (typed.ends_with(kBackward)) {
    const std::string function = typed.substr(0, typed.size() - kBackward.size());
    if (known_cases.contains(function)) return {function};
  }
  std::set<std::string> begin_so;
  for (const std::string& name : known_cases) {
    if (name.starts_with(typed)) begin_so.insert(name);
  }
  if (begin_so.size() == 1) return begin_so;

  std::set<std::string> known = known_cases;
  for (const auto& [exercise, names] : options.exercises) known.insert(exercise);
  const std::vector<std::string> near = near_to(typed, known);
  std::string message = fmt::format("phase {} has no case '{}'", options.phase, typed);
  if (!near.empty()) message += fmt::format("; did you mean {}?", fmt::join(near, " or "));
  throw Error(message + "\n" +
              wrap(fmt::format("  its cases: {}", fmt::join(known_cases, ", ")), "    "));
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

namespace {

void check_folder(const fs::path& folder, int phase) {
  if (fs::is_directory(folder)) return;
  throw Error(
      fmt::format("{} is no folder; `make phase{}` writes a phase's outputs to build/out/phase{}",
                  folder.string(), phase, phase));
}

}  // namespace

std::vector<DiffRow> diff_phase(std::span<const GoldenTensor> cases, const PhaseDiff& options) {
  const std::set<std::string> wanted = names_meant(cases, options);
  check_folder(options.got, options.phase);
  if (!options.against.empty()) check_folder(options.against, options.against_phase);
  const fs::path& want_folder = options.against.empty() ? options.golden : options.against;
  std::vector<DiffRow> rows;
  for (const GoldenTensor& tensor : cases) {
    if (!is_compared(tensor, options)) continue;
    if (!wanted.contains(tensor.case_name) && !wanted.contains(tensor.name())) continue;
    DiffRow& row = rows.emplace_back();
    row.name = tensor.name();
    const fs::path got = options.got / (row.name + ".npy");
    const fs::path want = want_folder / (row.name + ".npy");
    const bool has_got = fs::exists(got);
    if (!has_got || !fs::exists(want)) {
      set_problem(row, Verdict::missing, (has_got ? want : got).string() + " does not exist");
      continue;
    }
    // Where the reference says NaN, NaN is right.
    const Context context{
        .precision = options.precision, .nan_equals_nan = true, .show_rows = options.show_rows};
    or_problem(row, [&] {
      compare_arrays(row, read_npy(got), read_npy(want), tensor.bound(options.precision), context);
    });
  }
  return rows;
}

std::string phases_agree(std::span<const DiffRow> rows, const PhaseDiff& options) {
  const auto first =
      std::ranges::find_if(rows, [](const DiffRow& row) { return row.verdict != Verdict::ok; });
  if (first != rows.end()) {
    return fmt::format("phase {} first differs from phase {} at {}\n", options.phase,
                       options.against_phase, first->name);
  }
  return fmt::format("phase {} agrees with phase {}: no tensor differs by more than its bound\n",
                     options.phase, options.against_phase);
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

constexpr const char* kUsed =
    "used: the largest error as a part of what is allowed; -: equal, as it has to be\n";

std::string full_table(std::span<const DiffRow> rows, const TableStyle& style) {
  const Cells head{"tensor", "shape", "max abs", "max rel", "ULPs", "allowed", "used"};
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
  return text + kUsed;
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
  // Down the left column, then the right; each is name, space, used, space, verdict and a gap.
  const std::size_t both = 2 * (width + 18);
  const bool fits = style.columns <= 0 || both <= static_cast<std::size_t>(style.columns);
  const std::size_t half = fits ? (worst.size() + 1) / 2 : worst.size();
  const std::string head = fmt::format("{:<{}} {:>7}", "worst of each case", width, "used");
  std::string text =
      half < worst.size() ? fmt::format("{:<{}}{}\n", head, width + 18, head) : head + "\n";
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
  text += kUsed;
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
  const auto missing = std::ranges::count(rows, Verdict::missing, &DiffRow::verdict);
  std::string text;
  if (rows.size() == 1) {
    text = fmt::format("1 tensor, {}", ok == 1        ? "within its bound"
                                       : missing == 1 ? "missing"
                                                      : "not within its bound");
  } else {
    text = fmt::format("{} tensors, {} within their bounds", rows.size(), ok);
    if (missing > 0) text += fmt::format(", {} missing", missing);
  }
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
