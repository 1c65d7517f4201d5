#include "phase2_vectorized/week04_speed/optimizers.h"

#include "phase2_vectorized/week04_speed/hyperparameters.h"
#include "phase2_vectorized/week04_speed/momentum.h"

namespace nn::cpu {

Sgd::Sgd(SgdOptions options) : options_(options) {
  check_fraction("sgd", "momentum", options.momentum);
  if (options.nesterov && options.momentum == 0) {
    throw Error("sgd: nesterov looks ahead along a velocity, and momentum is 0");
  }
}

std::string Sgd::name() const {
  if (options_.momentum == 0) return "sgd";
  return options_.nesterov ? "nesterov" : "momentum";
}

std::string Sgd::describe() const {
  if (options_.momentum == 0) return name();
  return detail::cat(name(), "(momentum ", options_.momentum, ")");
}

std::vector<std::string> Sgd::remembered() const {
  if (options_.momentum == 0) return {};
  return {"velocity"};
}

void Sgd::update(std::span<float> value, std::span<const std::span<float>> memory,
                 std::span<const float> grad, float learning_rate, std::int64_t /*step*/) {
  if (options_.momentum == 0) {
    sgd_update(value, grad, learning_rate);
  } else if (options_.nesterov) {
    nesterov_update(value, memory[0], grad, learning_rate, options_.momentum);
  } else {
    momentum_update(value, memory[0], grad, learning_rate, options_.momentum);
  }
}

Adagrad::Adagrad(AdagradOptions options) : options_(options) {
  check_not_negative("adagrad", "epsilon", options.epsilon);
}

std::string Adagrad::describe() const {
  return detail::cat("adagrad(epsilon ", options_.epsilon, ")");
}

void Adagrad::update(std::span<float> value, std::span<const std::span<float>> memory,
                     std::span<const float> grad, float learning_rate, std::int64_t /*step*/) {
  adagrad_update(value, memory[0], grad, learning_rate, options_);
}

RmsProp::RmsProp(RmsPropOptions options) : options_(options) {
  check_fraction("rmsprop", "decay", options.decay);
  check_not_negative("rmsprop", "epsilon", options.epsilon);
}

std::string RmsProp::describe() const {
  return detail::cat("rmsprop(decay ", options_.decay, ", epsilon ", options_.epsilon, ")");
}

void RmsProp::update(std::span<float> value, std::span<const std::span<float>> memory,
                     std::span<const float> grad, float learning_rate, std::int64_t /*step*/) {
  rmsprop_update(value, memory[0], grad, learning_rate, options_);
}

namespace {

void check_adam(const char* who, const AdamOptions& options) {
  check_fraction(who, "beta1", options.beta1);
  check_fraction(who, "beta2", options.beta2);
  check_not_negative(who, "epsilon", options.epsilon);
}

std::string adam_text(const AdamOptions& options) {
  return detail::cat("beta1 ", options.beta1, ", beta2 ", options.beta2, ", epsilon ",
                     options.epsilon);
}

}  // namespace

Adam::Adam(AdamOptions options) : options_(options) { check_adam("adam", options); }

std::string Adam::describe() const { return detail::cat("adam(", adam_text(options_), ")"); }

void Adam::update(std::span<float> value, std::span<const std::span<float>> memory,
                  std::span<const float> grad, float learning_rate, std::int64_t step) {
  adam_update(value, memory[0], memory[1], grad, learning_rate, options_, step);
}

AdamW::AdamW(AdamWOptions options) : options_(options) {
  check_adam("adamw", options.adam);
  check_not_negative("adamw", "weight_decay", options.weight_decay);
}

std::string AdamW::describe() const {
  return detail::cat("adamw(", adam_text(options_.adam), ", weight_decay ", options_.weight_decay,
                     ")");
}

void AdamW::update(std::span<float> value, std::span<const std::span<float>> memory,
                   std::span<const float> grad, float learning_rate, std::int64_t step) {
  adamw_update(value, memory[0], memory[1], grad, learning_rate, options_, step);
}

std::unique_ptr<Optimizer> make_optimizer(const std::string& name) {
  if (name == "sgd") return std::make_unique<Sgd>();
  if (name == "momentum") return std::make_unique<Sgd>(SgdOptions{.momentum = 0.9});
  if (name == "nesterov") {
    return std::make_unique<Sgd>(SgdOptions{.momentum = 0.9, .nesterov = true});
  }
  if (name == "adagrad") return std::make_unique<Adagrad>();
  if (name == "rmsprop") return std::make_unique<RmsProp>();
  if (name == "adam") return std::make_unique<Adam>();
  if (name == "adamw") return std::make_unique<AdamW>();
  std::string names;
  for (const std::string& known : optimizer_names()) names += (names.empty() ? "" : ", ") + known;
  throw Error(detail::cat("there is no optimiser \"", name, "\"; there are: ", names));
}

const std::vector<std::string>& optimizer_names() {
  static const std::vector<std::string> names{"sgd",     "momentum", "nesterov", "adagrad",
                                              "rmsprop", "adam",     "adamw"};
  return names;
}

}  // namespace nn::cpu
