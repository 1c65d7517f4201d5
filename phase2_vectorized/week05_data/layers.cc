#include "phase2_vectorized/week05_data/layers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/check.h"
#include "common/rng.h"
#include "phase2_vectorized/week04_speed/activations.h"
#include "phase2_vectorized/week04_speed/dense_layer.h"
#include "phase2_vectorized/week04_speed/dropout.h"
#include "phase2_vectorized/week04_speed/penalties.h"
#include "phase2_vectorized/week05_data/streams.h"

namespace nn::cpu {
namespace {

using nlohmann::json;

constexpr int kMaxFeatures = 1 << 20;

enum DenseParameter : std::size_t { kW, kBias };

void check_penalty(const char* name, float lambda) {
  if (!(lambda >= 0 && std::isfinite(lambda))) {
    throw Error(detail::cat("dense: ", name, " is ", lambda, "; it is a number of 0 or more"));
  }
}

// The same elements in y as in x.
void copy_rows(MatrixView y, ConstMatrixView x) {
  for (int b = 0; b < x.rows; ++b) {
    for (int c = 0; c < x.cols; ++c) y(b, c) = x(b, c);
  }
}

}  // namespace

// ---- what a layer does unless it says otherwise

std::vector<Parameter> Layer::make_parameters(std::uint64_t /*seed*/,
                                              std::uint64_t /*stream*/) const {
  return {};
}

double Layer::penalty(std::span<const Parameter> /*parameters*/) const { return 0; }

void Layer::penalty_backward(std::span<Parameter> /*parameters*/) const {}

// ---- dense

Dense::Dense(int inputs, int outputs, DenseOptions options)
    : inputs_(inputs), outputs_(outputs), options_(std::move(options)) {
  for (const auto& [name, extent] : {std::pair{"inputs", inputs}, std::pair{"outputs", outputs}}) {
    if (extent < 1 || extent > kMaxFeatures) {
      throw Error(detail::cat("dense: ", name, " is ", extent, "; it is a whole number from 1 to ",
                              kMaxFeatures));
    }
  }
  if (options_.init != "he_normal" && options_.init != "xavier_uniform") {
    throw Error(detail::cat("dense: init is \"", options_.init,
                            "\"; it may be he_normal or xavier_uniform"));
  }
  check_penalty("l1", options_.l1);
  check_penalty("l2", options_.l2);
}

std::string Dense::describe() const { return fmt::format("dense({}, {})", inputs_, outputs_); }

json Dense::config() const {
  return {{"type", type()},        {"inputs", inputs_}, {"outputs", outputs_},
          {"init", options_.init}, {"l1", options_.l1}, {"l2", options_.l2}};
}

int Dense::outputs(int C) const {
  NN_CHECK_EQ(C, inputs_, describe());
  return outputs_;
}

std::vector<Parameter> Dense::make_parameters(std::uint64_t seed, std::uint64_t stream) const {
  Philox rng(seed, stream);
  Matrix w(inputs_, outputs_);
  std::vector<double> drawn(w.values().size());
  if (options_.init == "he_normal") {
    fill_normal(drawn, 0, std::sqrt(2.0 / inputs_), rng);  // [He15 eq. 10]
  } else {
    const double a = std::sqrt(6.0 / (double{1} * inputs_ + outputs_));  // [Glorot10 eq. 16]
    fill_uniform(drawn, -a, a, rng);
  }
  std::ranges::transform(drawn, w.data(), [](double value) { return static_cast<float>(value); });
  std::vector<Parameter> parameters;
  parameters.push_back({"w", std::move(w), Matrix(inputs_, outputs_)});
  parameters.push_back({"bias", Matrix(1, outputs_), Matrix(1, outputs_)});
  return parameters;
}

void Dense::forward(MatrixView y, ConstMatrixView x, std::span<const Parameter> parameters,
                    const Moment& /*moment*/) {
  dense_forward(y, x, parameters[kW].value, parameters[kBias].value);
}

void Dense::backward(MatrixView* grad_x, ConstMatrixView grad_y, ConstMatrixView x,
                     std::span<Parameter> parameters, float beta) {
  dense_backward(grad_x, parameters[kW].grad, parameters[kBias].grad, grad_y, x,
                 parameters[kW].value, beta);
}

double Dense::penalty(std::span<const Parameter> parameters) const {
  double sum = 0;
  if (options_.l1 > 0) sum += l1_penalty(parameters[kW].value, options_.l1);
  if (options_.l2 > 0) sum += l2_penalty(parameters[kW].value, options_.l2);
  return sum;
}

void Dense::penalty_backward(std::span<Parameter> parameters) const {
  if (options_.l1 > 0) l1_backward(parameters[kW].grad, parameters[kW].value, options_.l1);
  if (options_.l2 > 0) l2_backward(parameters[kW].grad, parameters[kW].value, options_.l2);
}

// ---- activations

struct Activation::Functions {
  const char* name;
  void (*forward)(MatrixView y, ConstMatrixView x);
  void (*backward)(MatrixView grad_x, ConstMatrixView grad_y, ConstMatrixView x);
};

const Activation::Functions& Activation::functions_of(const std::string& name) {
  static constexpr Functions kAll[] = {{"identity", identity, identity_backward},
                                       {"relu", relu, relu_backward},
                                       {"leaky_relu", leaky_relu, leaky_relu_backward},
                                       {"elu", elu, elu_backward},
                                       {"silu", silu, silu_backward},
                                       {"sigmoid", sigmoid, sigmoid_backward},
                                       {"tanh", tanh, tanh_backward}};
  std::vector<std::string> names;
  for (const Functions& functions : kAll) {
    if (name == functions.name) return functions;
    names.emplace_back(functions.name);
  }
  throw Error(
      fmt::format("there is no activation \"{}\"; there are {}", name, fmt::join(names, ", ")));
}

Activation::Activation(const std::string& name) : functions_(&functions_of(name)) {}

std::string Activation::type() const { return functions_->name; }

json Activation::config() const { return {{"type", type()}}; }

void Activation::forward(MatrixView y, ConstMatrixView x, std::span<const Parameter> /*parameters*/,
                         const Moment& /*moment*/) {
  functions_->forward(y, x);
}

void Activation::backward(MatrixView* grad_x, ConstMatrixView grad_y, ConstMatrixView x,
                          std::span<Parameter> /*parameters*/, float /*beta*/) {
  if (grad_x != nullptr) functions_->backward(*grad_x, grad_y, x);
}

// ---- dropout

Dropout::Dropout(float rate) : rate_(rate) {
  if (!(rate >= 0 && rate < 1)) {
    throw Error(detail::cat("dropout: rate is ", rate, "; it is in [0, 1)"));
  }
}

std::string Dropout::describe() const { return fmt::format("dropout({})", rate_); }

json Dropout::config() const { return {{"type", type()}, {"rate", rate_}}; }

void Dropout::forward(MatrixView y, ConstMatrixView x, std::span<const Parameter> /*parameters*/,
                      const Moment& moment) {
  if (moment.mode == Mode::inference) {
    copy_rows(y, x);
    return;
  }
  mask_.resize(x.rows, x.cols);
  Philox rng(moment.seed, dropout_stream(moment.layer, moment.step));
  dropout(y, mask_, x, rate_, rng);
}

void Dropout::backward(MatrixView* grad_x, ConstMatrixView grad_y, ConstMatrixView /*x*/,
                       std::span<Parameter> /*parameters*/, float /*beta*/) {
  if (grad_x != nullptr) dropout_backward(*grad_x, grad_y, mask_);
}

// ---- from files

std::unique_ptr<Layer> make_layer(const json& config, const std::string& where) {
  try {
    const auto type = config.at("type").get<std::string>();
    std::unique_ptr<Layer> layer;
    if (type == "dense") {
      layer =
          std::make_unique<Dense>(config.at("inputs").get<int>(), config.at("outputs").get<int>(),
                                  DenseOptions{.init = config.at("init").get<std::string>(),
                                               .l1 = config.at("l1").get<float>(),
                                               .l2 = config.at("l2").get<float>()});
    } else if (type == "dropout") {
      layer = std::make_unique<Dropout>(config.at("rate").get<float>());
    } else {
      layer = std::make_unique<Activation>(type);
    }
    // json's own conversions wrap what does not fit, and pass over what they are not asked for.
    if (layer->config() != config) throw Error("it says more or other than such a layer has");
    return layer;
  } catch (const json::exception& error) {
    throw Error(detail::cat(where, ": ", config.dump(), ": ", error.what()));
  } catch (const Error& error) {
    throw Error(detail::cat(where, ": ", config.dump(), ": ", error.what()));
  }
}

}  // namespace nn::cpu
