#include "phase2_vectorized/week05_data/loss.h"

#include <cmath>
#include <limits>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/losses.h"
#include "phase2_vectorized/week04_speed/softmax_loss.h"

namespace nn::cpu {
namespace {

TEST(Loss, EachIsItsFunction) {
  Philox rng(1);
  const Matrix z = random_matrix(31, 3, rng), t = random_matrix(31, 3, rng);
  std::vector<int> labels;
  for (int b = 0; b < 31; ++b) labels.push_back(b * 5 % 3);
  Matrix grad(31, 3), want(31, 3);
  EXPECT_EQ(make_loss("categorical_cross_entropy")->loss(grad, z, labels),
            softmax_cross_entropy(want, z, labels));
  EXPECT_TRUE(identical(grad, want));
  EXPECT_EQ(make_loss("mean_squared_error")->loss(grad, z, t), mse(z, t));
  mse_backward(want, z, t);
  EXPECT_TRUE(identical(grad, want));
  EXPECT_EQ(make_loss("mean_absolute_error")->loss(grad, z, t), mae(z, t));
  mae_backward(want, z, t);
  EXPECT_TRUE(identical(grad, want));
}

// Against the definition in double, where that can be computed: -t log s - (1 - t) log(1 - s), s = sigmoid z.
TEST(BinaryLoss, IsSigmoidAndCrossEntropy) {
  const Matrix z{{0.5F, -2, 3}, {-0.25F, 1, 0}}, t{{1, 0, 0.25F}, {0, 0.5F, 1}};
  double sum = 0;
  std::vector<double> want_grad;
  for (int b = 0; b < 2; ++b) {
    for (int c = 0; c < 3; ++c) {
      const double s = 1 / (1 + std::exp(-double{z(b, c)}));
      sum += -t(b, c) * std::log(s) - (1 - t(b, c)) * std::log(1 - s);
      want_grad.push_back((s - t(b, c)) / 6);
    }
  }
  Guarded<float> grad({2, 3});
  const BinaryCrossEntropy loss;
  EXPECT_NEAR(loss.loss({grad.data(), 2, 3, 3}, z, t), sum / 6, 1e-15);
  EXPECT_TRUE(close_guarded(grad, want_grad, Bound{0, kUnitRoundoff32}));
}

// Where sigmoid rounds to 0 and 1, and its product with a loss's own gradient would be of nothing.
TEST(BinaryLoss, HasAGradientAtAnyLogit) {
  const BinaryCrossEntropy loss;
  for (const float large : {20.0F, 100.0F, 3e38F}) {
    Matrix grad(2, 1);
    const double value = loss.loss(grad, Matrix{{large}, {-large}}, std::vector<int>{0, 1});
    EXPECT_NEAR(value / large, 1, 1e-6);
    EXPECT_TRUE(close(grad, Matrix{{0.5F}, {-0.5F}}, Bound{2e-9, 0}));
    EXPECT_NEAR(loss.loss(grad, Matrix{{large}, {-large}}, std::vector<int>{1, 0}), 0, 3e-9);
  }
  Matrix grad(1, 1);
  EXPECT_TRUE(std::isnan(loss.loss(grad, Matrix{{std::nanf("")}}, std::vector<int>{1})));
}

TEST(BinaryLoss, LabelsAreTheNumbers0And1) {
  Philox rng(2);
  const Matrix z = random_matrix(33, 1, rng);
  std::vector<int> labels;
  Matrix t(33, 1);
  for (int b = 0; b < 33; ++b) {
    labels.push_back(b % 3 == 0 ? 1 : 0);
    t(b, 0) = static_cast<float>(labels.back());
  }
  Matrix grad(33, 1), want(33, 1);
  const BinaryCrossEntropy loss;
  EXPECT_EQ(loss.loss(grad, z, labels), loss.loss(want, z, t));
  EXPECT_TRUE(identical(grad, want));
}

TEST(Loss, ClassesOfPredictions) {
  std::vector<int> said(3);
  CategoricalCrossEntropy().classes(said,
                                    Matrix{{0.2F, 0.5F, 0.3F}, {0.4F, 0.2F, 0.4F}, {0, 0, 1}});
  EXPECT_EQ(said, (std::vector<int>{1, 0, 2}));
  BinaryCrossEntropy().classes(said, Matrix{{0.5F}, {0.75F}, {0.25F}});
  EXPECT_EQ(said, (std::vector<int>{0, 1, 0}));
  EXPECT_TRUE(refuses([&] { BinaryCrossEntropy().classes(said, Matrix(3, 2)); }, {"2 outputs"}));
  EXPECT_TRUE(refuses([&] { MeanSquaredError().classes(said, Matrix(3, 1)); }, {"no class"}));
}

TEST(Loss, RefusesTargetsThatCannotBe) {
  const auto check = [](const char* loss, const Targets& t, int OC) {
    return [=] { make_loss(loss)->check_targets(t, OC); };
  };
  const std::vector<int> labels{0, 2, 1, 3, -7};
  const char* const categorical = "categorical_cross_entropy";
  EXPECT_TRUE(refuses(check(categorical, labels, 4), {"label 4 is -7", "0 to 3"}));
  EXPECT_TRUE(refuses(check(categorical, labels, 3), {"label 3 is 3", "0 to 2", "3 outputs"}));
  const Matrix numbers{{0, 1}, {0.5F, 1.5F}};
  EXPECT_TRUE(refuses(check(categorical, numbers, 2), {"labels"}));
  const char* const binary = "binary_cross_entropy";
  EXPECT_TRUE(refuses(check(binary, labels, 1), {"label 1 is 2", "0 to 1"}));
  EXPECT_TRUE(refuses(check(binary, labels, 2), {"one output; this has 2"}));
  EXPECT_TRUE(refuses(check(binary, numbers, 2), {"target (1, 1) is 1.5", "0 to 1"}));
  EXPECT_TRUE(refuses(check(binary, numbers, 1), {"2 numbers an example", "1 outputs"}));
  const char* const squared = "mean_squared_error";
  EXPECT_TRUE(refuses(check(squared, labels, 1), {"rows of numbers"}));
  const Matrix bad{{0, std::numeric_limits<float>::infinity()}};
  EXPECT_TRUE(refuses(check(squared, bad, 2), {"target (0, 1) is inf", "finite"}));
  EXPECT_TRUE(refuses([] { make_loss("hinge"); }, {"hinge", "mean_squared_error"}));
}

}  // namespace
}  // namespace nn::cpu
