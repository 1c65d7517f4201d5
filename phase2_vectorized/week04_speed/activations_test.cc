#include "phase2_vectorized/week04_speed/activations.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/numeric_gradient.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr double kU = kUnitRoundoff32;

double logistic(double x) {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}
double logistic_slope(double x) {
  const double e = std::exp(-std::abs(x));
  return e / ((1 + e) * (1 + e));
}
double tanh_slope(double x) { return 4 * logistic_slope(2 * x); }

// An activation by its definition in double, and how far ours may be off.
struct Activation {
  std::string name;
  void (*forward)(MatrixView y, ConstMatrixView x);
  void (*backward)(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);
  double (*value)(double x);
  double (*slope)(double x);
  double ulps;  // of y
  // Of the slope, in roundoffs relative to what it adds up, with the product by grad_y.
  double slope_roundoffs;
  double third;  // at least |f'''|, for the measured slope
};

// Roundings of the slopes: sigmoid's e 2 (1 ULP), 1 + e 1 and e's own share of the sum at most 1, both
// twice in the square, the square 1, the division 1, the product by grad_y 1. tanh's 4 e is exact. elu:
// e 2, product 1. silu: the larger of sigmoid's 5 and 1 more than sigmoid's slope, the sum, the product.
const std::vector<Activation>& activations() {
  static const std::vector<Activation> all{
      {"identity", identity, identity_backward, [](double x) { return x; },
       [](double) { return 1.0; }, 0, 0, 0},
      {"relu", relu, relu_backward, [](double x) { return x < 0 ? 0 : x; },
       [](double x) { return x > 0 ? 1.0 : 0.0; }, 0, 0, 0},
      {"leaky_relu", leaky_relu, leaky_relu_backward,
       [](double x) { return x > 0 ? x : static_cast<double>(kLeakyReluSlope) * x; },
       [](double x) { return x > 0 ? 1.0 : static_cast<double>(kLeakyReluSlope); }, 0.5, 1, 0},
      {"elu", elu, elu_backward, [](double x) { return x > 0 ? x : std::expm1(x); },
       [](double x) { return x > 0 ? 1.0 : std::exp(x); }, 1, 3, 1},
      {"silu", silu, silu_backward, [](double x) { return x * logistic(x); },
       [](double x) { return logistic(x) + x * logistic_slope(x); }, 3, 12, 1},
      {"sigmoid", sigmoid, sigmoid_backward, logistic, logistic_slope, 3, 9, 1},
      {"tanh", tanh, tanh_backward, [](double x) { return std::tanh(x); }, tanh_slope, 3, 9, 2},
  };
  return all;
}

// What forward gives, at most `ulps` off. Where e^x is denormal it has a ULP of 2^-149, which silu
// multiplies by x.
std::vector<double> allowed_forward(const Activation& f, const Matrix& x) {
  std::vector<double> allowed;
  for (const float v : x.values()) {
    const double of_denormal = f.name == "silu" ? std::abs(v) * 0x1p-149 : 0;
    allowed.push_back(f.ulps * float_ulp(f.value(v)) + of_denormal);
  }
  return allowed;
}

// And backward; what the slope's terms add up to is |slope| but for silu, whose terms may cancel.
std::vector<double> allowed_backward(const Activation& f, const Matrix& grad_y, const Matrix& x) {
  std::vector<double> allowed;
  for (int i = 0; i < x.size(); ++i) {
    const double v = x.values()[i], g = std::abs(grad_y.values()[i]);
    const double size =
        f.name == "silu" ? logistic(v) + std::abs(v) * logistic_slope(v) : f.slope(v);
    // An e or a product that is denormal has a rounding of its own.
    const double denormal = f.slope_roundoffs == 0 ? 0 : (1 + g * (4 + std::abs(v))) * 0x1p-149;
    allowed.push_back(f.slope_roundoffs * kU * g * size + denormal);
  }
  return allowed;
}

std::vector<double> wanted_forward(const Activation& f, const Matrix& x) {
  std::vector<double> want;
  for (const float v : x.values()) want.push_back(f.value(v));
  return want;
}

std::vector<double> wanted_backward(const Activation& f, const Matrix& grad_y, const Matrix& x) {
  std::vector<double> want;
  for (int i = 0; i < x.size(); ++i) want.push_back(f.slope(x.values()[i]) * grad_y.values()[i]);
  return want;
}

