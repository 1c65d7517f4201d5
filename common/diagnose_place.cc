// Where are the wrong elements? One row or column, what is left after full blocks, or everything
// after the first block.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/diagnose.h"

namespace nn {
namespace {

// Block and tile extents that loops and kernels are written with.
constexpr std::array<std::int64_t, 9> kBlocks = {4, 8, 16, 32, 64, 128, 256, 512, 1024};

// Fewer positions than these, and where the error is says too little about why.
constexpr std::int64_t kFewestForACause = 3;  // a loop's first or last round
constexpr std::int64_t kFewestForBlocks = 8;  // what is left after full blocks

// Elements along one direction of the array: all in memory's order, the rows, or the columns.
struct Direction {
  const char* singular;
  const char* plural;
  std::int64_t extent;                           // positions along it
  std::vector<std::int64_t> wrong_at;            // wrong elements at each position
  std::int64_t elements_at;                      // elements at each position
  std::int64_t first_wrong = 0, last_wrong = 0;  // positions
};

enum class Along { memory, rows, columns };

Direction direction(const Compared& arrays, Along along) {
  const Rows n = rows_of(arrays.shape);
  Direction d = along == Along::memory ? Direction{"element", "elements", n.rows * n.cols, {}, 1}
                : along == Along::rows ? Direction{"row", "rows", n.rows, {}, n.cols}
                                       : Direction{"column", "columns", n.cols, {}, n.rows};
  d.wrong_at.resize(static_cast<std::size_t>(d.extent));
  for (std::int64_t i = 0; i < n.rows * n.cols; ++i) {
    if (!arrays.wrong[static_cast<std::size_t>(i)]) continue;
    const std::int64_t position = along == Along::memory ? i
                                  : along == Along::rows ? i / n.cols
                                                         : i % n.cols;
    ++d.wrong_at[static_cast<std::size_t>(position)];
  }
  const auto is_wrong = [](std::int64_t count) { return count > 0; };
  d.first_wrong = std::ranges::find_if(d.wrong_at, is_wrong) - d.wrong_at.begin();
  d.last_wrong = d.extent - 1;
  while (d.wrong_at[static_cast<std::size_t>(d.last_wrong)] == 0) --d.last_wrong;
  return d;
}

// Is at least this share of the elements at positions [begin, extent) wrong?
bool mostly_wrong_from(const Compared& arrays, const Direction& d, std::int64_t begin,
                       double share) {
  const std::int64_t elements = (d.extent - begin) * d.elements_at;
  return static_cast<double>(arrays.wrong_count) >= share * static_cast<double>(elements);
}

// " (yours is 0 there)": what the wrong elements have in common helps to see the cause.
std::string and_they_are(const Compared& arrays) {
  for (std::size_t i = 0; i < arrays.wrong.size(); ++i) {
    if (arrays.wrong[i] && arrays.got[i] != 0) return "";
  }
  return "; yours is 0 there, as if never stored";
}

std::string range(const Direction& d, std::int64_t begin) {
  if (begin == d.extent - 1) return fmt::format("the last {} ({})", d.singular, begin);
  return fmt::format("{} {} to {}", d.plural, begin, d.extent - 1);
}

// "8, 16 or 32".
std::string any_of(const std::vector<std::int64_t>& blocks) {
  if (blocks.size() == 1) return std::to_string(blocks[0]);
  const auto last = blocks.end() - 1;
  return fmt::format("{} or {}", fmt::join(blocks.begin(), last, ", "), *last);
}

// Every wrong element at one position, and at least `share` of the elements there wrong.
Diagnosis one_position(const Compared& arrays, const Direction& d, double share) {
  if (d.extent < 2 || d.elements_at < 2 || arrays.wrong_count < 2) return {};
  if (d.first_wrong != d.last_wrong) return {};
  if (static_cast<double>(arrays.wrong_count) < share * static_cast<double>(d.elements_at)) {
    return {};
  }
  const bool names_a_cause = d.extent >= kFewestForACause;  // of two, either is the first or last
  const bool is_first = names_a_cause && d.first_wrong == 0;
  const bool is_last = names_a_cause && d.first_wrong == d.extent - 1;
  std::string words = fmt::format("only {} {}{} is wrong", d.singular, d.first_wrong,
                                  is_first  ? ", the first,"
                                  : is_last ? ", the last,"
                                            : "");
  if (is_first) words += ": a loop that starts at 1";
  if (is_last) words += ": a loop that stops one short";
  if (is_last && d.extent >= kFewestForBlocks) words += ", or a partly filled last block";
  return {Looks::one_row_or_column, words + and_they_are(arrays)};
}

// Wrong only in [s, extent), s the end of the last full block.
Diagnosis tail(const Compared& arrays, const Direction& d) {
  std::vector<std::int64_t> blocks;  // those whose tail starts where the wrong elements start
  std::int64_t start = 0;
  for (const std::int64_t block : kBlocks) {
    const std::int64_t end_of_full = d.extent / block * block;
    if (d.extent < kFewestForBlocks || end_of_full == 0 || end_of_full == d.extent ||
        d.first_wrong < end_of_full)
      continue;
    if (!mostly_wrong_from(arrays, d, end_of_full, 0.5)) continue;
    if (end_of_full > start)
      blocks.clear(), start = end_of_full;  // the tightest tail explains best
    blocks.push_back(block);
  }
  if (!blocks.empty()) {
    return {Looks::tail,
            fmt::format("only the tail is wrong, {}, the rest of {} {} after full blocks of {}: "
                        "the last, partly filled block is skipped or cut short",
                        range(d, start), d.extent, d.plural, any_of(blocks)) +
                and_they_are(arrays)};
  }
  if (d.extent > 1 && d.first_wrong == d.extent - 1 && d.elements_at == 1) {
    return {Looks::tail,
            fmt::format("only the last of {} {} is wrong{}", d.extent, d.plural,
                        d.extent >= kFewestForACause ? ": a loop that stops one short" : "") +
                and_they_are(arrays)};
  }
  return {};
}

// Right in [0, block), nearly all wrong after it.
Diagnosis first_block(const Compared& arrays, const Direction& d) {
  if (std::ranges::find(kBlocks, d.first_wrong) == kBlocks.end()) return {};
  if (!mostly_wrong_from(arrays, d, d.first_wrong, 0.9)) return {};
  return {Looks::only_first_block,
          fmt::format("only the first {} {} are right: the block's or step's number is missing in "
                      "the index, or only one block ran",
                      d.first_wrong, d.plural) +
              and_they_are(arrays)};
}

}  // namespace

Diagnosis diagnose_place(const Compared& arrays) {
  if (arrays.wrong_count == 0 || arrays.wrong_count == std::ssize(arrays.wrong)) return {};
  std::vector<Direction> across;  // the two directions of a rectangle
  const Rows n = rows_of(arrays.shape);
  if (n.rows > 1 && n.cols > 1) {
    across = {direction(arrays, Along::columns), direction(arrays, Along::rows)};
  }
  const Direction memory = direction(arrays, Along::memory);
  // A whole row or column says more than a tail of the same extent; a tail says more than a few
  // elements that happen to share a row.
  Diagnosis found;
  const auto first_of = [&found](Diagnosis candidate) {
    if (found.kind == Looks::nothing) found = std::move(candidate);
  };
  for (const Direction& d : across) first_of(one_position(arrays, d, 0.5));
  first_of(tail(arrays, memory));
  for (const Direction& d : across) first_of(tail(arrays, d));
  first_of(first_block(arrays, memory));
  for (const Direction& d : across) first_of(first_block(arrays, d));
  for (const Direction& d : across) first_of(one_position(arrays, d, 0.0));
  return found;
}

}  // namespace nn
