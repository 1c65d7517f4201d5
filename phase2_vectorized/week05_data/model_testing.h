// What the tests of models share: small problems, small networks, and whether two are the same to the bit.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "common/test_files.h"
#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/optimizers.h"
#include "phase2_vectorized/week05_data/callbacks.h"
#include "phase2_vectorized/week05_data/layers.h"
#include "phase2_vectorized/week05_data/model.h"

namespace nn::cpu {

// 67 points of 5 features in three clouds: a number that no batch size of the tests divides.
struct Problem {
  Matrix x{67, 5};
  std::vector<int> labels;
  Matrix numbers{67, 2};  // of the features, as a regression has them

  explicit Problem(std::uint64_t seed = 1) {
    Philox rng(seed);
    for (int n = 0; n < x.rows(); ++n) {
      const int label = n * 7 % 3;
      for (int c = 0; c < x.cols(); ++c) {
        x(n, c) = static_cast<float>(rng.normal() + 2 * (c == label));
      }
      labels.push_back(label);
      numbers(n, 0) = x(n, 0) - x(n, 1);
      numbers(n, 1) = x(n, 2) * 0.5F;
    }
  }
};

// 5-8-3 with dropout and penalties: all that a training has to keep.
inline Model classifier(float rate = 0.25F) {
  Model model;
  model.add<Dense>(5, 8, DenseOptions{.init = "he_normal", .l1 = 1e-4F, .l2 = 1e-3F});
  model.add<Activation>("relu").add<Dropout>(rate).add<Dense>(8, 3);
  model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Adam>(),
            std::make_unique<CategoricalAccuracy>(), constant_rate(0.01));
  model.finalize(3);
  return model;
}

inline std::vector<std::uint32_t> bits_of(std::span<const float> values) {
  std::vector<std::uint32_t> bits(values.size());
  std::memcpy(bits.data(), values.data(), values.size_bytes());
  return bits;
}

// The bits of all parameters, side by side.
inline std::vector<std::uint32_t> bits_of(const Model& model) {
  std::vector<std::uint32_t> all;
  for (const Parameter& parameter : model.parameters()) {
    const std::vector<std::uint32_t> bits = bits_of(parameter.value.values());
    all.insert(all.end(), bits.begin(), bits.end());
  }
  return all;
}

// What two runs of one training share to the bit: all but the times.
inline std::vector<std::uint64_t> bits_of(const std::vector<EpochMetrics>& history) {
  std::vector<std::uint64_t> bits;
  for (EpochMetrics metrics : history) {
    metrics.seconds = metrics.wall_time = 0;
    for (const double value : metric_values(metrics)) {
      bits.push_back(std::isnan(value) ? 0 : std::bit_cast<std::uint64_t>(value));
    }
  }
  return bits;
}

// Interrupts a training after so many steps of it.
class InterruptAfter : public Callback {
 public:
  explicit InterruptAfter(std::int64_t steps) : steps_(steps) {}
  std::string name() const override { return "interrupt_after"; }
  void on_step_end(TrainingContext& context) override {
    context.interrupt = context.model.state().steps == steps_;
  }

 private:
  std::int64_t steps_;
};

}  // namespace nn::cpu
