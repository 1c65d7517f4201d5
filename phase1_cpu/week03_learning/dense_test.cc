#include "phase1_cpu/week03_learning/dense.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "common/check.h"
#include "phase1_cpu/numeric_gradient.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/matmul_ijk.h"
#include "phase1_cpu/week01_matrix/transpose.h"

namespace nn::basic {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// x (2,3), w (3,2), bias (1,2) of README.md, "The dense layer".
const Matrix kX{{1, 2, 3}, {4, 5, 6}};
const Matrix kW{{1, 0}, {0, 1}, {2, -1}};
const Matrix kBias{{10, 20}};

struct Gradients {
  Matrix x, w, bias;
};

// dense_backward into zeros; grad_x begins as something that must not be left over.
Gradients gradients(const Matrix& grad_y, const Matrix& x, const Matrix& w) {
  Gradients g{Matrix(1, 1, kNan), Matrix(w.rows(), w.cols()), Matrix(1, w.cols())};
  dense_backward(&g.x, g.w, g.bias, grad_y, x, w);
  return g;
}

TEST(DenseForward, WorkedExample) {
  EXPECT_TRUE(identical(dense_forward(kX, kW, kBias), Matrix{{17, 19}, {26, 19}}));
}

TEST(DenseBackward, WorkedExample) {
  const Gradients g = gradients(Matrix{{1, 2}, {-1, 3}}, kX, kW);
  EXPECT_TRUE(identical(g.x, Matrix{{1, 2, 0}, {-1, 3, -5}}));
  EXPECT_TRUE(identical(g.w, Matrix{{-3, 14}, {-3, 19}, {-3, 24}}));
  EXPECT_TRUE(identical(g.bias, Matrix{{0, 5}}));
}

TEST(DenseForward, MatchesReference) {
  for (const std::string name : {"dense", "dense_extreme"}) {
    const Matrix y = dense_forward(golden_matrix(name + "/x"), golden_matrix(name + "/w"),
                                   golden_matrix(name + "/bias"));
    EXPECT_TRUE(matches_golden(y, name + "/y"));
  }
}

TEST(DenseBackward, MatchesReference) {
  for (const std::string name : {"dense", "dense_extreme"}) {
    const Gradients g = gradients(golden_matrix(name + "/grad_y"), golden_matrix(name + "/x"),
                                  golden_matrix(name + "/w"));
    EXPECT_TRUE(matches_golden(g.x, name + "/grad_x"));
    EXPECT_TRUE(matches_golden(g.w, name + "/grad_w"));
    EXPECT_TRUE(matches_golden(g.bias, name + "/grad_bias"));
  }
}

struct Extents {
  int B, C, OC;
};
// Neither square nor round; each extent at 1 once.
const Extents kAwkward[] = {{1, 31, 33}, {33, 1, 127}, {31, 129, 1}, {7, 5, 3}};

// An element of y is a sum of C products and the bias; in another order it differs by at most
// 2 gamma_(C+1) times the same sum of absolute values [Higham02 sec. 3.1].
TEST(DenseForward, AgreesWithItsDefinitionOnAwkwardShapes) {
  Philox rng(1);
  for (const auto& [B, C, OC] : kAwkward) {
    const Matrix x = random_matrix(B, C, rng), w = random_matrix(C, OC, rng),
                 bias = random_matrix(1, OC, rng);
    Matrix want(B, OC), allowed(B, OC);
    for (int b = 0; b < B; ++b) {
      for (int oc = 0; oc < OC; ++oc) {
        double sum = bias(0, oc), magnitude = std::abs(sum);
        for (int c = 0; c < C; ++c) {
          sum += x(b, c) * w(c, oc);
          magnitude += std::abs(x(b, c) * w(c, oc));
        }
        want(b, oc) = sum;
        allowed(b, oc) = 2 * gamma_bound(C + 1) * magnitude;
      }
    }
    EXPECT_TRUE(close(dense_forward(x, w, bias), want, allowed))
        << "B=" << B << " C=" << C << " OC=" << OC;
  }
}

// The loss sum(g * y) is linear in each of x, w and bias, so a central difference has no truncation;
// its terms number at most B * OC * (C + 1), and each carries the roundings of its own sum.
TEST(DenseBackward, AgreesWithDifferencesOnAwkwardShapes) {
  Philox rng(2);
  for (const auto& [B, C, OC] : kAwkward) {
    const Matrix x = random_matrix(B, C, rng), w = random_matrix(C, OC, rng),
                 bias = random_matrix(1, OC, rng), grad_y = random_matrix(B, OC, rng);
    const auto loss = [&](const Matrix& x_, const Matrix& w_, const Matrix& bias_) {
      const Matrix y = dense_forward(x_, w_, bias_);
      double total = 0;
      for (int i = 0; i < y.size(); ++i) total += grad_y.values()[i] * y.values()[i];
      return total;
    };
    // Sum of |g x w| over everything; a rounding enters at each of C + B * OC additions, but as they
    // hardly ever all point the same way, their root is what is seen: 4 of it are allowed.
    double magnitude = 0;
    for (int b = 0; b < B; ++b) {
      for (int oc = 0; oc < OC; ++oc) {
        double y = std::abs(bias(0, oc));
        for (int c = 0; c < C; ++c) y += std::abs(x(b, c) * w(c, oc));
        magnitude += std::abs(grad_y(b, oc)) * y;
      }
    }
    const Bound bound = numeric_gradient_bound(magnitude, 4 * std::sqrt(C + B * OC), 0);
    const Gradients g = gradients(grad_y, x, w);
    const std::string shape = testing::PrintToString(std::array{B, C, OC});
    EXPECT_TRUE(close(g.x, numeric_gradient([&](auto& m) { return loss(m, w, bias); }, x), bound))
        << shape;
    EXPECT_TRUE(close(g.w, numeric_gradient([&](auto& m) { return loss(x, m, bias); }, w), bound))
        << shape;
    EXPECT_TRUE(
        close(g.bias, numeric_gradient([&](auto& m) { return loss(x, w, m); }, bias), bound))
        << shape;
  }
}

// Two calls into the same matrices add up, as when a layer is used twice or a batch is split.
TEST(DenseBackward, AccumulatesParameterGradientsAndOverwritesGradX) {
  const Matrix grad_y{{1, 2}, {-1, 3}};
  Matrix grad_x(2, 3, 1000), grad_w(3, 2, 100), grad_bias(1, 2, -7);
  dense_backward(&grad_x, grad_w, grad_bias, grad_y, kX, kW);
  EXPECT_TRUE(identical(grad_x, Matrix{{1, 2, 0}, {-1, 3, -5}}));
  EXPECT_TRUE(identical(grad_w, Matrix{{97, 114}, {97, 119}, {97, 124}}));
  EXPECT_TRUE(identical(grad_bias, Matrix{{-7, -2}}));
}

TEST(DenseBackward, GradXIsOptional) {
  Matrix grad_w(3, 2), grad_bias(1, 2);
  dense_backward(nullptr, grad_w, grad_bias, Matrix{{1, 2}, {-1, 3}}, kX, kW);
  EXPECT_TRUE(identical(grad_w, Matrix{{-3, 14}, {-3, 19}, {-3, 24}}));
}

TEST(Dense, AnEmptyBatchHasNoGradient) {
  EXPECT_EQ(dense_forward(Matrix(0, 3), kW, kBias).rows(), 0);
  const Gradients g = gradients(Matrix(0, 2), Matrix(0, 3), kW);
  EXPECT_TRUE(identical(g.w, Matrix(3, 2)));
  EXPECT_TRUE(identical(g.bias, Matrix(1, 2)));
}

TEST(DenseForward, RefusesShapesThatDoNotChain) {
  EXPECT_THROW(dense_forward(Matrix(2, 4), kW, kBias), Error);
  EXPECT_THROW(dense_forward(kX, kW, Matrix(1, 3)), Error);
  EXPECT_THROW(dense_forward(kX, kW, Matrix(2, 2)), Error);  // one row for all, not one each
}

TEST(DenseBackward, RefusesShapesThatDoNotFitAndWritesNothing) {
  Matrix grad_x(1, 1, 5), grad_w(3, 2, 5), grad_bias(1, 2, 5);
  const Matrix grad_y(2, 2, 1);
  EXPECT_THROW(dense_backward(&grad_x, grad_w, grad_bias, Matrix(3, 2), kX, kW), Error);
  EXPECT_THROW(dense_backward(&grad_x, grad_w, grad_bias, Matrix(2, 3), kX, kW), Error);
  EXPECT_THROW(dense_backward(&grad_x, grad_w, grad_bias, grad_y, Matrix(2, 4), kW), Error);
  Matrix transposed(2, 3, 5), column(2, 1, 5), x = kX;
  EXPECT_THROW(dense_backward(&grad_x, transposed, grad_bias, grad_y, kX, kW), Error);
  EXPECT_THROW(dense_backward(&grad_x, grad_w, column, grad_y, kX, kW), Error);
  EXPECT_THROW(dense_backward(&x, grad_w, grad_bias, grad_y, x, kW), Error);
  EXPECT_TRUE(identical(grad_x, Matrix(1, 1, 5)));
  EXPECT_TRUE(identical(grad_w, Matrix(3, 2, 5)));
  EXPECT_TRUE(identical(grad_bias, Matrix(1, 2, 5)));
}

}  // namespace
}  // namespace nn::basic
