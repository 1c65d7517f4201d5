#include "phase2_vectorized/week04_speed/dropout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "common/numeric_gradient.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr double kU = kUnitRoundoff32;
using Doubles = std::vector<double>;

// The worked example of README.md, "Dropout". Of the first six words of stream (5, 0), the first, the
// third and the fourth are 2^31 or more.
TEST(Dropout, WorkedExample) {
  FencedMatrix y(2, 3), mask(2, 3), grad_x(2, 3);
  Philox rng(5);
  dropout(y.view(), mask.view(), Matrix{{1, 2, 3}, {4, 5, 6}}, 0.5F, rng);
  EXPECT_TRUE(mask.holds(Doubles{2, 0, 2, 2, 0, 0}, Bound{}));
  EXPECT_TRUE(y.holds(Doubles{2, 0, 6, 8, 0, 0}, Bound{}));
  EXPECT_EQ(rng.position(), 6U);
  dropout_backward(grad_x.view(), Matrix{{1, 2, 3}, {4, 5, -6}}, Matrix{{2, 0, 2}, {2, 0, 0}});
  EXPECT_TRUE(grad_x.holds(Doubles{2, 0, 6, 8, 0, 0}, Bound{}));
}

TEST(Dropout, MatchesReference) {
  for (const std::string name : {"dropout", "dropout_extreme"}) {
    const Matrix x = golden_matrix(name + "/x");
    Matrix y(x.rows(), x.cols()), mask(x.rows(), x.cols()), grad_x(x.rows(), x.cols());
    Philox rng(static_cast<std::uint64_t>(read_golden(name + "/seed").as_integers().at(0)),
               static_cast<std::uint64_t>(read_golden(name + "/stream").as_integers().at(0)));
    dropout(y, mask, x, static_cast<float>(golden_number(name + "/rate")), rng);
    dropout_backward(grad_x, golden_matrix(name + "/grad_y"), mask);
    EXPECT_TRUE(matches_golden(y, name + "/y"));
    EXPECT_TRUE(matches_golden(mask, name + "/mask"));
    EXPECT_TRUE(matches_golden(grad_x, name + "/grad_x"));
  }
}

// 1 - rate and its reciprocal are rounded, and the product by x.
TEST(Dropout, AwkwardShapes) {
  Philox data(1);
  const float rate = 0.2F;
  for (const auto& [rows, cols] : awkward_extents()) {
    const Matrix x = random_matrix(rows, cols, data);
    Philox rng(9, 3), words(9, 3);
    Doubles want_mask, want_y;
    for (const float value : x.values()) {
      const bool kept = words.next_u32() / 0x1p32 >= rate;  // exact: 24 bits against 32
      want_mask.push_back(kept ? 1 / (1 - static_cast<double>(rate)) : 0);
      want_y.push_back(want_mask.back() * value);
    }
    FencedMatrix y(rows, cols), mask(rows, cols), grad_x(rows, cols);
    dropout(y.view(), mask.view(), Operand(x).view(), rate, rng);
    EXPECT_TRUE(mask.holds(want_mask, Bound{.rel = 2 * kU}));
    EXPECT_TRUE(y.holds(want_y, Bound{.rel = 3 * kU}));
    EXPECT_EQ(rng.position(), words.position());
    // The chain rule, with y's x in the role of grad_y.
    dropout_backward(grad_x.view(), Operand(x).view(), mask.view());
    EXPECT_TRUE(grad_x.holds(want_y, Bound{.rel = 3 * kU}));
  }
}

// A share of n draws has a standard deviation of sqrt(rate (1 - rate) / n); five of them.
TEST(Dropout, DropsAShareOfRateAndKeepsTheMean) {
  const int n = 100'003;
  for (const float rate : {0.1F, 0.5F, 0.9F}) {
    Matrix mask(1, n), y(1, n);
    Philox rng(11);
    dropout(y, mask, Matrix(1, n, 1.0F), rate, rng);
    const auto dropped = static_cast<double>(std::ranges::count(mask.values(), 0.0F));
    double mean = 0;
    for (const float value : y.values()) mean += static_cast<double>(value) / n;
    const double share_off = 5 * std::sqrt(rate * (1 - rate) / n);
    EXPECT_TRUE(close(dropped / n, static_cast<double>(rate), Bound{.abs = share_off}));
    EXPECT_TRUE(close(mean, 1.0, Bound{.abs = share_off / (1 - rate)}));
  }
}

