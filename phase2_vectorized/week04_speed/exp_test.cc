#include "phase2_vectorized/week04_speed/exp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

namespace nn::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kLargest = std::numeric_limits<float>::max();
constexpr float kSmallest = std::numeric_limits<float>::denorm_min();

using Function = void (*)(std::span<float> y, std::span<const float> x);

std::vector<float> computed(Function f, const std::vector<float>& x) {
  std::vector<float> y(x.size(), kNan);
  f(y, x);
  return y;
}

// The function as its header states it: how far it may be off, in ULP.
struct Stated {
  const char* name;
  Function function;
  double (*in_double)(double);
  double ulps_below_0;
  double ulps_above_0;
};
const Stated kExp{"exp", &exp, [](double x) { return std::exp(x); }, 1, 1};
const Stated kExpm1{"expm1", &expm1, [](double x) { return std::expm1(x); }, 1, 2};

// Every step-th float there is, of each sign, denormals, infinities and NaN among them, in pieces.
testing::AssertionResult every_float(const Stated& stated, std::uint64_t step) {
  double largest = 0;  // error, in ULP
  constexpr std::size_t kPiece = 1 << 16;
  std::vector<float> x;
  std::vector<double> want, allowed, got;
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32;) {
    x.clear(), want.clear(), allowed.clear();
    for (; x.size() < kPiece && bits < std::uint64_t{1} << 32; bits += step) {
      x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
      // Where the result is no float any more, infinity.
      const double exact = stated.in_double(x.back());
      want.push_back(std::isinf(static_cast<float>(exact)) ? kInfinity : exact);
      allowed.push_back((x.back() < 0 ? stated.ulps_below_0 : stated.ulps_above_0) *
                        float_ulp(std::isfinite(want.back()) ? want.back() : 0));
    }
    const std::vector<float> y = computed(stated.function, x);
    got.assign(y.begin(), y.end());
    const Shape shape{static_cast<std::int64_t>(x.size())};
    const Comparison c = compare(got, want, shape, allowed,
                                 Context{.precision = Precision::f32, .nan_equals_nan = true});
    largest = std::max(largest, c.max_ulps);
    if (!c.ok()) {
      const auto at = static_cast<std::size_t>(c.first_wrong);
      return testing::AssertionFailure() << "at x = " << x[at] << "\n  " << c.report();
    }
  }
  if (std::getenv("NN_EXP_STEP") != nullptr) {
    std::printf("%s, %s: at most %.2f ULP\n", stated.name, simd_target().c_str(), largest);
  }
  return testing::AssertionSuccess();
}

// A million floats; NN_EXP_STEP=1 makes it every one, which takes minutes (test_exp.py does). Where the
// variable is set, the largest error found is said.
std::uint64_t step() {
  const char* asked = std::getenv("NN_EXP_STEP");
  return asked == nullptr ? 4099 : std::stoull(asked);
}

// The worked example of README.md, "Exponentials by the register". e^10 is 2^14 e^0.2959, e^-2.5 is
// 2^-4 e^0.2726.
TEST(Exp, WorkedExample) {
  const Bound one_ulp{.rel = 2 * kUnitRoundoff32};
  const std::vector<float> x{0, 1, -2.5F, 10, -0.0F};
  EXPECT_TRUE(
      close(computed(&exp, x),
            std::vector<double>{1, 2.718281828459045, 0.0820849986238988, 22026.465794806718, 1},
            one_ulp));
  EXPECT_TRUE(
      close(computed(&expm1, x),
            std::vector<double>{0, 1.718281828459045, -0.9179150013761012, 22025.465794806718, 0},
            Bound{.rel = 2 * one_ulp.rel}));
}

TEST(Exp, IsWithinItsStatedUlpOfEveryFloat) {
  with_each_simd_target([] { EXPECT_TRUE(every_float(kExp, step())); });
}

TEST(Expm1, IsWithinItsStatedUlpOfEveryFloat) {
  with_each_simd_target([] { EXPECT_TRUE(every_float(kExpm1, step())); });
}

