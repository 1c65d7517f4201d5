#include "phase2_vectorized/week05_data/callback.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>

#include "common/check.h"

namespace nn::cpu {
namespace {

struct MetricField {
  const char* name;
  double EpochMetrics::*field;
};

constexpr MetricField kFields[] = {
    {"loss", &EpochMetrics::loss},         {"accuracy", &EpochMetrics::accuracy},
    {"val_loss", &EpochMetrics::val_loss}, {"val_accuracy", &EpochMetrics::val_accuracy},
    {"penalty", &EpochMetrics::penalty},   {"learning_rate", &EpochMetrics::learning_rate},
    {"seconds", &EpochMetrics::seconds},   {"wall_time", &EpochMetrics::wall_time}};

}  // namespace

const std::vector<std::string>& metric_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const MetricField& field : kFields) all.emplace_back(field.name);
    return all;
  }();
  return names;
}

double metric(const EpochMetrics& metrics, const std::string& name) {
  for (const MetricField& field : kFields) {
    if (name == field.name) return metrics.*field.field;
  }
  throw Error(fmt::format("there is no metric \"{}\"; there are {}", name,
                          fmt::join(metric_names(), ", ")));
}

std::vector<double> metric_values(const EpochMetrics& metrics) {
  std::vector<double> values;
  for (const MetricField& field : kFields) values.push_back(metrics.*field.field);
  return values;
}

EpochMetrics metrics_of(const std::vector<double>& values) {
  NN_CHECK_EQ(values.size(), std::size(kFields), "one value a metric");
  EpochMetrics metrics;
  for (std::size_t i = 0; i < values.size(); ++i) metrics.*kFields[i].field = values[i];
  return metrics;
}

void Callback::restore(const CallbackState& state) {
  if (!state.empty()) throw Error(detail::cat(name(), " has no state to restore"));
}

std::vector<double> state_numbers(const CallbackState& state, const std::string& name, int count) {
  const auto found = state.find(name);
  if (found == state.end()) throw Error(detail::cat("the state has no \"", name, "\""));
  const NpyArray& array = found->second;
  if (array.dtype != Dtype::f8 || array.shape.size() != 1 || array.shape[0] != count) {
    throw Error(detail::cat("\"", name, "\" in the state is ", nn::name(array.dtype), " of shape ",
                            to_string(array.shape), "; it should be <f8 of ", count, " elements"));
  }
  return array.as_doubles();
}

}  // namespace nn::cpu
