#include "phase2_vectorized/checkpoint/recipes.h"

#include <algorithm>
#include <memory>

#include "phase2_vectorized/week04_speed/optimizers.h"
#include "phase2_vectorized/week05_data/layers.h"

namespace nn::cpu {
namespace {

constexpr int kPlaneHidden = 64;

// inputs-64-64-outputs with tanh.
void add_tanh_layers(Model& model, int inputs, int outputs) {
  const DenseOptions xavier{.init = "xavier_uniform"};
  model.add<Dense>(inputs, kPlaneHidden, xavier).add<Activation>("tanh");
  model.add<Dense>(kPlaneHidden, kPlaneHidden, xavier).add<Activation>("tanh");
  model.add<Dense>(kPlaneHidden, outputs, xavier);
}

}  // namespace

ImageRecipe recipe_for(const std::string& dataset, int examples) {
  if (dataset == "fashion") {
    return {.epochs = 10, .batch = 128, .learning_rate = 0.003, .hidden = {256}};
  }
  if (examples < kFewExamples) {
    return {.epochs = 20, .batch = std::clamp(examples / 16, 1, 32), .learning_rate = 0.003};
  }
  return {};
}

Model make_image_model(const ImageRecipe& recipe, int inputs, int classes, int examples,
                       std::uint64_t seed) {
  Model model;
  int width = inputs;
  for (const int hidden : recipe.hidden) {
    model.add<Dense>(width, hidden).add<Activation>("relu");
    if (recipe.dropout > 0) model.add<Dropout>(recipe.dropout);
    width = hidden;
  }
  model.add<Dense>(width, classes);
  const std::int64_t steps = batch_count(examples, recipe.batch, LastBatch::keep);
  // A cycle has two steps at least; a training of one takes the first.
  model.set(std::make_unique<CategoricalCrossEntropy>(),
            std::make_unique<Adam>(AdamOptions{.beta1 = 0.85, .beta2 = 0.98}),
            std::make_unique<CategoricalAccuracy>(),
            make_schedule(OneCycle{.peak = recipe.learning_rate,
                                   .steps = std::max<std::int64_t>(2, recipe.epochs * steps)}));
  model.finalize(seed);
  return model;
}

Model make_plane_model(int classes, std::uint64_t seed, std::int64_t steps) {
  Model model;
  add_tanh_layers(model, 2, classes);
  model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Adam>(),
            std::make_unique<CategoricalAccuracy>(),
            make_schedule(OneCycle{.peak = 0.02, .steps = steps}));
  model.finalize(seed);
  return model;
}

Model make_curve_model(std::uint64_t seed, std::int64_t steps) {
  Model model;
  add_tanh_layers(model, 1, 1);
  model.set(std::make_unique<MeanSquaredError>(), std::make_unique<Adam>(),
            std::make_unique<RegressionAccuracy>(),
            make_schedule(OneCycle{.peak = 0.01, .steps = steps}));
  model.finalize(seed);
  return model;
}

}  // namespace nn::cpu