// Where people's exponentials go wrong: at both ends, and just inside them.
TEST(Exp, EndsWhereFloatsEnd) {
  const float last = 88.72283F;   // the last whose e^x is a float
  const float first = -103.972F;  // a little more than half the smallest float
  with_each_simd_target([&] {
    const std::vector<float> y =
        computed(&exp, {last, std::nextafter(last, kInfinity), 1e4F, kLargest, kInfinity, first,
                        -103.9722F, -1e4F, -kLargest, -kInfinity, -87.5F});
    EXPECT_TRUE(std::isfinite(y[0])) << y[0];
    for (int i = 1; i <= 4; ++i) EXPECT_EQ(y[i], kInfinity) << i;
    EXPECT_EQ(y[5], kSmallest);
    for (int i = 6; i <= 9; ++i) EXPECT_EQ(y[i], 0) << i;
    EXPECT_EQ(std::fpclassify(y[10]), FP_SUBNORMAL);  // not flushed to 0
  });
}

TEST(Exp, LetsNanThrough) {
  with_each_simd_target([] {
    for (const Function f : {&exp, &expm1}) {
      const std::vector<float> y = computed(f, {1, kNan, -kNan});
      EXPECT_FALSE(std::isnan(y[0]));
      EXPECT_TRUE(std::isnan(y[1]) && std::isnan(y[2])) << "a NaN went in";
    }
  });
}

// e^x - 1 = x + x^2 / 2 + ... Subtracting 1 from e^x would leave 0.
TEST(Expm1, KeepsItsDigitsNearZero) {
  with_each_simd_target([] {
    const std::vector<float> x{1e-8F, -1e-8F, 1e-20F, -kSmallest, kSmallest};
    EXPECT_TRUE(identical(computed(&expm1, x), x));
    EXPECT_TRUE(std::signbit(computed(&expm1, {-0.0F})[0])) << "e^-0 - 1 is -0";
    EXPECT_FALSE(std::signbit(computed(&expm1, {0.0F})[0]));
  });
}

TEST(Expm1, EndsWhereFloatsEnd) {
  with_each_simd_target([] {
    const std::vector<float> y =
        computed(&expm1, {88.72283F, 89, kInfinity, -18, -1e4F, -kInfinity});
    EXPECT_TRUE(std::isfinite(y[0])) << y[0];
    EXPECT_TRUE(identical(std::vector<float>(y.begin() + 1, y.end()),
                          std::vector<float>{kInfinity, kInfinity, -1, -1, -1}));
  });
}

// Every length from none to two registers and one more: each element is written, and no other; to the
// last bit the same wherever it stands; in place too.
TEST(Exp, EveryLength) {
  Philox rng(1);
  std::vector<float> x(131);
  for (float& value : x) value = static_cast<float>(5 * rng.normal());
  with_each_simd_target([&] {
    for (const Stated& stated : {kExp, kExpm1}) {
      std::vector<double> alone;
      for (const float value : x) alone.push_back(computed(stated.function, {value})[0]);
      for (const int n : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 131}) {
        const std::span<const float> some(x.data(), static_cast<std::size_t>(n));
        const std::vector<double> want(alone.begin(), alone.begin() + n);
        Guarded<float> y(n);
        stated.function(y.span(), some);
        EXPECT_TRUE(close_guarded(y, want, Bound{})) << n;
        std::vector<float> in_place(some.begin(), some.end());
        stated.function(in_place, in_place);
        EXPECT_TRUE(identical(in_place, want)) << n;
      }
    }
  });
}

// e^x e^-x is 1; each factor is off by at most 2 roundoffs (1 ULP), the product by one.
TEST(Exp, OfOppositesAreReciprocals) {
  std::vector<float> x, product, ones;
  for (int i = 0; i < 999; ++i) x.push_back(0.087F * static_cast<float>(i) + 0.01F);
  const std::vector<float> up = computed(&exp, x);
  for (float& value : x) value = -value;
  const std::vector<float> down = computed(&exp, x);
  for (std::size_t i = 0; i < x.size(); ++i) product.push_back(up[i] * down[i]);
  EXPECT_TRUE(
      close(product, std::vector<double>(x.size(), 1.0), Bound{.rel = 5 * kUnitRoundoff32}));
}

TEST(Exp, RefusesSpansOfDifferentLength) {
  std::vector<float> y(3);
  const std::vector<float> x(4);
  EXPECT_TRUE(refuses([&] { exp(y, x); }, {"exp", "3 against 4"}));
  EXPECT_TRUE(refuses([&] { expm1(y, x); }, {"expm1", "3 against 4"}));
}

}  // namespace
}  // namespace nn::cpu
