#include "phase2_vectorized/week04_speed/softmax_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "common/numeric_gradient.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kU = kUnitRoundoff32;
using Doubles = std::vector<double>;

double largest(ConstMatrixView z, int b) {
  double m = z(b, 0);
  for (int l = 1; l < z.cols; ++l) m = std::max<double>(m, z(b, l));
  return m;
}

// The definitions, in double.
Doubles softmax_in_double(ConstMatrixView z) {
  Doubles p;
  for (int b = 0; b < z.rows; ++b) {
    double total = 0;
    for (int l = 0; l < z.cols; ++l) total += std::exp(z(b, l) - largest(z, b));
    for (int l = 0; l < z.cols; ++l) p.push_back(std::exp(z(b, l) - largest(z, b)) / total);
  }
  return p;
}

Doubles log_sum_exp_in_double(ConstMatrixView z) {
  Doubles y;
  for (int b = 0; b < z.rows; ++b) {
    double total = 0;
    for (int l = 0; l < z.cols; ++l) total += std::exp(z(b, l) - largest(z, b));
    y.push_back(largest(z, b) + std::log(total));
  }
  return y;
}

Doubles backward_in_double(ConstMatrixView grad_p, ConstMatrixView p) {
  Doubles grad_z;
  for (int b = 0; b < p.rows; ++b) {
    double dot = 0;
    for (int l = 0; l < p.cols; ++l) dot += static_cast<double>(grad_p(b, l)) * p(b, l);
    for (int l = 0; l < p.cols; ++l) grad_z.push_back(p(b, l) * (grad_p(b, l) - dot));
  }
  return grad_z;
}

// In roundoffs, relative: z - m is rounded, so e^(z - m) is off by m - z, and by exp's 2; the sum by
// log L (the mean of those, weighted by p), 2, and L - 1 additions; the division or two by 2. A p that
// is denormal, and an e that is, have roundings of 2^-150 of their own.
Doubles softmax_allowed(ConstMatrixView z, const Doubles& p) {
  Doubles allowed;
  for (int b = 0; b < z.rows; ++b) {
    for (int l = 0; l < z.cols; ++l) {
      const double distance = largest(z, b) - z(b, l);
      const double roundoffs =
          (distance < 104 ? distance : 0) + 2 + std::log(z.cols) + 2 + (z.cols - 1) + 2;
      allowed.push_back(roundoffs * kU * p[allowed.size()] + 0x1p-149);
    }
  }
  return allowed;
}

// The products and L - 1 sums of the dot product, absolute; the difference and the product, relative
// to what is subtracted.
Doubles backward_allowed(ConstMatrixView grad_p, ConstMatrixView p) {
  Doubles allowed;
  for (int b = 0; b < p.rows; ++b) {
    double dot = 0;
    for (int l = 0; l < p.cols; ++l) dot += std::abs(static_cast<double>(grad_p(b, l)) * p(b, l));
    for (int l = 0; l < p.cols; ++l) {
      allowed.push_back(p(b, l) * kU * (p.cols * dot + 2 * (std::abs(grad_p(b, l)) + dot)));
    }
  }
  return allowed;
}

// The sum's log L + 2 + L - 1 roundoffs are absolute in its logarithm; that and m + log are rounded,
// the logarithm by 2 of at most log L.
Doubles log_sum_exp_allowed(ConstMatrixView z, const Doubles& want) {
  Doubles allowed;
  for (const double y : want) {
    allowed.push_back(kU * (3 * std::log(z.cols) + 2 + z.cols - 1 + std::abs(y)));
  }
  return allowed;
}

// The worked example of README.md, "Softmax in three walks".
TEST(Softmax, WorkedExample) {
  const Matrix z{{1, 2, 3}, {1001, 1002, 1003}};
  const Doubles row{0.09003057317038046, 0.24472847105479764, 0.6652409557748219};
  Doubles want = row;
  want.insert(want.end(), row.begin(), row.end());
  FencedMatrix p(2, 3), grad_z(2, 3), y(2, 1);
  softmax(p.view(), z);
  EXPECT_TRUE(p.holds(want, softmax_allowed(z, want)));
  const Matrix grad_p{{1, 0, 0}, {0, 0, 1}}, some_p{{0.25F, 0.25F, 0.5F}, {0.5F, 0.25F, 0.25F}};
  softmax_backward(grad_z.view(), grad_p, some_p);
  EXPECT_TRUE(grad_z.holds(Doubles{0.1875, -0.0625, -0.125, -0.125, -0.0625, 0.1875}, Bound{}));
  log_sum_exp(y.view(), z);
  const Doubles sums{3.4076059644443806, 1003.4076059644443};
  EXPECT_TRUE(y.holds(sums, log_sum_exp_allowed(z, sums)));
}