// What is dropped depends on (seed, stream, position) alone: a run that is taken up again drops what it
// would have dropped, and another layer something else.
TEST(Dropout, ContinuesWhereTheStreamStands) {
  const Matrix x(7, 13, 1.0F);
  Matrix whole(7, 13), first(3, 13), second(4, 13), other(7, 13), y(7, 13);
  Philox rng(5, 1), begun(5, 1), another(5, 2);
  dropout(y, whole, x, 0.5F, rng);
  MatrixView some_y{y.data(), 3, 13, 13};
  dropout(some_y, first, x.view().block(0, 0, 3, 13), 0.5F, begun);
  Philox resumed(5, 1, begun.position());
  some_y.rows = 4;
  dropout(some_y, second, x.view().block(3, 0, 4, 13), 0.5F, resumed);
  EXPECT_EQ(resumed.position(), rng.position());
  std::vector<float> joined(first.values().begin(), first.values().end());
  joined.insert(joined.end(), second.values().begin(), second.values().end());
  EXPECT_TRUE(identical(joined, std::vector<float>(whole.values().begin(), whole.values().end())));
  dropout(y, other, x, 0.5F, another);
  EXPECT_FALSE(std::ranges::equal(other.values(), whole.values()));
}

TEST(Dropout, OfRateZeroChangesNothingButTheStream) {
  Philox data(2), rng(5);
  const Matrix x = random_matrix(5, 7, data);
  Matrix y(5, 7), mask(5, 7);
  dropout(y, mask, x, 0, rng);
  EXPECT_TRUE(identical(y, x));
  EXPECT_TRUE(identical(mask, Matrix(5, 7, 1.0F)));
  EXPECT_EQ(rng.position(), 35U);
}

// y is linear in x, with what the mask holds as its slope.
TEST(DropoutBackward, IsTheMeasuredSlope) {
  const Matrix x{{0.5F, -1, 2}, {0.25F, 3, -0.75F}}, grad_y{{1, -2, 3}, {0.5F, 4, -1}};
  Doubles want(6), moved(x.values().begin(), x.values().end());
  const auto value = [&](int i) {
    return Philox(5, 0, i).next_u32() < 0x8000'0000 ? 0 : moved[i] * 2;
  };
  numeric_gradient(want, moved, [&] {
    double total = 0;
    for (int i = 0; i < 6; ++i) total += grad_y.values()[i] * value(i);
    return total;
  });
  Matrix y(2, 3), mask(2, 3), grad_x(2, 3);
  Philox rng(5);
  dropout(y, mask, x, 0.5F, rng);
  dropout_backward(grad_x, grad_y, mask);
  const Doubles got(grad_x.values().begin(), grad_x.values().end());
  EXPECT_TRUE(close(got, want, numeric_gradient_bound(32, 8, 0)));
}

TEST(Dropout, MayWorkInPlaceAndLetsNanThrough) {
  Philox data(3), rng(5), again(5);
  const Matrix x = random_matrix(5, 7, data);
  Matrix y(5, 7), mask(5, 7), over_x = x, grad_x(5, 7), over_grad_y = x;
  dropout(y, mask, x, 0.5F, rng);
  dropout(over_x, mask, over_x, 0.5F, again);
  EXPECT_TRUE(identical(over_x, y));
  dropout_backward(grad_x, x, mask);
  dropout_backward(over_grad_y, over_grad_y, mask);
  EXPECT_TRUE(identical(over_grad_y, grad_x));
  // NaN times 0 is NaN: a dropped element hides no broken network.
  const Matrix broken(5, 7, std::numeric_limits<float>::quiet_NaN());
  dropout(y, mask, broken, 0.5F, rng);
  EXPECT_TRUE(std::ranges::all_of(y.values(), [](float value) { return std::isnan(value); }));
}

TEST(Dropout, RefusesBadArguments) {
  Matrix y(2, 3), mask(2, 3), other(3, 2);
  const Matrix x(2, 3);
  Philox rng(1);
  for (const float rate : {-0.1F, 1.0F, 1.5F, std::numeric_limits<float>::quiet_NaN()}) {
    EXPECT_TRUE(refuses([&] { dropout(y, mask, x, rate, rng); }, {"rate", "[0, 1)"})) << rate;
  }
  EXPECT_TRUE(refuses([&] { dropout(other, mask, x, 0.5F, rng); }, {"(3, 2)", "(2, 3)"}));
  EXPECT_TRUE(refuses([&] { dropout(y, other, x, 0.5F, rng); }, {"mask", "(3, 2)"}));
  EXPECT_TRUE(refuses([&] { dropout(y, y, x, 0.5F, rng); }, {"mask", "memory of y"}));
  EXPECT_TRUE(refuses([&] { dropout(y, mask, mask, 0.5F, rng); }, {"mask", "memory of x"}));
  EXPECT_TRUE(refuses([&] { dropout_backward(y, x, other); }, {"dropout_backward", "(3, 2)"}));
  EXPECT_EQ(rng.position(), 0U) << "what is refused draws nothing";
}

}  // namespace
}  // namespace nn::cpu
