#include "phase1_cpu/week03_learning/value_mlp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "common/check.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week02_losses/relu_family.h"
#include "phase1_cpu/week02_losses/smooth_activations.h"
#include "phase1_cpu/week02_losses/softmax_cross_entropy.h"
#include "phase1_cpu/week03_learning/dense.h"
#include "phase1_cpu/week03_learning/init.h"
#include "phase1_cpu/week03_learning/value_backward.h"
#include "phase1_cpu/week03_learning/value_ops.h"

namespace nn::basic {
namespace {

using Layers = std::vector<std::pair<Matrix, Matrix>>;  // (w, bias)

std::vector<Value> row_of(const Matrix& x, int b) { return {x.row(b).begin(), x.row(b).end()}; }

Matrix data_of(const std::vector<Value>& values, int rows, int cols) {
  Matrix m(rows, cols);
  for (int i = 0; i < m.size(); ++i) m.values()[i] = values.at(i).data();
  return m;
}

Matrix grad_of(const std::vector<Value>& values, int rows, int cols) {
  Matrix m(rows, cols);
  for (int i = 0; i < m.size(); ++i) m.values()[i] = values.at(i).grad();
  return m;
}

Layers random_layers(const std::vector<int>& extents, Philox& rng) {
  Layers layers;
  for (std::size_t n = 0; n + 1 < extents.size(); ++n) {
    layers.emplace_back(xavier_uniform(extents[n], extents[n + 1], rng),
                        random_matrix(1, extents[n + 1], rng));
  }
  return layers;
}

// The worked example of README.md, "A network of single numbers".
TEST(ValueMlp, WorkedExample) {
  const Matrix w{{1, -1, 0.5}, {3, 0, -2}};  // (2,3)
  const ValueLayer layer = make_value_layer(w, Matrix{{0.5, 0, 1}}, "1");
  const std::vector<Value> y = value_dense_forward(layer, {1.0, 2.0});
  ASSERT_EQ(y.size(), 3u);
  EXPECT_TRUE(identical(data_of(y, 1, 3), Matrix{{7.5, -1, -2.5}}));
  backward(y[0] + 2.0 * y[1]);
  EXPECT_TRUE(identical(grad_of(layer.w, 2, 3), Matrix{{1, 2, 0}, {2, 4, 0}}));
  EXPECT_TRUE(identical(grad_of(layer.bias, 1, 3), Matrix{{1, 2, 0}}));
}

// x with a column of ones, times w with the bias as one more row, is x . w + bias: so the bound for
// two orders of summation of a product holds here.
TEST(ValueMlp, ForwardIsDenseForward) {
  Philox rng(31);
  for (const auto& [B, C, OC] : {std::array{3, 1, 1}, {1, 31, 7}, {2, 5, 33}, {4, 129, 2}}) {
    const Matrix x = random_matrix(B, C, rng), w = random_matrix(C, OC, rng),
                 bias = random_matrix(1, OC, rng);
    Matrix x_and_one(B, C + 1, 1.0), w_and_bias(C + 1, OC);
    for (int b = 0; b < B; ++b) std::ranges::copy(x.row(b), x_and_one.row(b).begin());
    std::ranges::copy(w.values(), w_and_bias.data());
    std::ranges::copy(bias.row(0), w_and_bias.row(C).begin());

    const ValueLayer layer = make_value_layer(w, bias, "1");
    std::vector<Value> y;
    for (int b = 0; b < B; ++b) {
      for (const Value& element : value_dense_forward(layer, row_of(x, b))) y.push_back(element);
    }
    ASSERT_EQ(static_cast<int>(y.size()), B * OC);
    EXPECT_TRUE(
        close(data_of(y, B, OC), dense_forward(x, w, bias), product_bound(x_and_one, w_and_bias)))
        << "B=" << B << " C=" << C << " OC=" << OC;
  }
}

// One hidden layer, both ways. What differs is the order in which the B examples are added up, and
// in which softmax's derivative is put together. Measured with these shapes: at most 1.7e-16 apart
// (g++ 12, x86-64, 2026-11-21), where the gradients are up to 0.5; four times that is allowed.
TEST(ValueMlp, GradientsAreThoseOfTheDenseLayers) {
  struct Activation {
    Value (*of_value)(const Value&);
    Matrix (*of_matrix)(const Matrix&);
    Matrix (*backward)(const Matrix&, const Matrix&);
  };
  Philox rng(32);
  for (const Activation& activation :
       {Activation{tanh, tanh, tanh_backward}, Activation{relu, relu, relu_backward}}) {
    for (const auto& [B, C, H, L] : {std::array{5, 3, 7, 4}, {1, 31, 2, 3}, {3, 2, 33, 5}}) {
      const Layers layers = random_layers({C, H, L}, rng);
      const auto& [w1, bias1] = layers[0];
      const auto& [w2, bias2] = layers[1];
      const Matrix x = random_matrix(B, C, rng);
      std::vector<int> t;
      for (int b = 0; b < B; ++b) t.push_back(static_cast<int>(rng.next_u32() % L));

      const Matrix y1 = dense_forward(x, w1, bias1);
      const Matrix h = activation.of_matrix(y1);
      const Matrix z = dense_forward(h, w2, bias2);
      Matrix grad_h, grad_w1(C, H), grad_bias1(1, H), grad_w2(H, L), grad_bias2(1, L);
      dense_backward(&grad_h, grad_w2, grad_bias2, softmax_cross_entropy_backward(z, t), h, w2);
      dense_backward(nullptr, grad_w1, grad_bias1, activation.backward(grad_h, y1), x, w1);

      const ValueMlp mlp = make_value_mlp(layers, activation.of_value);
      const Value loss = value_mlp_loss(mlp, x, t);
      backward(loss);
      const Bound bound{.abs = 6.8e-16};
      EXPECT_TRUE(close(std::vector{loss.data()}, std::vector{softmax_cross_entropy(z, t)},
                        Bound{.rel = 8 * kUnitRoundoff64}));
      EXPECT_TRUE(close(grad_of(mlp.layers[0].w, C, H), grad_w1, bound));
      EXPECT_TRUE(close(grad_of(mlp.layers[0].bias, 1, H), grad_bias1, bound));
      EXPECT_TRUE(close(grad_of(mlp.layers[1].w, H, L), grad_w2, bound));
      EXPECT_TRUE(close(grad_of(mlp.layers[1].bias, 1, L), grad_bias2, bound));
    }
  }
}

// Three layers with relu: logits, loss, every gradient, and the parameters after training.
TEST(ValueMlp, MatchesReference) {
  Layers layers;
  for (const char* n : {"1", "2", "3"}) {
    layers.emplace_back(golden_matrix(std::string("mlp/w") + n),
                        golden_matrix(std::string("mlp/bias") + n));
  }
  const Matrix x = golden_matrix("mlp/x");
  const std::vector<int> t = golden_labels("mlp/t");
  const int steps = golden_labels("mlp/steps").at(0);
  const double learning_rate = golden_matrix("mlp/learning_rate")(0, 0);
  const ValueMlp mlp = make_value_mlp(layers, relu);

  std::vector<Value> logits;
  for (int b = 0; b < x.rows(); ++b) {
    for (const Value& z : value_mlp_forward(mlp, row_of(x, b))) logits.push_back(z);
  }
  EXPECT_TRUE(matches_golden(data_of(logits, x.rows(), mlp.layers.back().OC), "mlp/logits"));
  const Value loss = value_mlp_loss(mlp, x, t);
  EXPECT_TRUE(matches_golden(loss.data(), "mlp/loss"));
  backward(loss);
  for (std::size_t n = 0; n < layers.size(); ++n) {
    const auto& [C, OC, w, bias] = mlp.layers[n];
    const std::string number = std::to_string(n + 1);
    EXPECT_TRUE(matches_golden(grad_of(w, C, OC), "mlp/grad_w" + number));
    EXPECT_TRUE(matches_golden(grad_of(bias, 1, OC), "mlp/grad_bias" + number));
  }
  for (Value parameter : value_mlp_parameters(mlp)) parameter.zero_grad();
  for (int step = 0; step < steps; ++step) {
    backward(value_mlp_loss(mlp, x, t));
    value_sgd_step(value_mlp_parameters(mlp), learning_rate);
  }
  for (std::size_t n = 0; n < layers.size(); ++n) {
    const auto& [C, OC, w, bias] = mlp.layers[n];
    const std::string number = std::to_string(n + 1);
    EXPECT_TRUE(matches_golden(data_of(w, C, OC), "mlp/trained_w" + number));
    EXPECT_TRUE(matches_golden(data_of(bias, 1, OC), "mlp/trained_bias" + number));
  }
}

TEST(ValueMlp, ParametersInTheOrderOfTheMatrices) {
  const ValueMlp mlp = make_value_mlp(
      {{Matrix{{1, 2, 3}, {4, 5, 6}}, Matrix{{7, 8, 9}}}, {Matrix{{10}, {11}, {12}}, Matrix{{13}}}},
      tanh);
  const std::vector<Value> all = value_mlp_parameters(mlp);
  EXPECT_TRUE(identical(data_of(all, 1, 13), Matrix{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}}));
  EXPECT_EQ(all[2].label(), "w1[0,2]");
  EXPECT_EQ(all[3].label(), "w1[1,0]");
  EXPECT_EQ(all[8].label(), "bias1[2]");
  EXPECT_EQ(all[12].label(), "bias2[0]");
  EXPECT_EQ(all[4].node(), mlp.layers[0].w[4].node()) << "handles to the layer's nodes, not copies";
}

TEST(ValueMlp, SoftmaxCrossEntropyAndItsGradient) {
  // Two logits log 3 and 0: p = (3/4, 1/4). Loss for label 1 is log 4, gradient (3/4, 1/4 - 1).
  const std::vector<Value> z{std::log(3.0), 0.0};
  const Value loss = value_softmax_cross_entropy(z, 1);
  backward(loss);
  EXPECT_TRUE(close(std::vector{loss.data()}, std::vector{std::log(4.0)},
                    Bound{.rel = 4 * kUnitRoundoff64}));
  EXPECT_TRUE(close(std::vector{z[0].grad(), z[1].grad()}, std::vector{0.75, -0.75},
                    Bound{.rel = 4 * kUnitRoundoff64}));
}

TEST(ValueMlp, SoftmaxCrossEntropySurvivesLargeLogits) {
  const std::vector<Value> z{1000.0, -1000.0, 999.0};
  const Value loss = value_softmax_cross_entropy(z, 1);
  backward(loss);
  EXPECT_TRUE(close(std::vector{loss.data()}, std::vector{2000.0 + std::log1p(std::exp(-1.0))},
                    Bound{.rel = 4 * kUnitRoundoff64}));
  EXPECT_EQ(z[1].grad(), -1.0);
}

TEST(ValueMlp, StepMovesAgainstTheGradientAndClearsIt) {
  const std::vector<Value> two{3.0, -1.0};
  backward(two[0] * two[1]);
  value_sgd_step(two, 0.5);
  EXPECT_TRUE(identical(data_of(two, 1, 2), Matrix{{3.5, -2.5}}));
  EXPECT_TRUE(identical(grad_of(two, 1, 2), Matrix{{0, 0}}));
}

// Two half circles that grip each other, which no line separates.
TEST(ValueMlp, SeparatesTwoMoons) {
  constexpr int kPoints = 60;
  Philox rng(33);
  Matrix x(kPoints, 2);
  std::vector<int> t;
  for (int b = 0; b < kPoints; ++b) {
    const double angle = std::numbers::pi * rng.uniform();
    t.push_back(b % 2);
    x(b, 0) = (t[b] == 0 ? std::cos(angle) : 1 - std::cos(angle)) + 0.1 * rng.normal();
    x(b, 1) = (t[b] == 0 ? std::sin(angle) : 0.5 - std::sin(angle)) + 0.1 * rng.normal();
  }
  const ValueMlp mlp = make_value_mlp(
      {{xavier_uniform(2, 8, rng), Matrix(1, 8)}, {xavier_uniform(8, 2, rng), Matrix(1, 2)}}, tanh);
  for (int step = 0; step < 300; ++step) {
    backward(value_mlp_loss(mlp, x, t));
    value_sgd_step(value_mlp_parameters(mlp), 1.0);
  }
  int right = 0;
  for (int b = 0; b < kPoints; ++b) {
    const std::vector<Value> z = value_mlp_forward(mlp, row_of(x, b));
    right += (z[1].data() > z[0].data()) == (t[b] == 1);
  }
  EXPECT_EQ(right, kPoints) << "loss " << value_mlp_loss(mlp, x, t).data();
}

TEST(ValueMlp, RefusesShapesThatDoNotChain) {
  const ValueLayer layer = make_value_layer(Matrix(2, 3), Matrix(1, 3), "1");
  EXPECT_THROW(value_dense_forward(layer, {1.0, 2.0, 3.0}), Error);
  EXPECT_THROW(make_value_layer(Matrix(2, 3), Matrix(1, 2), "1"), Error);
  EXPECT_THROW(make_value_layer(Matrix(0, 3), Matrix(1, 3), "1"), Error);
  EXPECT_THROW(make_value_mlp({}, tanh), Error);
  EXPECT_THROW(make_value_mlp({{Matrix(2, 3), Matrix(1, 3)}, {Matrix(4, 2), Matrix(1, 2)}}, tanh),
               Error);
  EXPECT_THROW(value_softmax_cross_entropy({1.0, 2.0}, 2), Error);
  EXPECT_THROW(value_softmax_cross_entropy({1.0, 2.0}, -1), Error);
  const ValueMlp mlp = make_value_mlp({{Matrix(2, 3), Matrix(1, 3)}}, tanh);
  EXPECT_THROW(value_mlp_loss(mlp, Matrix(0, 2), {}), Error);
  EXPECT_THROW(value_mlp_loss(mlp, Matrix(2, 2), {0}), Error);
}

}  // namespace
}  // namespace nn::basic
