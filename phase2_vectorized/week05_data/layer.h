// Layer: one step of a network, as an object: what comes in, what goes out, what it learns.
//
//   y = f(x; parameters)          forward
//   grad_x, and into each parameter's grad                backward, from grad_y
//
// A layer keeps no parameters: the Model owns all of them, side by side, as an optimiser takes them,
// and hands each layer its own. What a layer does keep, from forward to backward, is its mask
// where it is dropout.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "phase2_vectorized/week04_speed/parameter.h"

namespace nn::cpu {

// What a forward pass is for. Dropout drops in training and does nothing in use.
enum class Mode { training, inference };

// Where in a training a forward pass is: what random layers draw from, so that a resumed training drops
// what the killed one would have.
struct Moment {
  Mode mode = Mode::inference;
  std::uint64_t seed = 0;
  std::int64_t step = 0;  // of the whole training
  int layer = 0;          // index in the network; set by forward_chain
};

class Layer {
 public:
  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  virtual ~Layer() = default;

  // "dense": what files call it, and make_layer takes.
  virtual std::string type() const = 0;
  // For messages and summaries: "dense(784, 128)".
  virtual std::string describe() const = 0;
  // All that makes this layer again, without its parameters: {"type": "dense", "inputs": 784, ...}.
  virtual nlohmann::json config() const = 0;

  // How many features must come in; 0: whatever comes.
  virtual int inputs() const { return 0; }
  // How many go out if C come in. C is what inputs() asks for.
  virtual int outputs(int C) const { return C; }

  // Its parameters at the start of training, drawn from Philox(seed, stream): "w" and "bias".
  virtual std::vector<Parameter> make_parameters(std::uint64_t seed, std::uint64_t stream) const;

  // y (B,OC), overwritten, from x (B,C).
  virtual void forward(MatrixView y, ConstMatrixView x, std::span<const Parameter> parameters,
                       const Moment& moment) = 0;
  // grad_x (B,C), overwritten unless it is null; every parameter's grad beta times what it was, plus
  // this batch's (beta 1 accumulates, beta 0 overwrites). x and the parameters as they were in the
  // forward pass before this.
  virtual void backward(MatrixView* grad_x, ConstMatrixView grad_y, ConstMatrixView x,
                        std::span<Parameter> parameters, float beta) = 0;

  // A term of the loss that depends on the parameters alone, and its gradient, accumulated into.
  virtual double penalty(std::span<const Parameter> parameters) const;
  virtual void penalty_backward(std::span<Parameter> parameters) const;
};

}  // namespace nn::cpu
