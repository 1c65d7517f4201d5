// What the tests of phase 2 share: random matrices, operands and outputs in memory with gaps, golden
// arrays, products of every kind of operand with the bound they are held to, and the messages of
// refusals.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/compare_gtest.h"
#include "common/golden_gtest.h"
#include "common/guarded.h"
#include "common/refuses.h"
#include "common/rng.h"
#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// Standard normal elements: neither constant nor symmetric, so that a swapped index shows.
Matrix random_matrix(int rows, int cols, Philox& rng);

// "softmax/z" of the reference as floats; common/golden_matrix.h says how arrays of one extent, and of
// none, become matrices. matches_golden(got, name) compares in float.
inline Matrix golden_matrix(const std::string& name) { return golden_matrix_as<Matrix>(name); }

// Shapes that loops get wrong first: one row, one column, one element, and extents beside multiples
// of a vector register's; the last has more columns than functions take at once.
struct Extents {
  int rows;
  int cols;
};
const std::vector<Extents>& awkward_extents();

// A matrix for reading, in memory with a gap of NaN after each row: reading that shows.
class Operand {
 public:
  // values, or where stored_transposed the transposed of it in memory: view() has the shape of
  // values all the same.
  explicit Operand(const Matrix& values, bool stored_transposed = false);
  ConstMatrixView view() const;

 private:
  int rows_, cols_;  // as stored
  bool transposed_;
  Matrix memory_;
};

// A matrix for writing, which begins as poison or as given values; a gap of poison after each row, and
// canaries around all of it.
class FencedMatrix {
 public:
  FencedMatrix(int rows, int cols);
  explicit FencedMatrix(const Matrix& values);

  MatrixView view() { return {memory_.data(), rows_, cols_, cols_ + kGap}; }
  // The elements, row after row.
  std::vector<double> elements() const;
  // Are they within allowed[i] of want[i], and is nothing around them written to? NaN is right where
  // NaN is wanted and nan_equals_nan.
  testing::AssertionResult holds(std::span<const double> want, std::span<const double> allowed,
                                 bool nan_equals_nan = false) const;
  testing::AssertionResult holds(std::span<const double> want, Bound bound) const;

  static constexpr int kGap = 3;  // floats after each row

 private:
  int rows_, cols_;
  Guarded<float> memory_;
};

// Calls test() once with each set of instructions in use that there is (simd_target.h); failures say
// which.
void with_each_simd_target(const std::function<void()>& test);

// One number, such as a loss: close() with a float's roundings.
inline testing::AssertionResult close_float(float got, double want, Bound bound) {
  return as_result(
      compare(std::span<const float>(&got, 1), std::span<const double>(&want, 1), {}, bound));
}

// A unit in the last place of a float: the distance between the floats around `value`.
double float_ulp(double value);

// A rung of the ladder.
using ProductUnderTest = void (*)(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale);

// One product, with operands of random numbers.
struct ProductCase {
  int M, N, K;
  bool a_transposed = false;  // a is handed over as the transposed of a (K,M)
  bool b_transposed = false;
  Scale scale = {};
};

// Is `product` right on this case? Its operands are Operands and c is a FencedMatrix, which begins as poison
// unless beta wants it. The bound, for each element: any order of
// the K terms, with the factors and the addition of beta * c, makes at most K + 3 roundings of
// what they add up to, so
//   |error| <= gamma_(K+3) (|alpha| sum_k |a[m,k] b[k,n]| + |beta c[m,n]|)      [Higham02 §3.1]
// against sums in double, whose own error is 2^-29 of that. `more` roundings where a rung makes some
// of its own.
testing::AssertionResult computes(ProductUnderTest product, const ProductCase& c, int more = 0);

// Shapes that loops get wrong first: extents of 1, primes, and one beside a multiple of a tile.
const std::vector<ProductCase>& awkward_products();
// A few of them with each operand transposed, and both; with other alpha and beta.
const std::vector<ProductCase>& transposed_products();
const std::vector<ProductCase>& scaled_products();
// With M, N or K of 0.
const std::vector<ProductCase>& empty_products();

// "M=3 N=5 K=7, b transposed, alpha 2, beta 0.5", for messages.
std::string to_string(const ProductCase& c);

// Does `product` refuse what product.h says: shapes that do not chain, a c of another shape, a c in
// the memory of an operand?
testing::AssertionResult refuses_bad_operands(ProductUnderTest product);

}  // namespace nn::cpu
