#include "phase1_cpu/checkpoint/mlp.h"

#include <gtest/gtest.h>

#include <string>

#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

// The reference's network: 13-11-7-5 on 9 examples.
Mlp golden_mlp() {
  Mlp mlp;
  for (const std::string layer : {"1", "2", "3"}) {
    mlp.layers.push_back({golden_matrix("mlp/w" + layer), golden_matrix("mlp/bias" + layer)});
  }
  return mlp;
}

TEST(Mlp, ForwardAndGradientsMatchTheReference) {
  const Mlp mlp = golden_mlp();
  const Matrix x = golden_matrix("mlp/x");
  StepResult result;
  const std::vector<DenseLayer> gradients = mlp_gradients(result, mlp, x, golden_labels("mlp/t"));
  EXPECT_TRUE(matches_golden(mlp_forward(mlp, x), "mlp/logits"));
  EXPECT_TRUE(matches_golden(result.loss, "mlp/loss"));
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const std::string layer = std::to_string(i + 1);
    EXPECT_TRUE(matches_golden(gradients[i].w, "mlp/grad_w" + layer));
    EXPECT_TRUE(matches_golden(gradients[i].bias, "mlp/grad_bias" + layer));
  }
}

TEST(Mlp, TwentyStepsMatchTheReference) {
  Mlp mlp = golden_mlp();
  const Matrix x = golden_matrix("mlp/x");
  for (int step = 0; step < 20; ++step) train_step(mlp, x, golden_labels("mlp/t"), 0.1);
  for (std::size_t i = 0; i < mlp.layers.size(); ++i) {
    const std::string layer = std::to_string(i + 1);
    EXPECT_TRUE(matches_golden(mlp.layers[i].w, "mlp/trained_w" + layer));
    EXPECT_TRUE(matches_golden(mlp.layers[i].bias, "mlp/trained_bias" + layer));
  }
}

TEST(Mlp, CountsTheRightAnswers) {
  // One layer that copies its input: the largest input is the answer.
  const Mlp mlp{{{Matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, Matrix(1, 3)}}};
  StepResult result;
  mlp_gradients(result, mlp, Matrix{{3, 1, 2}, {1, 2, 3}}, {0, 1});
  EXPECT_EQ(result.correct, 1);
}

TEST(Mlp, MakesHeInitialisedLayersFromStreamsOfTheirOwn) {
  const Mlp mlp = make_mlp({31, 17, 5}, 7);
  EXPECT_EQ(mlp.widths(), (std::vector<int>{31, 17, 5}));
  EXPECT_TRUE(matches_golden(mlp.layers[0].w, "he_normal/w"));  // seed 7, stream 0
  EXPECT_TRUE(identical(mlp.layers[1].bias, Matrix(1, 5)));
  // Another first layer leaves the second layer's weights as they are.
  EXPECT_TRUE(identical(make_mlp({3, 17, 5}, 7).layers[1].w, mlp.layers[1].w));
}

TEST(Mlp, RefusesBadExtents) {
  EXPECT_TRUE(refuses([] { make_mlp({784}, 1); }, {"input and an output", "1"}));
  EXPECT_THROW(make_mlp({784, 0, 10}, 1), Error);
  StepResult result;
  EXPECT_THROW(mlp_gradients(result, make_mlp({3, 2}, 1), Matrix(4, 2), {0, 1, 0, 1}), Error);
  EXPECT_THROW(mlp_gradients(result, make_mlp({3, 2}, 1), Matrix(4, 3), {0, 1, 0}), Error);
}

}  // namespace
}  // namespace nn::basic
