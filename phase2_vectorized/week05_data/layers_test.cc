#include "phase2_vectorized/week05_data/layers.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "phase1_cpu/week03_learning/init.h"
#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// The gradient of sum(y * g) by x and by every parameter against central differences. Forward passes are
// float, so a step of 1/64 leaves of the differences' error 2^-24 * |sum| * 64, about 1e-4 here, and the
// third derivative times 1/64^2 / 6, less than 1e-4 for these functions.
void check_gradients(Layer& layer, int C, const Moment& moment) {
  constexpr int B = 3;
  constexpr float kStep = 1.0F / 64;
  constexpr double kAllowed = 1e-3;
  Philox rng(9);
  Matrix x = random_matrix(B, C, rng);
  // Away from 0, where some activations have a kink.
  for (float& value : x.values()) value += std::copysign(0.125F, value);
  std::vector<Parameter> parameters = layer.make_parameters(4, 0);
  for (Parameter& parameter : parameters) {  // |w| has one too
    for (float& value : parameter.value.values()) value += std::copysign(0.125F, value);
  }
  const int OC = layer.outputs(C);
  const Matrix g = random_matrix(B, OC, rng);
  Matrix y(B, OC);
  const auto value = [&] {
    layer.forward(y, x, parameters, moment);
    double sum = layer.penalty(parameters);
    for (int i = 0; i < y.size(); ++i) sum += double{y.values()[i]} * g.values()[i];
    return sum;
  };
  value();
  Matrix grad_x(B, C, std::nanf(""));
  MatrixView to_x = grad_x;
  layer.backward(&to_x, g, x, parameters, 0);
  layer.penalty_backward(parameters);
  const auto slope = [&](float& at) {
    const float before = at;
    at = before + kStep;
    const double above = value();
    at = before - kStep;
    const double below = value();
    at = before;
    return (above - below) / (2 * kStep);
  };
  for (int i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(grad_x.values()[i], slope(x.values()[i]), kAllowed)
        << layer.describe() << " x " << i;
  }
  for (Parameter& parameter : parameters) {
    for (int i = 0; i < parameter.value.size(); ++i) {
      EXPECT_NEAR(parameter.grad.values()[i], slope(parameter.value.values()[i]), kAllowed)
          << layer.describe() << " " << parameter.name << " " << i;
    }
  }
}

TEST(Layers, GradientsAreThoseOfDifferences) {
  Dense dense(5, 3, {.init = "he_normal", .l1 = 0.5F, .l2 = 0.25F});
  check_gradients(dense, 5, {});
  for (const char* name : {"identity", "relu", "leaky_relu", "elu", "silu", "sigmoid", "tanh"}) {
    Activation activation(name);
    check_gradients(activation, 7, {});
  }
  // With one mask for all passes.
  Dropout dropout(0.5F);
  check_gradients(dropout, 33, {.mode = Mode::training, .seed = 1, .step = 2, .layer = 3});
}

TEST(Layers, DenseStartsAsInPhase1) {
  const auto same = [](const nn::basic::Matrix& want, const Matrix& got) {
    for (int c = 0; c < want.rows(); ++c) {
      for (int oc = 0; oc < want.cols(); ++oc) {
        EXPECT_EQ(got(c, oc), static_cast<float>(want(c, oc)));
      }
    }
  };
  Philox he(6, 2), xavier(6, 2);
  const Dense relu_like(31, 9), tanh_like(31, 9, {.init = "xavier_uniform"});
  same(nn::basic::he_normal(31, 9, he), relu_like.make_parameters(6, 2)[0].value);
  same(nn::basic::xavier_uniform(31, 9, xavier), tanh_like.make_parameters(6, 2)[0].value);
  EXPECT_TRUE(identical(relu_like.make_parameters(6, 2)[1].value, Matrix(1, 9)));
}

TEST(Layers, DropoutIsAFunctionOfTheMoment) {
  const Matrix ones(20, 31, 1.0F);
  const auto mask = [&](const Moment& moment) {
    Dropout dropout(0.5F);
    Matrix y(20, 31);
    dropout.forward(y, ones, {}, moment);
    return std::vector<float>(y.values().begin(), y.values().end());
  };
  const Moment moment{.mode = Mode::training, .seed = 1, .step = 2, .layer = 3};
  const std::vector<float> first = mask(moment);
  EXPECT_EQ(mask(moment), first);
  Moment other = moment;
  other.step = 3;
  EXPECT_NE(mask(other), first);
  other = moment;
  other.layer = 4;
  EXPECT_NE(mask(other), first);
  other = moment;
  other.seed = 2;
  EXPECT_NE(mask(other), first);
  EXPECT_EQ(mask({}), std::vector<float>(620, 1.0F)) << "in use, nothing is dropped";
  for (const float value : first) EXPECT_TRUE(value == 0 || value == 2);
}

TEST(Layers, RefuseWhatIsOutOfRange) {
  EXPECT_TRUE(refuses([] { Dense(0, 3); }, {"inputs is 0", "1 to 1048576"}));
  EXPECT_TRUE(refuses([] { Dense(3, -1); }, {"outputs is -1"}));
  EXPECT_TRUE(refuses([] { Dense(3, 3, {.init = "zeros"}); }, {"zeros", "he_normal"}));
  EXPECT_TRUE(refuses([] { Dense(3, 3, {.l1 = -1}); }, {"l1 is -1"}));
  EXPECT_TRUE(refuses([] { Dense(3, 3, {.l2 = std::nanf("")}); }, {"l2 is nan"}));
  EXPECT_TRUE(refuses([] { Activation("swish"); }, {"swish", "silu"}));
  EXPECT_TRUE(refuses([] { Dropout(1); }, {"rate is 1", "[0, 1)"}));
  EXPECT_TRUE(refuses([] { Dropout(-0.1F); }, {"rate is -0.1"}));
}

TEST(Layers, ComeBackFromTheirConfig) {
  std::vector<std::unique_ptr<Layer>> layers;
  layers.push_back(std::make_unique<Dense>(5, 3, DenseOptions{"xavier_uniform", 0.1F, 0.3F}));
  layers.push_back(std::make_unique<Activation>("elu"));
  layers.push_back(std::make_unique<Dropout>(0.1F));
  for (const std::unique_ptr<Layer>& layer : layers) {
    const std::unique_ptr<Layer> again =
        make_layer(nlohmann::json::parse(layer->config().dump()), "f");
    EXPECT_EQ(again->config(), layer->config());
    EXPECT_EQ(again->describe(), layer->describe());
  }
}

}  // namespace
}  // namespace nn::cpu
