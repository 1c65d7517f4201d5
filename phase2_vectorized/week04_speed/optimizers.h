// The optimisers: each rule of momentum.h, adagrad.h, rmsprop.h, adam.h and adamw.h with its memory.
//
//   Adam optimizer({.beta1 = 0.85, .beta2 = 0.98});
//   optimizer.step(parameters, 0.001F);
//
// A hyperparameter outside its range is nn::Error, which names it and the range.
//
// To penalise large weights with the others than AdamW, add the penalty's gradient to grad before the
// step (PyTorch's weight_decay of its SGD and Adam does that).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "phase2_vectorized/week04_speed/adagrad.h"
#include "phase2_vectorized/week04_speed/adam.h"
#include "phase2_vectorized/week04_speed/adamw.h"
#include "phase2_vectorized/week04_speed/optimizer.h"
#include "phase2_vectorized/week04_speed/rmsprop.h"

namespace nn::cpu {

struct SgdOptions {
  double momentum = 0;    // [0, 1); 0 remembers nothing
  bool nesterov = false;  // only with momentum
};

// "sgd", "momentum" or "nesterov", by its options. Remembers a velocity if it has momentum.
class Sgd : public Optimizer {
 public:
  explicit Sgd(SgdOptions options = {});
  std::string name() const override;
  std::string describe() const override;

 protected:
  std::vector<std::string> remembered() const override;
  void update(std::span<float> value, std::span<const std::span<float>> memory,
              std::span<const float> grad, float learning_rate, std::int64_t step) override;

 private:
  SgdOptions options_;
};

// Remembers square_sum.
class Adagrad : public Optimizer {
 public:
  explicit Adagrad(AdagradOptions options = {});
  std::string name() const override { return "adagrad"; }
  std::string describe() const override;

 protected:
  std::vector<std::string> remembered() const override { return {"square_sum"}; }
  void update(std::span<float> value, std::span<const std::span<float>> memory,
              std::span<const float> grad, float learning_rate, std::int64_t step) override;

 private:
  AdagradOptions options_;
};

// Remembers square_mean.
class RmsProp : public Optimizer {
 public:
  explicit RmsProp(RmsPropOptions options = {});
  std::string name() const override { return "rmsprop"; }
  std::string describe() const override;

 protected:
  std::vector<std::string> remembered() const override { return {"square_mean"}; }
  void update(std::span<float> value, std::span<const std::span<float>> memory,
              std::span<const float> grad, float learning_rate, std::int64_t step) override;

 private:
  RmsPropOptions options_;
};

// Remembers first_moment and second_moment.
class Adam : public Optimizer {
 public:
  explicit Adam(AdamOptions options = {});
  std::string name() const override { return "adam"; }
  std::string describe() const override;

 protected:
  std::vector<std::string> remembered() const override { return {"first_moment", "second_moment"}; }
  void update(std::span<float> value, std::span<const std::span<float>> memory,
              std::span<const float> grad, float learning_rate, std::int64_t step) override;

 private:
  AdamOptions options_;
};

// Remembers first_moment and second_moment. Every parameter decays, biases too, as in PyTorch.
class AdamW : public Optimizer {
 public:
  explicit AdamW(AdamWOptions options = {});
  std::string name() const override { return "adamw"; }
  std::string describe() const override;

 protected:
  std::vector<std::string> remembered() const override { return {"first_moment", "second_moment"}; }
  void update(std::span<float> value, std::span<const std::span<float>> memory,
              std::span<const float> grad, float learning_rate, std::int64_t step) override;

 private:
  AdamWOptions options_;
};

// With the usual hyperparameters (momentum 0.9). nn::Error for any name but optimizer_names().
std::unique_ptr<Optimizer> make_optimizer(const std::string& name);
// "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw".
const std::vector<std::string>& optimizer_names();

}  // namespace nn::cpu