// From operands with gaps of NaN, into fenced memory.
testing::AssertionResult right_forward(const Activation& f, const Matrix& x) {
  FencedMatrix y(x.rows(), x.cols());
  f.forward(y.view(), Operand(x).view());
  return y.holds(wanted_forward(f, x), allowed_forward(f, x));
}
testing::AssertionResult right_backward(const Activation& f, const Matrix& grad_y,
                                        const Matrix& x) {
  FencedMatrix grad_x(x.rows(), x.cols());
  f.backward(grad_x.view(), Operand(grad_y).view(), Operand(x).view());
  return grad_x.holds(wanted_backward(f, grad_y, x), allowed_backward(f, grad_y, x));
}

// The table of README.md, "Activations by the register": log 2 makes e^-x = 1/2.
TEST(Activations, WorkedExample) {
  const Matrix x{{-std::log(2.0F), 0, 3}}, grad_y{{2, 2, 2}};
  const std::vector<std::vector<double>> y{{-0.69314718, 0, 3},         {0, 0, 3},
                                           {-0.0069314718, 0, 3},       {-0.5, 0, 3},
                                           {-0.23104906, 0, 2.8577224}, {1 / 3.0, 0.5, 0.95257413},
                                           {-0.6, 0, 0.99505475}};
  const std::vector<std::vector<double>> grad_x{{2, 2, 2},
                                                {0, 0, 2},
                                                {0.02, 0.02, 2},
                                                {1, 2, 2},
                                                {0.35857, 1, 2.1762},
                                                {4 / 9.0, 0.5, 0.0903533},
                                                {1.28, 2, 0.0197321}};
  for (std::size_t i = 0; i < activations().size(); ++i) {
    const Activation& f = activations()[i];
    FencedMatrix got_y(1, 3), got_grad_x(1, 3);
    f.forward(got_y.view(), x);
    f.backward(got_grad_x.view(), grad_y, x);
    // To the digits shown: half a unit of the fifth one.
    EXPECT_TRUE(got_y.holds(y[i], Bound{.abs = 5e-6})) << f.name;
    EXPECT_TRUE(got_grad_x.holds(grad_x[i], Bound{.abs = 5e-5})) << f.name;
  }
}

TEST(Activations, MatchReference) {
  with_each_simd_target([] {
    for (const Activation& f : activations()) {
      for (const std::string& name : {f.name, f.name + "_extreme"}) {
        const Matrix x = golden_matrix(name + "/x"), grad_y = golden_matrix(name + "/grad_y");
        Matrix y(x.rows(), x.cols()), grad_x(x.rows(), x.cols());
        f.forward(y, x);
        f.backward(grad_x, grad_y, x);
        EXPECT_TRUE(matches_golden(y, name + "/y"));
        EXPECT_TRUE(matches_golden(grad_x, name + "/grad_x"));
      }
    }
  });
}

TEST(Activations, AwkwardShapes) {
  Philox rng(1);
  for (const auto& [rows, cols] : awkward_extents()) {
    Matrix x = random_matrix(rows, cols, rng);
    for (float& v : x.values()) v *= 3;
    const Matrix grad_y = random_matrix(rows, cols, rng);
    with_each_simd_target([&] {
      for (const Activation& f : activations()) {
        EXPECT_TRUE(right_forward(f, x)) << f.name;
        EXPECT_TRUE(right_backward(f, grad_y, x)) << f.name;
      }
    });
  }
}

// Floats of every size and sign: every 65537th of those there are, without infinities and NaN.
TEST(Activations, FloatsOfEverySize) {
  std::vector<float> some;
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32; bits += 65537) {
    const float x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (std::isfinite(x)) some.push_back(x);
  }
  Matrix x(31, static_cast<int>(some.size()) / 31);
  std::copy_n(some.begin(), x.size(), x.data());
  Philox rng(2);
  const Matrix grad_y = random_matrix(x.rows(), x.cols(), rng);
  with_each_simd_target([&] {
    for (const Activation& f : activations()) {
      EXPECT_TRUE(right_forward(f, x)) << f.name;
      EXPECT_TRUE(right_backward(f, grad_y, x)) << f.name;
    }
  });
}

// The slope that the definition has by central differences, which are as good as double: the bound is
// the float's and the measurement's.
TEST(Activations, BackwardIsTheMeasuredSlope) {
  const Matrix x{{-2.5F, -0.75F, -0.01F}, {0.5F, 1.25F, 4}, {-7, 0.03F, 2}}, ones(3, 3, 1.0F);
  for (const Activation& f : activations()) {
    std::vector<double> moved(x.values().begin(), x.values().end()), want(9);
    numeric_gradient(want, moved, [&] {
      double total = 0;
      for (const double v : moved) total += f.value(v);
      return total;
    });
    // Nine values of at most 7; exp and the like are within 2 roundoffs.
    const Bound measured = numeric_gradient_bound(9 * 7, 9 + 6, f.third);
    std::vector<double> allowed = allowed_backward(f, ones, x);
    for (double& value : allowed) value += measured.abs;
    FencedMatrix grad_x(3, 3);
    f.backward(grad_x.view(), ones, x);
    EXPECT_TRUE(grad_x.holds(want, allowed)) << f.name;
  }
}

