#include "phase1_cpu/checkpoint/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>

#include "common/check.h"
#include "common/rng.h"
#include "common/timing.h"
#include "phase1_cpu/week02_losses/accuracy.h"
#include "phase1_cpu/week02_losses/softmax_cross_entropy.h"

namespace nn::basic {
namespace {

// All weights and biases in doubles; more would not fit a laptop's memory beside the rest.
constexpr std::int64_t kMaxParameters = 20'000'000;

// The message of an option that is out of range: what it is, what it may be.
template <class T>
[[noreturn]] void refuse(const char* option, const T& value, const std::string& allowed) {
  throw Error(detail::cat(option, " is ", value, "; it may be ", allowed));
}

std::vector<int> all_labels(const ImageSet& set) {
  return {set.labels().begin(), set.labels().end()};
}

bool all_finite(const Matrix& m) {
  // No early exit, so that the compiler can look at several elements at once.
  int count = 0;
  for (const double value : m.values()) count += std::isfinite(value) ? 0 : 1;
  return count == 0;
}

bool all_finite(const Mlp& mlp) {
  return std::ranges::all_of(mlp.layers, [](const DenseLayer& layer) {
    return all_finite(layer.w) && all_finite(layer.bias);
  });
}

// "nan" without the sign that some of them have.
std::string number_text(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{:.4g}", value);
}

[[noreturn]] void refuse_divergence(const std::string& what, const TrainingState& state,
                                    const TrainingOptions& options) {
  throw Error(detail::cat(what, " at epoch ", state.epoch + 1, ", step ", state.step + 1,
                          ": the steps are too long. Try a smaller --lr than ",
                          options.learning_rate));
}

// Closes the epoch whose steps are all done: its metrics into the history, its sums back to zero.
void finish_epoch(TrainingState& state, const TrainingOptions& options, const Dataset& data) {
  const auto count = static_cast<double>(data.train.size());
  EpochMetrics metrics;
  metrics.train_loss = state.loss_sum / count;
  metrics.train_accuracy = state.correct / count;
  metrics.seconds = state.seconds;
  const Matrix z = predict(state.mlp, data.test);
  const std::vector<int> labels = all_labels(data.test);
  metrics.test_loss = softmax_cross_entropy(z, labels);
  metrics.test_accuracy = categorical_accuracy(z, labels);
  if (!std::isfinite(metrics.test_loss)) {
    refuse_divergence("the test loss became " + number_text(metrics.test_loss), state, options);
  }
  state.history.push_back(metrics);
  ++state.epoch;
  state.step = 0;
  state.loss_sum = 0;
  state.correct = 0;
  state.seconds = 0;
}

}  // namespace

std::string hidden_text(const std::vector<int>& hidden) {
  return hidden.empty() ? "none" : fmt::format("{}", fmt::join(hidden, ","));
}

void check_options(const TrainingOptions& options) {
  if (options.epochs < 1 || options.epochs > 10'000) {
    refuse("--epochs", options.epochs, kEpochsAllowed);
  }
  if (options.batch < 1 || options.batch > 65'536) refuse("--batch", options.batch, kBatchAllowed);
  if (!(options.learning_rate > 0 && options.learning_rate <= 1000)) {  // also refuses NaN
    refuse("--lr", options.learning_rate, kLearningRateAllowed);
  }
  const bool widths_allowed =
      std::ranges::all_of(options.hidden, [](int width) { return width >= 1 && width <= 65'536; });
  if (!widths_allowed || options.hidden.size() > 16) {
    refuse("--hidden", hidden_text(options.hidden), kHiddenAllowed);
  }
}

void check_options(const TrainingOptions& options, const Dataset& data) {
  check_options(options);
  if (options.batch > data.train.size()) {
    refuse("--batch", options.batch,
           detail::cat("at most the ", data.train.size(), " training images there are"));
  }
  const std::vector<int> widths = network_widths(options, data);
  std::int64_t parameters = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    parameters += (std::int64_t{widths[i]} + 1) * widths[i + 1];
  }
  if (parameters > kMaxParameters) {
    refuse("--hidden", hidden_text(options.hidden),
           detail::cat("smaller: it asks for ", parameters, " weights and biases, and at most ",
                       kMaxParameters, " are allowed"));
  }
}

TrainingState start_training(const TrainingOptions& options, const Dataset& data) {
  check_options(options, data);
  TrainingState state;
  state.mlp = make_mlp(network_widths(options, data), options.seed);
  return state;
}

std::vector<int> network_widths(const TrainingOptions& options, const Dataset& data) {
  std::vector<int> widths{data.train.pixels()};
  widths.insert(widths.end(), options.hidden.begin(), options.hidden.end());
  widths.push_back(static_cast<int>(data.class_names.size()));
  return widths;
}

int steps_per_epoch(const TrainingOptions& options, const Dataset& data) {
  return (data.train.size() + options.batch - 1) / options.batch;  // the last may be smaller
}

Matrix predict(const Mlp& mlp, const ImageSet& set) {
  constexpr int kBatch = 500;
  Matrix z(set.size(), mlp.widths().back());
  std::vector<int> indices;
  for (int first = 0; first < set.size(); first += kBatch) {
    indices.resize(static_cast<std::size_t>(std::min(kBatch, set.size() - first)));
    std::iota(indices.begin(), indices.end(), first);
    const Matrix part = mlp_forward(mlp, set.minibatch(indices));
    std::ranges::copy(part.values(), z.row(first).data());
  }
  return z;
}

TrainingEnd train(TrainingState& state, const TrainingOptions& options, const Dataset& data,
                  const TrainingEvents& events) {
  const int steps = steps_per_epoch(options, data);
  while (state.epoch < options.epochs) {
    Philox rng(options.seed, kShuffleStream + static_cast<std::uint64_t>(state.epoch));
    const std::vector<int> order = permutation(data.train.size(), rng);
    while (state.step < steps) {
      const Stopwatch watch;
      const int first = state.step * options.batch;
      const int count = std::min(options.batch, data.train.size() - first);
      const auto batch = std::span(order).subspan(static_cast<std::size_t>(first),
                                                  static_cast<std::size_t>(count));
      const StepResult result =
          train_step(state.mlp, data.train.minibatch(batch), data.train.minibatch_labels(batch),
                     options.learning_rate);
      const double loss_sum = state.loss_sum + result.loss * count;
      if (!std::isfinite(loss_sum)) {
        refuse_divergence("the loss became " + number_text(result.loss), state, options);
      }
      if (!all_finite(state.mlp)) refuse_divergence("a weight became infinite", state, options);
      state.loss_sum = loss_sum;
      state.correct += result.correct;
      ++state.step;
      state.seconds += watch.seconds();
      if (events.after_step) events.after_step(state);
      if (events.should_stop && events.should_stop()) return TrainingEnd::interrupted;
    }
    finish_epoch(state, options, data);
    if (events.after_epoch) events.after_epoch(state);
  }
  return TrainingEnd::finished;
}

}  // namespace nn::basic