TEST(Softmax, MatchesReference) {
  with_each_simd_target([] {
    for (const std::string name : {"softmax", "softmax_extreme", "softmax_extreme_one_column"}) {
      const Matrix z = golden_matrix(name + "/z");
      Matrix p(z.rows(), z.cols()), grad_z(z.rows(), z.cols()), y(z.rows(), 1);
      softmax(p, z);
      softmax_backward(grad_z, golden_matrix(name + "/grad_p"), p);
      log_sum_exp(y, z);
      EXPECT_TRUE(matches_golden(p, name + "/p"));
      EXPECT_TRUE(matches_golden(grad_z, name + "/grad_z"));
      EXPECT_TRUE(matches_golden(y, name + "/log_sum_exp"));
    }
  });
}

TEST(Softmax, AwkwardShapes) {
  Philox rng(1);
  for (const Extents& extents : awkward_extents()) {
    const int B = extents.rows, L = extents.cols;
    Matrix z = random_matrix(B, L, rng);
    for (float& v : z.values()) v *= 5;
    const Doubles want = softmax_in_double(z), sums = log_sum_exp_in_double(z);
    const Matrix grad_p = random_matrix(B, L, rng);
    with_each_simd_target([&] {
      FencedMatrix p(B, L), grad_z(B, L), y(B, 1);
      softmax(p.view(), Operand(z).view());
      EXPECT_TRUE(p.holds(want, softmax_allowed(z, want)));
      Matrix of_ours(B, L);
      softmax(of_ours, z);
      softmax_backward(grad_z.view(), Operand(grad_p).view(), Operand(of_ours).view());
      EXPECT_TRUE(
          grad_z.holds(backward_in_double(grad_p, of_ours), backward_allowed(grad_p, of_ours)));
      log_sum_exp(y.view(), Operand(z).view());
      EXPECT_TRUE(y.holds(sums, log_sum_exp_allowed(z, sums)));
    });
  }
}

// L - 1 additions in softmax, L - 1 here in double, exp's and the division's roundings: those common to
// a row cancel in its sum.
TEST(Softmax, RowsSumToOne) {
  Philox rng(2);
  const int B = 33, L = 127;
  Matrix p(B, L);
  softmax(p, random_matrix(B, L, rng));
  Doubles sums(B);
  for (int b = 0; b < B; ++b) {
    for (int l = 0; l < L; ++l) {
      EXPECT_GT(p(b, l), 0);
      sums[b] += p(b, l);
    }
  }
  EXPECT_TRUE(close(sums, Doubles(B, 1.0), Bound{.abs = (L + 3) * kU}));
}

// Derivatives of sum(grad_p softmax(z)) by z, measured on the definition.
TEST(SoftmaxBackward, IsTheMeasuredSlope) {
  const Matrix z{{0.5F, -1, 2}, {0.25F, 3, -0.75F}}, grad_p{{1, -2, 3}, {0.5F, 4, -1}};
  Doubles want(6), moved(z.values().begin(), z.values().end());
  numeric_gradient(want, moved, [&] {
    double total = 0;
    for (int b = 0; b < 2; ++b) {
      double sum = 0, weighted = 0;
      for (int l = 0; l < 3; ++l) {
        const double e = std::exp(moved[3 * b + l]);
        sum += e;
        weighted += e * grad_p(b, l);
      }
      total += weighted / sum;
    }
    return total;
  });
  Matrix p(2, 3);
  softmax(p, z);
  FencedMatrix grad_z(2, 3);
  softmax_backward(grad_z.view(), grad_p, p);
  // p is off by softmax's roundoffs, of at most 15 here, in both its places; |grad_p| <= 4.
  const Bound measured = numeric_gradient_bound(11.5, 20, 1);
  Doubles allowed = backward_allowed(grad_p, p);
  for (double& value : allowed) value += measured.abs + 2 * 15 * kU * 4;
  EXPECT_TRUE(grad_z.holds(want, allowed));
}

