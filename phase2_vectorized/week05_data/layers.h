// The layers there are: dense, the activations, dropout.
//
//   model.add(std::make_unique<Dense>(784, 128));
//   model.add(std::make_unique<Activation>("relu"));
//   model.add(std::make_unique<Dropout>(0.2F));
//   model.add(std::make_unique<Dense>(128, 10));
#pragma once

#include "phase2_vectorized/week05_data/layer.h"

namespace nn::cpu {

struct DenseOptions {
  std::string init = "he_normal";  // or "xavier_uniform": phase1_cpu/week03_learning/init.h
  float l1 = 0, l2 = 0;            // penalties on w, not on the bias (penalties.h)
};

// y = x . w + bias, w (C,OC), bias (1,OC). Initialised as phase 1's, rounded to float.
class Dense : public Layer {
 public:
  // inputs, outputs in [1, 2^20]; an unknown init or a penalty that is negative or not finite: nn::Error.
  Dense(int inputs, int outputs, DenseOptions options = {});

  std::string type() const override { return "dense"; }
  std::string describe() const override;
  nlohmann::json config() const override;
  int inputs() const override { return inputs_; }
  int outputs(int C) const override;
  std::vector<Parameter> make_parameters(std::uint64_t seed, std::uint64_t stream) const override;
  void forward(MatrixView y, ConstMatrixView x, std::span<const Parameter> parameters,
               const Moment& moment) override;
  void backward(MatrixView* grad_x, ConstMatrixView grad_y, ConstMatrixView x,
                std::span<Parameter> parameters, float beta) override;
  double penalty(std::span<const Parameter> parameters) const override;
  void penalty_backward(std::span<Parameter> parameters) const override;

 private:
  int inputs_, outputs_;
  DenseOptions options_;
};

// One of activations.h, on every element.
class Activation : public Layer {
 public:
  // "identity", "relu", "leaky_relu", "elu", "silu", "sigmoid" or "tanh", else nn::Error.
  explicit Activation(const std::string& name);

  std::string type() const override;
  std::string describe() const override { return type(); }
  nlohmann::json config() const override;
  void forward(MatrixView y, ConstMatrixView x, std::span<const Parameter> parameters,
               const Moment& moment) override;
  void backward(MatrixView* grad_x, ConstMatrixView grad_y, ConstMatrixView x,
                std::span<Parameter> parameters, float beta) override;

 private:
  struct Functions;
  static const Functions& functions_of(const std::string& name);
  const Functions* functions_;
};

// In training, sets each element to 0 with probability `rate` (dropout.h); in use, y = x.
class Dropout : public Layer {
 public:
  // rate in [0, 1), else nn::Error.
  explicit Dropout(float rate);

  std::string type() const override { return "dropout"; }
  std::string describe() const override;
  nlohmann::json config() const override;
  void forward(MatrixView y, ConstMatrixView x, std::span<const Parameter> parameters,
               const Moment& moment) override;
  void backward(MatrixView* grad_x, ConstMatrixView grad_y, ConstMatrixView x,
                std::span<Parameter> parameters, float beta) override;

 private:
  float rate_;
  Matrix mask_;  // (B,C) of the last forward pass in training
};

// The layer that gave this config(). nn::Error, which begins with `where`, for anything else.
std::unique_ptr<Layer> make_layer(const nlohmann::json& config, const std::string& where);

}  // namespace nn::cpu
