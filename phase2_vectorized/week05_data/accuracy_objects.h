// Accuracy objects: which answers of a network count as right. Beside each loss, the one that goes with it:
//
//   CategoricalCrossEntropy   CategoricalAccuracy    the largest of the outputs is the label's
//   BinaryCrossEntropy        BinaryAccuracy         on the right side of a threshold
//   MeanSquaredError, ...     RegressionAccuracy     near enough
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "phase2_vectorized/week05_data/tally.h"
#include "phase2_vectorized/week05_data/targets.h"

namespace nn::cpu {

class Accuracy {
 public:
  Accuracy() = default;
  Accuracy(const Accuracy&) = delete;
  Accuracy& operator=(const Accuracy&) = delete;
  virtual ~Accuracy() = default;

  virtual std::string name() const = 0;            // "categorical"
  virtual nlohmann::json config() const = 0;       // what make_accuracy takes
  virtual void prepare(const Targets& /*all*/) {}  // before training: all of its targets
  // Whether the network's outputs will do as they are. Else tally() wants the loss's predictions of
  // them, which cost a pass more.
  virtual bool takes_outputs() const { return false; }
  virtual Tally tally(ConstMatrixView p, const Targets& t) const = 0;
};

class CategoricalAccuracy : public Accuracy {
 public:
  std::string name() const override { return "categorical"; }
  nlohmann::json config() const override;
  bool takes_outputs() const override { return true; }  // softmax keeps the order
  Tally tally(ConstMatrixView p, const Targets& t) const override;
};

class BinaryAccuracy : public Accuracy {
 public:
  explicit BinaryAccuracy(float threshold = 0.5F);  // in (0, 1), else nn::Error
  std::string name() const override { return "binary"; }
  nlohmann::json config() const override;
  Tally tally(ConstMatrixView p, const Targets& t) const override;

 private:
  float threshold_;
};

// Near enough is within `precision`, in the units of the targets; 0: within 1/250 of the spread of the
// targets that prepare() was given (regression_precision).
class RegressionAccuracy : public Accuracy {
 public:
  explicit RegressionAccuracy(float precision = 0);  // 0 or more and finite, else nn::Error
  std::string name() const override { return "regression"; }
  nlohmann::json config() const override;
  void prepare(const Targets& all) override;
  bool takes_outputs() const override { return true; }
  Tally tally(ConstMatrixView p, const Targets& t) const override;

 private:
  float given_;
  float precision_;
};

// What gave this config(). nn::Error, which begins with `where`, for anything else.
std::unique_ptr<Accuracy> make_accuracy(const nlohmann::json& config, const std::string& where);

}  // namespace nn::cpu