// Adding a number to a whole row changes nothing. Logits that are multiples of 2^-6 take the shift
// without rounding, so not a bit of p changes.
TEST(Softmax, DoesNotSeeAShiftOfTheRow) {
  Philox rng(3);
  Matrix z = random_matrix(7, 33, rng), p(7, 33), of_shifted(7, 33);
  for (float& v : z.values()) v = std::round(v * 64) / 64;
  Matrix shifted = z;
  for (int b = 0; b < 7; ++b) {
    for (int l = 0; l < 33; ++l) shifted(b, l) += 1000 * static_cast<float>(b - 3);
  }
  softmax(p, z);
  softmax(of_shifted, shifted);
  EXPECT_TRUE(identical(of_shifted, p));
}

TEST(Softmax, StaysFiniteForAnyFiniteLogits) {
  with_each_simd_target([] {
    const Matrix z{{1e4F, -1e4F}, {1e38F, -1e38F}, {-3e38F, -3e38F}, {0, -200}, {3, -kInfinity}};
    Matrix p(5, 2), y(5, 1);
    softmax(p, z);
    EXPECT_TRUE(identical(p, Matrix{{1, 0}, {1, 0}, {0.5F, 0.5F}, {1, 0}, {1, 0}}));
    log_sum_exp(y, z);
    EXPECT_TRUE(identical(y, Matrix{{1e4F}, {1e38F}, {-3e38F}, {0}, {3}}));
  });
}

TEST(Softmax, KeepsNanInItsRow) {
  with_each_simd_target([] {
    const float nan = std::nanf("");
    const Matrix z{{0, 0, 0}, {nan, 1, 2}, {1, nan, 2}, {2, 1, nan}};
    Matrix p(4, 3), y(4, 1);
    softmax(p, z);
    log_sum_exp(y, z);
    for (int b = 0; b < 4; ++b) {
      EXPECT_EQ(std::isnan(y(b, 0)), b > 0) << b;
      for (int l = 0; l < 3; ++l) EXPECT_EQ(std::isnan(p(b, l)), b > 0) << b << ", " << l;
    }
  });
}

TEST(Softmax, MayWorkInPlace) {
  Philox rng(4);
  const Matrix z = random_matrix(5, 37, rng), grad_p = random_matrix(5, 37, rng);
  Matrix p(5, 37), over_z = z, grad_z(5, 37), over_grad_p = grad_p;
  softmax(p, z);
  softmax(over_z, over_z);
  EXPECT_TRUE(identical(over_z, p));
  softmax_backward(grad_z, grad_p, p);
  softmax_backward(over_grad_p, over_grad_p, p);
  EXPECT_TRUE(identical(over_grad_p, grad_z));
}

TEST(Softmax, RefusesBadOperands) {
  Matrix p(2, 3), y(2, 1), none(0, 3);
  softmax(none, Matrix(0, 3));
  EXPECT_TRUE(refuses([&] { softmax(p, Matrix(3, 2)); }, {"softmax", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refuses([&] { softmax(p, transposed(Matrix(3, 2))); }, {"softmax", "transposed"}));
  Matrix empty(3, 0), column(3, 1);
  EXPECT_TRUE(refuses([&] { softmax(empty, Matrix(3, 0)); }, {"softmax", "(3, 0)", "class"}));
  EXPECT_TRUE(refuses([&] { log_sum_exp(column, Matrix(3, 0)); }, {"log_sum_exp", "class"}));
  EXPECT_TRUE(refuses([&] { log_sum_exp(p, Matrix(2, 3)); }, {"log_sum_exp", "(2, 3)", "column"}));
  EXPECT_TRUE(refuses([&] { softmax_backward(p, Matrix(2, 3), Matrix(2, 4)); },
                      {"softmax_backward", "(2, 3)", "(2, 4)"}));
}

}  // namespace
}  // namespace nn::cpu
