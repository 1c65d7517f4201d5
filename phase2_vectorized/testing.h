// What the tests of phase 2 share: random matrices, products of every kind of operand with the
// bound they are held to, and the messages of refusals.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/compare_gtest.h"
#include "common/refuses.h"
#include "common/rng.h"
#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// Standard normal elements: neither constant nor symmetric, so that a swapped index shows.
Matrix random_matrix(int rows, int cols, Philox& rng);

// A rung of the ladder.
using ProductUnderTest = void (*)(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale);

// One product, with operands of random numbers.
struct ProductCase {
  int M, N, K;
  bool a_transposed = false;  // a is handed over as the transposed of a (K,M)
  bool b_transposed = false;
  Scale scale = {};
};

// Is `product` right on this case? Every operand has a gap of a few floats after each row: NaN in a
// and b, where reading it shows, and poison in c, where writing shows; the memory of c is fenced by
// canaries, and c starts as poison unless beta wants it. The bound, for each element: any order of
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
