#include "phase1_cpu/week02_losses/softmax_jacobian.h"

#include <gtest/gtest.h>

#include <cmath>

#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/matmul.h"
#include "phase1_cpu/week01_matrix/transpose.h"
#include "phase1_cpu/week02_losses/softmax.h"

namespace nn::basic {
namespace {

// The worked example of README.md, "The softmax Jacobian". Every number in it is a sum of a few
// powers of two, so the results are exact.
TEST(SoftmaxJacobian, WorkedExample) {
  const Matrix p{{0.5, 0.25, 0.25}}, grad_p{{1, 2, 3}};
  EXPECT_TRUE(identical(
      softmax_jacobian(p),
      Matrix{{0.25, -0.125, -0.125}, {-0.125, 0.1875, -0.0625}, {-0.125, -0.0625, 0.1875}}));
  EXPECT_TRUE(identical(softmax_backward(grad_p, p), Matrix{{-0.375, 0.0625, 0.3125}}));
}

TEST(SoftmaxJacobian, MatchesReference) {
  for (const std::string name : {"softmax_jacobian", "softmax_jacobian_extreme"}) {
    EXPECT_TRUE(matches_golden(softmax_jacobian(golden_matrix(name + "/p")), name + "/J"));
  }
  for (const std::string name : {"softmax", "softmax_extreme"}) {
    const Matrix grad_p = golden_matrix(name + "/grad_p"), p = golden_matrix(name + "/p");
    EXPECT_TRUE(matches_golden(softmax_backward(grad_p, p), name + "/grad_z"));
  }
}

// If every z_j rises alike, no p moves: each row of J sums to 0. |J[i,j]| <= p_i, so the L - 1
// additions, p's own sum (2 L, see softmax_test.cc) and J's roundings (2) leave less than
// (3 L + 1) p_i roundoffs; p_i <= 1.
TEST(SoftmaxJacobian, RowsSumToZero) {
  Philox rng(1);
  for (const int L : {1, 31, 33, 127}) {
    const Matrix J = softmax_jacobian(softmax(random_matrix(1, L, rng)));
    Matrix sums(L, 1);
    for (int i = 0; i < L; ++i) {
      for (const double v : J.row(i)) sums(i, 0) += v;
    }
    EXPECT_TRUE(close(sums, Matrix(L, 1), Bound{.abs = (3 * L + 1) * kUnitRoundoff64}))
        << "L=" << L;
  }
}

// p_i p_j = p_j p_i; p_i (1 - p_i) is on the diagonal.
TEST(SoftmaxJacobian, IsSymmetric) {
  Philox rng(2);
  const Matrix J = softmax_jacobian(softmax(random_matrix(1, 33, rng)));
  EXPECT_TRUE(identical(J, transpose(J)));
}

// Row i of J is the gradient of p_i. The third derivative of p_i by any z_j is at most 1/8, as
// softmax seen along one logit is a sigmoid. softmax's roundings: at most |z - m| <= 4, log L and L
// and 5 more, below 16.
TEST(SoftmaxJacobian, IsTheMeasuredDerivative) {
  const Matrix z{{0.5, -1, 2, 0.25, -2}};
  const Matrix J = softmax_jacobian(softmax(z));
  for (int i = 0; i < z.cols(); ++i) {
    Matrix only_i(1, z.cols()), row(1, z.cols());
    only_i(0, i) = 1;
    for (int j = 0; j < z.cols(); ++j) row(0, j) = J(i, j);
    EXPECT_TRUE(close(row, numeric_backward(softmax, only_i, z),
                      numeric_backward_bound(softmax(z), only_i, 16, 0.125)))
        << "row " << i;
  }
}

// softmax_backward is grad_p . J without J. Two ways to round: the dot product of L terms and three
// more, on either side, relative to p_i (|grad_p_i| + sum_j |grad_p_j| p_j).
TEST(SoftmaxBackward, IsTheProductWithTheJacobian) {
  Philox rng(3);
  for (const auto& [B, L] : awkward_shapes()) {
    const Matrix p = softmax(random_matrix(B, L, rng)), grad_p = random_matrix(B, L, rng);
    const Matrix grad_z = softmax_backward(grad_p, p);
    for (int b = 0; b < B; b += 16) {
      Matrix p_b(1, L), grad_b(1, L), got(1, L), allowed(1, L);
      double size = 0;
      for (int l = 0; l < L; ++l) {
        p_b(0, l) = p(b, l);
        grad_b(0, l) = grad_p(b, l);
        got(0, l) = grad_z(b, l);
        size += std::abs(grad_p(b, l)) * p(b, l);
      }
      for (int l = 0; l < L; ++l) {
        allowed(0, l) = 2 * gamma_bound(L + 3) * p(b, l) * (std::abs(grad_p(b, l)) + size);
      }
      EXPECT_TRUE(close(got, matmul(grad_b, softmax_jacobian(p_b)), allowed))
          << "B=" << B << " L=" << L << " b=" << b;
    }
  }
}

TEST(SoftmaxBackward, IsTheMeasuredGradient) {
  const Matrix z{{0.5, -1, 2}, {0.25, 3, -0.75}}, grad_p{{1, -2, 0.5}, {3, 0.25, -1}};
  EXPECT_TRUE(close(softmax_backward(grad_p, softmax(z)), numeric_backward(softmax, grad_p, z),
                    numeric_backward_bound(softmax(z), grad_p, 16, 3 * 0.125)));
}

// A row that is certain does not move, whatever the gradient: its Jacobian is all zeros.
TEST(SoftmaxBackward, OfCertaintyIsZero) {
  const Matrix p{{0, 1, 0}};
  EXPECT_TRUE(identical(softmax_jacobian(p), Matrix(3, 3)));
  EXPECT_TRUE(identical(softmax_backward(Matrix{{1e4, -1e4, 3}}, p), Matrix(1, 3)));
}

TEST(SoftmaxBackward, KeepsNanInItsRow) {
  const Matrix p{{0.5, 0.5}, {std::nan(""), 0.5}}, grad_p{{1, 2}, {1, 2}};
  const Matrix grad_z = softmax_backward(grad_p, p);
  EXPECT_EQ(grad_z(0, 0), -0.25);
  EXPECT_TRUE(stays_nan(grad_z(1, 0)));
  EXPECT_TRUE(stays_nan(grad_z(1, 1)));
}

TEST(SoftmaxJacobian, RefusesOtherShapes) {
  EXPECT_TRUE(refuses([] { softmax_jacobian(Matrix(2, 3)); }, {"softmax_jacobian", "(2, 3)"}));
  EXPECT_TRUE(refuses([] { softmax_backward(Matrix(2, 3), Matrix(3, 2)); },
                      {"softmax_backward", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(identical(softmax_backward(Matrix(0, 3), Matrix(0, 3)), Matrix(0, 3)));
}

}  // namespace
}  // namespace nn::basic
