#include "phase2_vectorized/week05_data/accuracy_objects.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/check.h"

namespace nn::cpu {

using nlohmann::json;

json CategoricalAccuracy::config() const { return {{"type", name()}}; }

Tally CategoricalAccuracy::tally(ConstMatrixView p, const Targets& t) const {
  return categorical_tally(p, t.labels);
}

BinaryAccuracy::BinaryAccuracy(float threshold) : threshold_(threshold) {
  if (!(threshold > 0 && threshold < 1)) {
    throw Error(detail::cat("binary accuracy: threshold is ", threshold, "; it is in (0, 1)"));
  }
}

json BinaryAccuracy::config() const { return {{"type", name()}, {"threshold", threshold_}}; }

Tally BinaryAccuracy::tally(ConstMatrixView p, const Targets& t) const {
  if (!t.are_labels) return binary_tally(p, t.values, threshold_);
  Tally tally{0, p.rows};
  for (int b = 0; b < p.rows; ++b) {
    const bool yes = t.labels[static_cast<std::size_t>(b)] == 1;
    tally.right += !std::isnan(p(b, 0)) && (p(b, 0) > threshold_) == yes ? 1 : 0;
  }
  return tally;
}

RegressionAccuracy::RegressionAccuracy(float precision) : given_(precision), precision_(precision) {
  if (!(precision >= 0 && std::isfinite(precision))) {
    throw Error(detail::cat("regression accuracy: precision is ", precision,
                            "; it is a number of 0 or more"));
  }
}

json RegressionAccuracy::config() const { return {{"type", name()}, {"precision", precision_}}; }

void RegressionAccuracy::prepare(const Targets& all) {
  if (given_ == 0) precision_ = regression_precision(all.values);
}

Tally RegressionAccuracy::tally(ConstMatrixView p, const Targets& t) const {
  return regression_tally(p, t.values, precision_);
}

std::unique_ptr<Accuracy> make_accuracy(const json& config, const std::string& where) {
  try {
    const auto type = config.at("type").get<std::string>();
    std::unique_ptr<Accuracy> accuracy;
    if (type == "categorical") {
      accuracy = std::make_unique<CategoricalAccuracy>();
    } else if (type == "binary") {
      accuracy = std::make_unique<BinaryAccuracy>(config.at("threshold").get<float>());
    } else if (type == "regression") {
      accuracy = std::make_unique<RegressionAccuracy>(config.at("precision").get<float>());
    } else {
      throw Error("there is no such accuracy; there are categorical, binary and regression");
    }
    if (accuracy->config() != config) throw Error("it says more than such an accuracy has");
    return accuracy;
  } catch (const json::exception& error) {
    throw Error(detail::cat(where, ": ", config.dump(), ": ", error.what()));
  } catch (const Error& error) {
    throw Error(detail::cat(where, ": ", config.dump(), ": ", error.what()));
  }
}

}  // namespace nn::cpu
