#include "phase2_vectorized/week04_speed/optimizers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "common/compare_gtest.h"
#include "common/refuses.h"
#include "phase2_vectorized/week04_speed/momentum.h"

namespace nn::cpu {
namespace {

// One step on one parameter, of the optimiser and of its rule by hand, with hyperparameters that are not
// the usual ones: each has to arrive.
TEST(Optimizers, HandTheirHyperparametersOn) {
  const std::vector<float> start{1, -2, 3}, grad{0.5F, 4, -0.25F};
  const auto step_twice = [&](Optimizer& optimizer) {
    std::vector<Parameter> parameters{{"w", Matrix{{1, -2, 3}}, Matrix{{0.5F, 4, -0.25F}}}};
    optimizer.step(parameters, 0.125F);
    optimizer.step(parameters, 0.125F);
    return std::vector<float>(parameters[0].value.values().begin(),
                              parameters[0].value.values().end());
  };
  std::vector<float> want = start, one(3), two(3);
  const auto begin = [&] {
    want = start;
    one = two = {0, 0, 0};
  };

  for (int i = 0; i < 2; ++i) sgd_update(want, grad, 0.125F);
  Sgd sgd;
  EXPECT_TRUE(identical(step_twice(sgd), want));

  begin();
  for (int i = 0; i < 2; ++i) momentum_update(want, one, grad, 0.125F, 0.25);
  Sgd momentum({.momentum = 0.25});
  EXPECT_TRUE(identical(step_twice(momentum), want));

  begin();
  for (int i = 0; i < 2; ++i) nesterov_update(want, one, grad, 0.125F, 0.25);
  Sgd nesterov({.momentum = 0.25, .nesterov = true});
  EXPECT_TRUE(identical(step_twice(nesterov), want));

  begin();
  for (int i = 0; i < 2; ++i) adagrad_update(want, one, grad, 0.125F, {.epsilon = 0.5});
  Adagrad adagrad({.epsilon = 0.5});
  EXPECT_TRUE(identical(step_twice(adagrad), want));

  begin();
  const RmsPropOptions of_rmsprop{.decay = 0.25, .epsilon = 0.5};
  for (int i = 0; i < 2; ++i) rmsprop_update(want, one, grad, 0.125F, of_rmsprop);
  RmsProp rmsprop(of_rmsprop);
  EXPECT_TRUE(identical(step_twice(rmsprop), want));

  begin();
  const AdamOptions of_adam{.beta1 = 0.25, .beta2 = 0.75, .epsilon = 0.5};
  for (int i = 0; i < 2; ++i) adam_update(want, one, two, grad, 0.125F, of_adam, i + 1);
  Adam adam(of_adam);
  EXPECT_TRUE(identical(step_twice(adam), want));

  begin();
  const AdamWOptions of_adamw{.adam = of_adam, .weight_decay = 0.5};
  for (int i = 0; i < 2; ++i) adamw_update(want, one, two, grad, 0.125F, of_adamw, i + 1);
  AdamW adamw(of_adamw);
  EXPECT_TRUE(identical(step_twice(adamw), want));
}

TEST(Optimizers, DescribeThemselvesWithEveryNumber) {
  EXPECT_EQ(Sgd().describe(), "sgd");
  EXPECT_EQ(Sgd({.momentum = 0.9}).describe(), "momentum(momentum 0.9)");
  EXPECT_EQ(Sgd({.momentum = 0.9, .nesterov = true}).describe(), "nesterov(momentum 0.9)");
  EXPECT_EQ(Adagrad().describe(), "adagrad(epsilon 1e-10)");
  EXPECT_EQ(RmsProp().describe(), "rmsprop(decay 0.99, epsilon 1e-08)");
  EXPECT_EQ(Adam().describe(), "adam(beta1 0.9, beta2 0.999, epsilon 1e-08)");
  EXPECT_EQ(AdamW().describe(), "adamw(beta1 0.9, beta2 0.999, epsilon 1e-08, weight_decay 0.01)");
}

TEST(Optimizers, RefuseHyperparametersOutOfRange) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(refuses([] { Sgd({.momentum = 1}); }, {"momentum is 1", "[0, 1)"}));
  EXPECT_TRUE(refuses([&] { Sgd({.momentum = nan}); }, {"momentum is nan"}));
  EXPECT_TRUE(refuses([] { Sgd({.nesterov = true}); }, {"nesterov", "momentum is 0"}));
  EXPECT_TRUE(refuses([] { Adagrad({.epsilon = -1}); }, {"adagrad", "epsilon is -1", "0 or more"}));
  EXPECT_TRUE(refuses([] { RmsProp({.decay = 1}); }, {"rmsprop", "decay is 1", "[0, 1)"}));
  EXPECT_TRUE(refuses([] { RmsProp({.epsilon = -1}); }, {"rmsprop", "epsilon is -1"}));
  EXPECT_TRUE(refuses([] { Adam({.beta1 = -0.5}); }, {"adam", "beta1 is -0.5"}));
  EXPECT_TRUE(refuses([] { Adam({.beta2 = 1}); }, {"adam", "beta2 is 1"}));
  EXPECT_TRUE(refuses([&] { Adam({.epsilon = nan}); }, {"adam", "epsilon is nan"}));
  EXPECT_TRUE(refuses([] { AdamW({.adam = {.beta1 = 2}}); }, {"adamw", "beta1 is 2"}));
  EXPECT_TRUE(refuses([] { AdamW({.weight_decay = -0.5}); }, {"adamw", "weight_decay is -0.5"}));
}

TEST(Optimizers, AreMadeByName) {
  for (const std::string& name : optimizer_names()) EXPECT_EQ(make_optimizer(name)->name(), name);
  EXPECT_EQ(make_optimizer("nesterov")->describe(), "nesterov(momentum 0.9)");
  EXPECT_TRUE(refuses([] { make_optimizer("adma"); }, {"\"adma\"", "sgd, momentum", "adamw"}));
}

}  // namespace
}  // namespace nn::cpu
