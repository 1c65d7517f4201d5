// Optimizer: moves parameters along their gradients, and remembers what its rule needs to.
//
//   const std::unique_ptr<Optimizer> optimizer = make_optimizer("adam");
//   for (...) {
//     zero_grad(parameters);
//     ...                                        // forward, loss, backward: adds to every grad
//     optimizer->step(parameters, schedule.rate(optimizer->steps()));
//   }
//
// The rules are in files of their own (optimizers.h lists them). What they have in common is here:
// the checks, the memory for what they remember, saving it and restoring it.
//
// Results   Every element of a parameter is computed by itself and with no fused multiply-add, so
//           the set of instructions and the number of threads change no bit of the result.
//           During a step, numbers below 1.2e-38 count as 0: flush_denormals.h.
// Resuming  A state written by state() and taken by restore() continues bit by bit as if training
//           had never stopped.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "phase2_vectorized/week04_speed/parameter.h"

namespace nn::cpu {

// Everything that an optimiser knows between two steps.
struct OptimizerState {
  std::string optimizer;                  // whose: Optimizer::name()
  std::int64_t steps = 0;                 // taken so far
  std::map<std::string, Matrix> tensors;  // "layers.0.w.first_moment": parameter.name, "." and what
};

class Optimizer {
 public:
  Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;
  virtual ~Optimizer() = default;

  // Moves every value by its grad, which stays as it is. All parameters in one call, the same at
  // each step and in the same order; the first step allocates what is remembered, the later ones
  // nothing. nn::Error, before anything has moved, if
  //   - learning_rate is negative, NaN or infinite,
  //   - a grad has another shape than its value, or two parameters have one name,
  //   - the parameters are not those of the step before (their number, a name or a shape).
  void step(std::span<Parameter> parameters, float learning_rate);

  std::int64_t steps() const { return steps_; }  // taken so far

  // "adam": what make_optimizer (optimizers.h) takes.
  virtual std::string name() const = 0;
  // With every hyperparameter: "adam(beta1 0.9, beta2 0.999, epsilon 1e-08)".
  virtual std::string describe() const = 0;

  // Copies, so that they may be written while training goes on. Before the first step: no tensors.
  OptimizerState state() const;
  // Continues from there, for these parameters. nn::Error, with this optimiser as it was, if the
  // state is another optimiser's, its steps are negative, or a tensor is missing, is of no
  // parameter, or has another shape than its parameter.
  void restore(const OptimizerState& state, std::span<const Parameter> parameters);

 protected:
  // What the rule remembers for each parameter: {"first_moment", "second_moment"}.
  virtual std::vector<std::string> remembered() const = 0;
  // The rule, for one parameter. memory: what is remembered, in the order of remembered(), 0 before
  // the first step. step: 1 at the first.
  virtual void update(std::span<float> value, std::span<const std::span<float>> memory,
                      std::span<const float> grad, float learning_rate, std::int64_t step) = 0;

 private:
  struct Slot {  // of one parameter
    std::string parameter;
    int rows = 0, cols = 0;
    std::vector<Matrix> memory;
    std::vector<std::span<float>> views;  // of memory's elements, as update() takes them
  };
  std::vector<Slot> make_slots(std::span<const Parameter> parameters) const;
  void check_parameters(std::span<const Parameter> parameters) const;

  std::vector<Slot> slots_;
  std::int64_t steps_ = 0;
};

}  // namespace nn::cpu
