// What a failed comparison looks like, said as a likeness and never as a fact: two arrays show
// what is wrong, not why. Kinds are tried from the most to the least specific, and the first that
// explains every element wins; diagnose.cc gives the order, Looks in compare.h the list.
//
// Two kinds speak of sums, of which only the result is seen. They can still be told for a product
// c = a . b: a sum that kept one term, c[m,n] = a[m,k] b[k,n], is a column times a row, and so is
// the error c - want of one that lost a term. An array of which every 2 x 2 minor vanishes is such
// a product (rank one), and a sum of several terms practically never is. A sum to a vector or a
// scalar leaves no such trace: there last_write_wins needs Context::last_terms.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/compare.h"

namespace nn {

// A failed comparison with all that a diagnosis or a report may look at; nothing is owned.
struct Compared {
  const Shape& shape;
  std::span<const double> got, want;       // row-major of shape; integers as nearest doubles
  std::span<const double> allowed;         // the bound of each element
  const std::vector<std::uint8_t>& wrong;  // 1 where outside its bound
  std::int64_t wrong_count;
  std::int64_t first_wrong;
  const Context& context;
  // Where integers were compared: the exact values. Empty for floating point.
  std::span<const std::int64_t> got_integers{}, want_integers{};

  bool integers() const { return !want_integers.empty(); }
};

// An array of any rank as rows of its last axis: (n) is one row, a scalar one row of one.
struct Rows {
  std::int64_t rows, cols;
};
Rows rows_of(const Shape& shape);

struct Diagnosis {
  Looks kind = Looks::nothing;
  std::string words;  // "transposed: rows and columns are swapped", what follows "looks like: "
};

Diagnosis diagnose(const Compared& arrays);

// The part of it that asks only where the wrong elements are: one_row_or_column, tail,
// only_first_block (diagnose_place.cc).
Diagnosis diagnose_place(const Compared& arrays);

// The same for a list of tensors in the order in which they were computed, such as the layers of a
// network: one sentence naming the first that differs, and the first that holds a NaN or infinity;
// "" if all agree. Later ones are usually wrong only because the first is.
struct NamedComparison {
  std::string name;  // "layers.1/z"
  Comparison comparison;
};
std::string first_difference(std::span<const NamedComparison> in_order);

}  // namespace nn
