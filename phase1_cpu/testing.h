// What the tests of phase 1 share: comparison with the reference's golden files, random matrices,
// awkward shapes, and the bounds that sums of products are held to.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/compare_gtest.h"
#include "common/golden_gtest.h"
#include "common/refuses.h"
#include "common/rng.h"
#include "phase1_cpu/golden_matrix.h"
#include "phase1_cpu/week01_matrix/matrix.h"

namespace nn::basic {

// Standard normal elements: neither constant nor symmetric, so that a swapped index shows.
Matrix random_matrix(int rows, int cols, Philox& rng);

// Shapes that a loop gets wrong first: one row, one column, one element, and extents at and beside
// powers of two, none of them square but (1,1). For tests to sweep over.
struct MatrixShape {
  int rows;
  int cols;
};
const std::vector<MatrixShape>& awkward_shapes();

// a . b with every sum in long double and rounded once at the end: the expected value for products
// of any shape. Its own error is far below product_bound where long double is wider than double.
Matrix product_in_long_double(const Matrix& a, const Matrix& b);

// What two correct orders of summation of a . b may differ by, element by element:
// 2 gamma_K sum_k |a[m,k]| |b[k,n]| [Higham02 §3.1]. Computed with its own loops, since the
// product may be what is being tested.
Matrix product_bound(const Matrix& a, const Matrix& b);

// Is value, computed from a NaN, a NaN still? The failure says how it usually gets lost.
testing::AssertionResult stays_nan(double value);

}  // namespace nn::basic
