#include "phase2_vectorized/week04_speed/optimizer.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "common/compare_gtest.h"
#include "common/refuses.h"
#include "common/rng.h"
#include "phase2_vectorized/week04_speed/flush_denormals.h"
#include "phase2_vectorized/week04_speed/optimizers.h"

namespace nn::cpu {
namespace {

Matrix random_matrix(int rows, int cols, Philox& rng) {
  Matrix m(rows, cols);
  for (float& value : m.values()) value = static_cast<float>(rng.normal());
  return m;
}

// A layer's two parameters.
std::vector<Parameter> make_parameters() {
  Philox rng(1);
  std::vector<Parameter> parameters(2);
  parameters[0] = {"layers.0.w", random_matrix(5, 3, rng), Matrix(5, 3)};
  parameters[1] = {"layers.0.bias", random_matrix(1, 3, rng), Matrix(1, 3)};
  return parameters;
}

// The gradients of batch `step`, the same for whoever asks.
void fill_gradients(std::vector<Parameter>& parameters, std::int64_t step) {
  Philox rng(2, static_cast<std::uint64_t>(step));
  for (Parameter& parameter : parameters) {
    for (float& one : parameter.grad.values()) one = static_cast<float>(rng.normal());
  }
}

TEST(Optimizer, EveryOneIsItsRuleOnEveryParameter) {
  for (const std::string& name : optimizer_names()) {
    const auto together = make_optimizer(name);
    std::vector<Parameter> all = make_parameters();
    std::vector<Parameter> first = make_parameters(), second = make_parameters();
    first.pop_back();
    second.erase(second.begin());
    const auto of_first = make_optimizer(name), of_second = make_optimizer(name);
    const std::vector<Parameter> start = make_parameters();
    for (int step = 0; step < 5; ++step) {
      fill_gradients(all, step);
      first[0].grad = all[0].grad;
      second[0].grad = all[1].grad;
      together->step(all, 0.125F);
      of_first->step(first, 0.125F);
      of_second->step(second, 0.125F);
    }
    EXPECT_TRUE(identical(all[0].value, first[0].value)) << name;
    EXPECT_TRUE(identical(all[1].value, second[0].value)) << name;
    EXPECT_FALSE(close(all[0].value, start[0].value, Bound{.abs = 0.01})) << name;
    EXPECT_EQ(together->steps(), 5);
    EXPECT_EQ(together->name(), name);
  }
}

// Stopped after 3 steps and continued by another object, as after a restart: the same to the last bit.
TEST(Optimizer, ContinuesFromItsState) {
  for (const std::string& name : optimizer_names()) {
    const auto straight = make_optimizer(name);
    std::vector<Parameter> parameters = make_parameters();
    OptimizerState kept;
    std::vector<Parameter> kept_parameters;
    for (int step = 0; step < 8; ++step) {
      if (step == 3) kept = straight->state(), kept_parameters = parameters;
      fill_gradients(parameters, step);
      straight->step(parameters, 0.125F);
    }
    const auto resumed = make_optimizer(name);
    resumed->restore(kept, kept_parameters);
    EXPECT_EQ(resumed->steps(), 3);
    for (int step = 3; step < 8; ++step) {
      fill_gradients(kept_parameters, step);
      resumed->step(kept_parameters, 0.125F);
    }
    EXPECT_TRUE(identical(kept_parameters[0].value, parameters[0].value)) << name;
    EXPECT_TRUE(identical(kept_parameters[1].value, parameters[1].value)) << name;

    // And a state from before the first step is one to begin from.
    const auto fresh = make_optimizer(name);
    fresh->restore(make_optimizer(name)->state(), parameters);
    fresh->step(parameters, 0.125F);
    EXPECT_EQ(fresh->steps(), 1);
  }
}

TEST(Optimizer, NamesWhatItRemembers) {
  std::vector<Parameter> parameters = make_parameters();
  Adam adam;
  EXPECT_TRUE(adam.state().tensors.empty());
  adam.step(parameters, 0.1F);
  std::string names;
  for (const auto& [name, tensor] : adam.state().tensors) names += name + " ";
  EXPECT_EQ(names,
            "layers.0.bias.first_moment layers.0.bias.second_moment layers.0.w.first_moment "
            "layers.0.w.second_moment ");
  EXPECT_EQ(adam.state().optimizer, "adam");
  EXPECT_EQ(adam.state().tensors.at("layers.0.w.first_moment").rows(), 5);
}

TEST(Optimizer, RestoresNoOthersState) {
  std::vector<Parameter> parameters = make_parameters();
  Adam adam;
  adam.step(parameters, 0.1F);
  const OptimizerState good = adam.state();

  RmsProp other;
  EXPECT_TRUE(refuses([&] { other.restore(good, parameters); }, {"rmsprop", "adam"}));
  Adam fresh;
  OptimizerState bad = good;
  bad.steps = -1;
  EXPECT_TRUE(refuses([&] { fresh.restore(bad, parameters); }, {"-1 steps"}));
  bad = good;
  bad.tensors.erase("layers.0.bias.second_moment");
  EXPECT_TRUE(
      refuses([&] { fresh.restore(bad, parameters); }, {"lacks layers.0.bias.second_moment"}));
  bad = good;
  bad.tensors.at("layers.0.w.first_moment") = Matrix(3, 5);
  EXPECT_TRUE(refuses([&] { fresh.restore(bad, parameters); },
                      {"layers.0.w.first_moment", "(3, 5)", "(5, 3)"}));
  bad = good;
  bad.tensors.emplace("layers.1.w.first_moment", Matrix(2, 2));
  EXPECT_TRUE(refuses([&] { fresh.restore(bad, parameters); },
                      {"layers.1.w.first_moment", "no parameter"}));
  EXPECT_EQ(fresh.steps(), 0);
  EXPECT_TRUE(fresh.state().tensors.empty());
  fresh.restore(good, parameters);
  EXPECT_EQ(fresh.steps(), 1);
}

// Nothing has moved when it refuses, and it goes on as if it had not been asked.
TEST(Optimizer, RefusesBadSteps) {
  std::vector<Parameter> parameters = make_parameters();
  Adam adam;
  fill_gradients(parameters, 0);
  const Matrix before = parameters[0].value;
  for (const float rate :
       {-1.0F, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    EXPECT_TRUE(refuses([&] { adam.step(parameters, rate); }, {"adam", "learning rate", "step 1"}));
  }
  parameters[1].grad = Matrix(3, 1);
  EXPECT_TRUE(refuses([&] { adam.step(parameters, 0.1F); }, {"layers.0.bias", "(3, 1)", "(1, 3)"}));
  parameters[1].grad = Matrix(1, 3);
  parameters[1].name = "layers.0.w";
  EXPECT_TRUE(refuses([&] { adam.step(parameters, 0.1F); }, {"two parameters", "layers.0.w"}));
  parameters[1].name = "layers.0.bias";
  EXPECT_TRUE(identical(parameters[0].value, before));
  EXPECT_EQ(adam.steps(), 0);

  adam.step(parameters, 0.1F);
  std::vector<Parameter> fewer = make_parameters();
  fewer.pop_back();
  EXPECT_TRUE(refuses([&] { adam.step(fewer, 0.1F); }, {"1 parameters", "2 at the step before"}));
  std::vector<Parameter> swapped = make_parameters();
  std::swap(swapped[0], swapped[1]);
  EXPECT_TRUE(refuses([&] { adam.step(swapped, 0.1F); }, {"layers.0.bias", "was layers.0.w"}));
  std::vector<Parameter> wider = make_parameters();
  wider[0].value = wider[0].grad = Matrix(5, 4);
  EXPECT_TRUE(refuses([&] { adam.step(wider, 0.1F); }, {"(5, 4)", "(5, 3)"}));
  EXPECT_EQ(adam.steps(), 1);
}

TEST(Optimizer, ZeroGradLeavesTheValue) {
  std::vector<Parameter> parameters = make_parameters();
  const Matrix before = parameters[0].value;
  fill_gradients(parameters, 0);
  zero_grad(parameters);
  EXPECT_TRUE(identical(parameters[0].grad, Matrix(5, 3)));
  EXPECT_TRUE(identical(parameters[1].grad, Matrix(1, 3)));
  EXPECT_TRUE(identical(parameters[0].value, before));
}

// A velocity that nothing feeds becomes 0 in the end, and does not stay among the denormals, where each
// step would take thirty times as long. 0.9^900 is 7e-42.
TEST(Optimizer, AForgottenVelocityEndsAtZero) {
  Sgd momentum({.momentum = 0.9});
  std::vector<Parameter> parameters = make_parameters();
  fill_gradients(parameters, 0);
  momentum.step(parameters, 0.1F);
  zero_grad(parameters);
  for (int step = 0; step < 900; ++step) momentum.step(parameters, 0.1F);
  EXPECT_TRUE(identical(momentum.state().tensors.at("layers.0.w.velocity"), Matrix(5, 3)));
}

TEST(FlushDenormals, OnlyWhileOneLives) {
  volatile float small = 1e-38F;
  volatile float tenth = 0.1F;
  const float before = small * tenth;
  volatile float during = 0;  // stored within the braces
  {
    const FlushDenormals flush;
    during = small * tenth;
  }
  const float after = small * tenth;
  EXPECT_GT(before, 0);
  EXPECT_EQ(after, before);
#if defined(__x86_64__) || defined(__aarch64__)
  EXPECT_EQ(during, 0);
#else
  GTEST_SKIP() << "of this processor we know no mode that takes denormals for 0";
#endif
}

}  // namespace
}  // namespace nn::cpu
