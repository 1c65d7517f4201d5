#include "phase2_vectorized/week04_speed/optimizer.h"

#include <cmath>
#include <set>
#include <utility>

#include "phase2_vectorized/week04_speed/flush_denormals.h"

namespace nn::cpu {

void Optimizer::step(std::span<Parameter> parameters, float learning_rate) {
  if (!(learning_rate >= 0 && std::isfinite(learning_rate))) {
    throw Error(detail::cat(name(), ": the learning rate is ", learning_rate, " at step ",
                            steps_ + 1, "; it is a number of 0 or more"));
  }
  for (const Parameter& parameter : parameters) {
    if (parameter.grad.rows() != parameter.value.rows() ||
        parameter.grad.cols() != parameter.value.cols()) {
      throw Error(detail::cat(name(), ": the gradient of ", parameter.name, " has the shape ",
                              shape_text(parameter.grad), ", and its value ",
                              shape_text(parameter.value)));
    }
  }
  if (steps_ == 0 && slots_.empty()) slots_ = make_slots(parameters);
  check_parameters(parameters);

  const FlushDenormals flush;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    update(parameters[i].value.values(), slots_[i].views, parameters[i].grad.values(),
           learning_rate, steps_ + 1);
  }
  ++steps_;
}

OptimizerState Optimizer::state() const {
  OptimizerState state{.optimizer = name(), .steps = steps_, .tensors = {}};
  const std::vector<std::string> what = remembered();
  for (const Slot& slot : slots_) {
    for (std::size_t i = 0; i < what.size(); ++i) {
      state.tensors.emplace(slot.parameter + "." + what[i], slot.memory[i]);
    }
  }
  return state;
}

void Optimizer::restore(const OptimizerState& state, std::span<const Parameter> parameters) {
  if (state.optimizer != name()) {
    throw Error(detail::cat(name(), ": the state is one of ", state.optimizer));
  }
  if (state.steps < 0) {
    throw Error(
        detail::cat(name(), ": the state says ", state.steps, " steps; they are 0 or more"));
  }
  std::vector<Slot> slots = make_slots(parameters);
  const std::vector<std::string> what = remembered();
  // Before the first step there is nothing to remember, and state() gives no tensors.
  const bool is_fresh = state.steps == 0 && state.tensors.empty();
  std::set<std::string> taken;
  for (Slot& slot : slots) {
    for (std::size_t i = 0; i < what.size() && !is_fresh; ++i) {
      const std::string tensor = slot.parameter + "." + what[i];
      const auto found = state.tensors.find(tensor);
      if (found == state.tensors.end()) {
        throw Error(detail::cat(name(), ": the state lacks ", tensor));
      }
      if (found->second.rows() != slot.rows || found->second.cols() != slot.cols) {
        throw Error(detail::cat(name(), ": ", tensor, " has the shape ", shape_text(found->second),
                                " in the state, and the parameter (", slot.rows, ", ", slot.cols,
                                ")"));
      }
      std::ranges::copy(found->second.values(), slot.views[i].begin());
      taken.insert(tensor);
    }
  }
  for (const auto& [tensor, values] : state.tensors) {
    if (!taken.contains(tensor)) {
      throw Error(
          detail::cat(name(), ": the state has ", tensor, ", which is of no parameter here"));
    }
  }
  slots_ = std::move(slots);
  steps_ = state.steps;
}

std::vector<Optimizer::Slot> Optimizer::make_slots(std::span<const Parameter> parameters) const {
  const std::size_t count = remembered().size();
  std::vector<Slot> slots;
  std::set<std::string> names;
  for (const Parameter& parameter : parameters) {
    if (!names.insert(parameter.name).second) {
      throw Error(detail::cat(name(), ": two parameters are called \"", parameter.name, "\""));
    }
    Slot& slot = slots.emplace_back();
    slot.parameter = parameter.name;
    slot.rows = parameter.value.rows();
    slot.cols = parameter.value.cols();
    for (std::size_t i = 0; i < count; ++i) slot.memory.emplace_back(slot.rows, slot.cols);
    for (Matrix& memory : slot.memory) slot.views.push_back(memory.values());
  }
  return slots;
}

void Optimizer::check_parameters(std::span<const Parameter> parameters) const {
  if (parameters.size() != slots_.size()) {
    throw Error(detail::cat(name(), ": ", parameters.size(), " parameters, and ", slots_.size(),
                            " at the step before; all of them in one call"));
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const Parameter& parameter = parameters[i];
    if (parameter.name != slot.parameter || parameter.value.rows() != slot.rows ||
        parameter.value.cols() != slot.cols) {
      throw Error(detail::cat(name(), ": parameter ", i, " is ", parameter.name, " ",
                              shape_text(parameter.value), ", and was ", slot.parameter, " (",
                              slot.rows, ", ", slot.cols, ") at the step before"));
    }
  }
}

}  // namespace nn::cpu