TEST(Activations, SlopeAtZeroIsTheStatedOne) {
  const std::vector<double> slopes{1, 0, 0.01F, 1, 0.5, 0.25, 1};
  for (std::size_t i = 0; i < activations().size(); ++i) {
    const Activation& f = activations()[i];
    Matrix grad_x(1, 2);
    f.backward(grad_x, Matrix{{1, 1}}, Matrix{{0, -0.0F}});
    EXPECT_EQ(grad_x(0, 0), static_cast<float>(slopes[i])) << f.name;
    EXPECT_EQ(grad_x(0, 1), static_cast<float>(slopes[i])) << f.name;
  }
}

TEST(Activations, EndWhereTheirLimitsAre) {
  const std::vector<std::vector<double>> limits{{-kInfinity, kInfinity},
                                                {0, kInfinity},
                                                {-kInfinity, kInfinity},
                                                {-1, kInfinity},
                                                {0, kInfinity},
                                                {0, 1},
                                                {-1, 1}};
  with_each_simd_target([&] {
    for (std::size_t i = 0; i < activations().size(); ++i) {
      const Activation& f = activations()[i];
      Matrix y(1, 2), grad_x(1, 2);
      const float far = f.name == "silu" ? 1e38F : kInfinity;  // silu of -infinity is NaN
      f.forward(y, Matrix{{-far, kInfinity}});
      EXPECT_EQ(y(0, 0), limits[i][0]) << f.name;
      EXPECT_EQ(y(0, 1), limits[i][1]) << f.name;
      f.backward(grad_x, Matrix{{1, 1}}, Matrix{{-1e38F, 1e38F}});
      EXPECT_TRUE(std::isfinite(grad_x(0, 0)) && std::isfinite(grad_x(0, 1))) << f.name;
    }
  });
}

// An activation that turned NaN into 0 would hide where a network broke.
TEST(Activations, LetNanThrough) {
  with_each_simd_target([] {
    for (const Activation& f : activations()) {
      Matrix y(1, 2);
      f.forward(y, Matrix{{std::nanf(""), 2}});
      EXPECT_TRUE(std::isnan(y(0, 0)))
          << f.name << ": a NaN went in and " << y(0, 0) << " came out";
      EXPECT_FALSE(std::isnan(y(0, 1))) << f.name;
    }
  });
}

// The same bits in place, and as part of a larger matrix.
TEST(Activations, MayWorkInPlace) {
  Philox rng(3);
  const Matrix x = random_matrix(7, 1037, rng), grad_y = random_matrix(7, 1037, rng);
  for (const Activation& f : activations()) {
    Matrix y(7, 1037), grad_x(7, 1037), over_x = x, over_grad_y = grad_y, over_input = x;
    f.forward(y, x);
    f.forward(over_x, over_x);
    EXPECT_TRUE(identical(over_x, y)) << f.name;
    f.backward(grad_x, grad_y, x);
    f.backward(over_grad_y, over_grad_y, x);
    EXPECT_TRUE(identical(over_grad_y, grad_x)) << f.name;
    f.backward(over_input, grad_y, over_input);
    EXPECT_TRUE(identical(over_input, grad_x)) << f.name;
  }
}

TEST(Activations, TakeNoElements) {
  for (const Activation& f : activations()) {
    Matrix none(0, 3), empty(3, 0);
    f.forward(none, Matrix(0, 3));
    f.backward(empty, Matrix(3, 0), Matrix(3, 0));
  }
}

TEST(Activations, RefuseBadOperands) {
  for (const Activation& f : activations()) {
    Matrix y(2, 3), other(3, 2);
    EXPECT_TRUE(refuses([&] { f.forward(y, other); }, {f.name, "(2, 3)", "(3, 2)"}));
    EXPECT_TRUE(refuses([&] { f.forward(y, transposed(other)); }, {f.name, "x", "transposed"}));
    EXPECT_TRUE(refuses([&] { f.backward(y, other, Matrix(2, 3)); },
                        {f.name + "_backward", "(2, 3)", "(3, 2)"}));
    Matrix large(4, 3);
    const MatrixView first{large.data(), 2, 3, 3}, second{large.data() + 3, 2, 3, 3};
    EXPECT_TRUE(refuses([&] { f.forward(second, first); }, {f.name, "memory of x"}));
    EXPECT_TRUE(refuses([&] { f.backward(second, first, Matrix(2, 3)); },
                        {f.name + "_backward", "memory of grad_y"}));
  }
}

}  // namespace
}  // namespace nn::cpu
