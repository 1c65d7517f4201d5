#include "phase2_vectorized/week04_speed/dense_layer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "common/numeric_gradient.h"
#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/thread_pool.h"

namespace nn::cpu {
namespace {

using Doubles = std::vector<double>;

// x (2,3), w (3,2), bias (1,2) of README.md, "Layers on batches". Small integers: sums are exact.
const Matrix kX{{1, 2, 3}, {4, 5, 6}};
const Matrix kW{{1, 0}, {0, 1}, {2, -1}};
const Matrix kBias{{10, 20}};
const Matrix kGradY{{1, 2}, {-1, 3}};

struct Case {
  int B, C, OC;
  bool transposed = false;  // x and w are handed over as transposed views
};
const Case kAwkward[] = {{1, 31, 33}, {33, 1, 127}, {31, 129, 1}, {13, 7, 5, true}, {7, 37, 17}};

// Sums of products from `from` on, in double, and what any order of the terms may be off by: K products,
// K sums, as in [Higham02 sec. 3.1], and `more`.
struct Sums {
  Doubles want, allowed;
  void add(double from, const Doubles& terms, int more = 0) {
    double sum = from, magnitude = std::abs(from);
    for (const double term : terms) sum += term, magnitude += std::abs(term);
    want.push_back(sum);
    const auto n = static_cast<std::int64_t>(terms.size()) + 1 + more;
    allowed.push_back(gamma_bound(n, kUnitRoundoff32) * magnitude);
  }
};

TEST(DenseForward, WorkedExample) {
  FencedMatrix y(2, 2);
  dense_forward(y.view(), kX, kW, kBias);
  EXPECT_TRUE(y.holds(Doubles{17, 19, 26, 19}, Bound{}));
}

// Parameter gradients are added to what is there, grad_x is not.
TEST(DenseBackward, WorkedExample) {
  FencedMatrix grad_x(2, 3), grad_w(Matrix(3, 2, 100.0F)), grad_bias(Matrix{{-7, 1}});
  MatrixView grad_x_view = grad_x.view();
  dense_backward(&grad_x_view, grad_w.view(), grad_bias.view(), kGradY, kX, kW);
  EXPECT_TRUE(grad_x.holds(Doubles{1, 2, 0, -1, 3, -5}, Bound{}));
  EXPECT_TRUE(grad_w.holds(Doubles{97, 114, 97, 119, 97, 124}, Bound{}));
  EXPECT_TRUE(grad_bias.holds(Doubles{-7, 6}, Bound{}));
}

// With beta 0 they are overwritten, NaN and all; with any other they are scaled first.
TEST(DenseBackward, ScalesParametersGradientsByBeta) {
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  FencedMatrix grad_w(Matrix(3, 2, kNaN)), grad_bias(Matrix(1, 2, kNaN));
  dense_backward(nullptr, grad_w.view(), grad_bias.view(), kGradY, kX, kW, 0);
  EXPECT_TRUE(grad_w.holds(Doubles{-3, 14, -3, 19, -3, 24}, Bound{}));
  EXPECT_TRUE(grad_bias.holds(Doubles{0, 5}, Bound{}));
  dense_backward(nullptr, grad_w.view(), grad_bias.view(), kGradY, kX, kW, -2);
  EXPECT_TRUE(grad_w.holds(Doubles{3, -14, 3, -19, 3, -24}, Bound{}));
  EXPECT_TRUE(grad_bias.holds(Doubles{0, -5}, Bound{}));
}

TEST(Dense, MatchesReference) {
  with_each_simd_target([] {
    for (const std::string name : {"dense", "dense_extreme"}) {
      const Matrix x = golden_matrix(name + "/x"), w = golden_matrix(name + "/w"),
                   grad_y = golden_matrix(name + "/grad_y");
      Matrix y(grad_y.rows(), grad_y.cols()), grad_x(x.rows(), x.cols());
      Matrix grad_w(w.rows(), w.cols()), grad_bias(1, w.cols());
      dense_forward(y, x, w, golden_matrix(name + "/bias"));
      MatrixView grad_x_view = grad_x;
      dense_backward(&grad_x_view, grad_w, grad_bias, grad_y, x, w);
      EXPECT_TRUE(matches_golden(y, name + "/y"));
      EXPECT_TRUE(matches_golden(grad_x, name + "/grad_x"));
      EXPECT_TRUE(matches_golden(grad_w, name + "/grad_w"));
      EXPECT_TRUE(matches_golden(grad_bias, name + "/grad_bias"));
    }
  });
}

TEST(DenseForward, AwkwardShapes) {
  Philox rng(1);
  for (const Case& c : kAwkward) {
    const Matrix x = random_matrix(c.B, c.C, rng), w = random_matrix(c.C, c.OC, rng),
                 bias = random_matrix(1, c.OC, rng);
    Sums sums;
    for (int b = 0; b < c.B; ++b) {
      for (int oc = 0; oc < c.OC; ++oc) {
        Doubles terms;
        for (int i = 0; i < c.C; ++i) terms.push_back(static_cast<double>(x(b, i)) * w(i, oc));
        sums.add(bias(0, oc), terms);
      }
    }
    const Operand some_x(x, c.transposed), some_w(w, c.transposed), some_bias(bias);
    with_each_simd_target([&] {
      FencedMatrix y(c.B, c.OC);
      dense_forward(y.view(), some_x.view(), some_w.view(), some_bias.view());
      EXPECT_TRUE(y.holds(sums.want, sums.allowed)) << c.B << " " << c.C << " " << c.OC;
    });
  }
}

TEST(DenseBackward, AwkwardShapes) {
  Philox rng(2);
  for (const Case& c : kAwkward) {
    const Matrix x = random_matrix(c.B, c.C, rng), w = random_matrix(c.C, c.OC, rng),
                 grad_y = random_matrix(c.B, c.OC, rng), old_w = random_matrix(c.C, c.OC, rng),
                 old_bias = random_matrix(1, c.OC, rng);
    Sums of_x, of_w, of_bias;
    for (int b = 0; b < c.B; ++b) {
      for (int i = 0; i < c.C; ++i) {
        Doubles terms;
        for (int oc = 0; oc < c.OC; ++oc)
          terms.push_back(static_cast<double>(grad_y(b, oc)) * w(i, oc));
        of_x.add(0, terms);
      }
    }
    for (int i = 0; i < c.C; ++i) {
      for (int oc = 0; oc < c.OC; ++oc) {
        Doubles terms;
        for (int b = 0; b < c.B; ++b) terms.push_back(static_cast<double>(x(b, i)) * grad_y(b, oc));
        of_w.add(old_w(i, oc), terms);
      }
    }
    for (int oc = 0; oc < c.OC; ++oc) {
      Doubles terms;
      for (int b = 0; b < c.B; ++b) terms.push_back(grad_y(b, oc));
      of_bias.add(old_bias(0, oc), terms);
    }
    const Operand some_x(x, c.transposed), some_w(w, c.transposed), some_grad_y(grad_y);
    with_each_simd_target([&] {
      FencedMatrix grad_x(c.B, c.C), grad_w(old_w), grad_bias(old_bias);
      MatrixView grad_x_view = grad_x.view();
      dense_backward(&grad_x_view, grad_w.view(), grad_bias.view(), some_grad_y.view(),
                     some_x.view(), some_w.view());
      EXPECT_TRUE(grad_x.holds(of_x.want, of_x.allowed)) << c.B << " " << c.C << " " << c.OC;
      EXPECT_TRUE(grad_w.holds(of_w.want, of_w.allowed)) << c.B << " " << c.C << " " << c.OC;
      EXPECT_TRUE(grad_bias.holds(of_bias.want, of_bias.allowed)) << c.B << " " << c.OC;
    });
  }
}

// By x, w and bias of sum(grad_y * y), measured on the definition in double. It is linear in each, so
// there is no truncation; small integers, so our gradients are exact.
TEST(DenseBackward, IsTheMeasuredGradient) {
  Doubles all;  // x, w, bias
  for (const Matrix* m : {&kX, &kW, &kBias})
    all.insert(all.end(), m->values().begin(), m->values().end());
  Doubles want(all.size());
  numeric_gradient(want, all, [&] {
    const double *x = all.data(), *w = x + 6, *bias = w + 6;
    double total = 0;
    for (int b = 0; b < 2; ++b) {
      for (int oc = 0; oc < 2; ++oc) {
        double y = bias[oc];
        for (int c = 0; c < 3; ++c) y += x[3 * b + c] * w[2 * c + oc];
        total += kGradY(b, oc) * y;
      }
    }
    return total;
  });
  Matrix grad_x(2, 3), grad_w(3, 2), grad_bias(1, 2);
  MatrixView grad_x_view = grad_x;
  dense_backward(&grad_x_view, grad_w, grad_bias, kGradY, kX, kW);
  Doubles got;
  for (const Matrix* m : {&grad_x, &grad_w, &grad_bias})
    got.insert(got.end(), m->values().begin(), m->values().end());
  EXPECT_TRUE(close(got, want, numeric_gradient_bound(17 + 38 + 26 + 57, 12, 0)));
}

TEST(DenseBackward, GradXIsOptional) {
  Matrix grad_w(3, 2), grad_bias(1, 2);
  dense_backward(nullptr, grad_w, grad_bias, kGradY, kX, kW);
  EXPECT_TRUE(identical(grad_w, Matrix{{-3, 14}, {-3, 19}, {-3, 24}}));
  EXPECT_TRUE(identical(grad_bias, Matrix{{0, 5}}));
}

TEST(Dense, ExtentsMayBeZero) {
  Matrix none(0, 2), y(2, 2), grad_w(3, 2), grad_bias(1, 2), no_w(0, 2);
  dense_forward(none, Matrix(0, 3), kW, kBias);
  dense_forward(y, Matrix(2, 0), Matrix(0, 2), kBias);  // no inputs: the bias alone
  EXPECT_TRUE(identical(y, Matrix{{10, 20}, {10, 20}}));
  dense_backward(nullptr, grad_w, grad_bias, Matrix(0, 2), Matrix(0, 3), kW);
  EXPECT_TRUE(identical(grad_w, Matrix(3, 2)));
  EXPECT_TRUE(identical(grad_bias, Matrix(1, 2)));
}

// No sum is cut between threads. Large enough for more than one to be woken.
TEST(Dense, SameBitsForEveryNumberOfThreads) {
  const int before = threads();
  Philox rng(3);
  const int B = 129, C = 419, OC = 257;
  const Matrix x = random_matrix(B, C, rng), w = random_matrix(C, OC, rng),
               bias = random_matrix(1, OC, rng), grad_y = random_matrix(B, OC, rng);
  struct Results {
    Matrix y, grad_x, grad_w, grad_bias;
  };
  const auto results = [&](int count) {
    set_threads(count);
    Results r{Matrix(B, OC), Matrix(B, C), Matrix(C, OC), Matrix(1, OC)};
    dense_forward(r.y, x, w, bias);
    MatrixView grad_x_view = r.grad_x;
    dense_backward(&grad_x_view, r.grad_w, r.grad_bias, grad_y, x, w);
    return r;
  };
  const Results alone = results(1);
  for (const int count : {2, 5}) {
    const Results together = results(count);
    EXPECT_TRUE(identical(together.y, alone.y)) << count;
    EXPECT_TRUE(identical(together.grad_x, alone.grad_x)) << count;
    EXPECT_TRUE(identical(together.grad_w, alone.grad_w)) << count;
    EXPECT_TRUE(identical(together.grad_bias, alone.grad_bias)) << count;
  }
  set_threads(before);
}

TEST(DenseForward, RefusesShapesThatDoNotChain) {
  Matrix y(2, 2);
  EXPECT_TRUE(refuses([&] { dense_forward(y, Matrix(2, 4), kW, kBias); }, {"(2, 4)", "(3, 2)"}));
  EXPECT_TRUE(refuses([&] { dense_forward(y, kX, kW, Matrix(1, 3)); }, {"bias", "(1, 3)"}));
  EXPECT_TRUE(refuses([&] { dense_forward(y, kX, kW, Matrix(2, 2)); }, {"bias", "(2, 2)"}));
  Matrix tall(3, 2), square(3, 3);
  EXPECT_TRUE(refuses([&] { dense_forward(tall, kX, kW, kBias); }, {"(3, 2)", "(2, 2)"}));
  EXPECT_TRUE(
      refuses([&] { dense_forward(square, square, Matrix(3, 3), Matrix(1, 3)); }, {"memory of x"}));
}

TEST(DenseBackward, RefusesShapesThatDoNotFitAndWritesNothing) {
  Matrix grad_x(2, 3, 5.0F), grad_w(3, 2, 5.0F), grad_bias(1, 2, 5.0F), w = kW;
  MatrixView to_x = grad_x;
  const auto refused = [&](MatrixView to_w, MatrixView to_bias, ConstMatrixView grad_y,
                           ConstMatrixView x, const std::vector<std::string>& parts) {
    return refuses([&] { dense_backward(&to_x, to_w, to_bias, grad_y, x, w); }, parts);
  };
  Matrix wide(2, 3, 5.0F), column(2, 1, 5.0F);
  EXPECT_TRUE(refused(grad_w, grad_bias, Matrix(3, 2), kX, {"grad_y", "(3, 2)"}));
  EXPECT_TRUE(refused(grad_w, grad_bias, Matrix(2, 3), kX, {"grad_y", "(2, 3)"}));
  EXPECT_TRUE(refused(grad_w, grad_bias, kGradY, Matrix(2, 4), {"x is (2, 4)"}));
  EXPECT_TRUE(refused(wide, grad_bias, kGradY, kX, {"grad_w", "(2, 3)", "(3, 2)"}));
  EXPECT_TRUE(refused(grad_w, column, kGradY, kX, {"grad_bias", "(2, 1)"}));
  EXPECT_TRUE(refused(grad_w, grad_bias, transposed(kGradY), kX, {"grad_y", "transposed"}));
  EXPECT_TRUE(refused(w, grad_bias, kGradY, kX, {"grad_w", "memory of w"}));
  to_x = column;
  EXPECT_TRUE(refused(grad_w, grad_bias, kGradY, kX, {"grad_x", "(2, 1)", "(2, 3)"}));
  EXPECT_TRUE(identical(grad_x, Matrix(2, 3, 5.0F)));
  EXPECT_TRUE(identical(grad_w, Matrix(3, 2, 5.0F)));
  EXPECT_TRUE(identical(grad_bias, Matrix(1, 2, 5.0F)));
}

}  // namespace
}  // namespace nn::cpu
