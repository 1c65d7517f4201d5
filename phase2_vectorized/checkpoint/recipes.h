// The networks and trainings whose results this phase promises, so that programs and tests mean the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "phase2_vectorized/week05_data/model.h"

namespace nn::cpu {

// Images to classes: dense layers with ReLU between them, Adam, one cycle of learning rates.
struct ImageRecipe {
  int epochs = 4;
  int batch = 256;
  double learning_rate = 0.012;  // the cycle's peak
  std::vector<int> hidden{128};
  float dropout = 0;  // after each hidden layer
};

// With fewer examples to learn from, MNIST's recipe takes too few steps, which are too long.
inline constexpr int kFewExamples = 5000;

// What suits a data set of this name with so many examples to learn from: for Fashion-MNIST its own;
// for a set of few, small steps, 16 or more an epoch where there are as many examples; for any other,
// what suits MNIST.
ImageRecipe recipe_for(const std::string& dataset, int examples);

// A network from `inputs` pixels to `classes` classes, finalized, with the schedule for so many examples.
// nn::Error for what layers and schedules refuse.
Model make_image_model(const ImageRecipe& recipe, int inputs, int classes, int examples,
                       std::uint64_t seed);

// Points in the plane to classes, and a number to a number: two hidden layers with tanh.
Model make_plane_model(int classes, std::uint64_t seed, std::int64_t steps);
Model make_curve_model(std::uint64_t seed, std::int64_t steps);

}  // namespace nn::cpu
