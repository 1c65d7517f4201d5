// Loss objects: what a network's last layer means, how far off it is, and the gradient of that.
//
//   object                    targets               last layer     prediction
//   CategoricalCrossEntropy   labels in [0, OC)     logits         softmax: a probability a class
//   BinaryCrossEntropy        labels 0 and 1 (OC    logits         sigmoid: the probability of class 1
//                             is 1 then), or numbers
//                             in [0, 1]
//   MeanSquaredError          numbers               the numbers    the same
//   MeanAbsoluteError         numbers               the numbers    the same
//
// Softmax and sigmoid are part of the loss and not layers of their own, since loss and activation
// together have a gradient, p - t, that neither rounds nor overflows on the way.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "phase2_vectorized/week04_speed/matrix.h"
#include "phase2_vectorized/week05_data/targets.h"

namespace nn::cpu {

class Loss {
 public:
  Loss() = default;
  Loss(const Loss&) = delete;
  Loss& operator=(const Loss&) = delete;
  virtual ~Loss() = default;

  // "categorical_cross_entropy": what files call it, and make_loss takes.
  virtual std::string name() const = 0;
  // nn::Error, naming the first that is wrong and what is allowed, unless these can be the targets of a
  // network with OC outputs.
  virtual void check_targets(const Targets& t, int OC) const = 0;
  // The mean loss of the last layer's outputs z (B,OC), and grad_z (B,OC), overwritten.
  virtual double loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const = 0;
  // p (B,OC), overwritten: what the outputs mean. p may be z.
  virtual void predictions(MatrixView p, ConstMatrixView z) const = 0;
  // The class of each row of predictions; nn::Error where predictions are numbers, not classes.
  virtual void classes(std::span<int> said, ConstMatrixView p) const = 0;
};

class CategoricalCrossEntropy : public Loss {
 public:
  std::string name() const override { return "categorical_cross_entropy"; }
  void check_targets(const Targets& t, int OC) const override;
  double loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const override;
  void predictions(MatrixView p, ConstMatrixView z) const override;
  void classes(std::span<int> said, ConstMatrixView p) const override;
};

// Fused with sigmoid: per element max(z, 0) - z t + log(1 + e^-|z|), gradient sigmoid(z) - t, both
// over B OC. No clamp is needed: no logarithm sees 0. Sums are double's.
class BinaryCrossEntropy : public Loss {
 public:
  std::string name() const override { return "binary_cross_entropy"; }
  void check_targets(const Targets& t, int OC) const override;
  double loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const override;
  void predictions(MatrixView p, ConstMatrixView z) const override;
  // 1 where the probability is above 1/2; OC is 1.
  void classes(std::span<int> said, ConstMatrixView p) const override;
};

// What both losses of numbers have in common.
class RegressionLoss : public Loss {
 public:
  void check_targets(const Targets& t, int OC) const override;
  void predictions(MatrixView p, ConstMatrixView z) const override;
  void classes(std::span<int> said, ConstMatrixView p) const override;
};

class MeanSquaredError : public RegressionLoss {
 public:
  std::string name() const override { return "mean_squared_error"; }
  double loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const override;
};

class MeanAbsoluteError : public RegressionLoss {
 public:
  std::string name() const override { return "mean_absolute_error"; }
  double loss(MatrixView grad_z, ConstMatrixView z, const Targets& t) const override;
};

// By name(). Another name: nn::Error that lists these.
std::unique_ptr<Loss> make_loss(const std::string& name);

}  // namespace nn::cpu
