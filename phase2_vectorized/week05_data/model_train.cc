// Model::train: the loop over epochs and steps.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "common/check.h"
#include "common/timing.h"
#include "phase2_vectorized/week05_data/model.h"

namespace nn::cpu {
namespace {

constexpr int kMaxEpochs = 1'000'000;

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// "nan" without the sign that some of them have.
std::string number_text(double value) {
  return std::isnan(value) ? "nan" : fmt::format("{:.4g}", value);
}

// The first callback of each name, but for those without a state, of which there may be many.
void check_names(const std::vector<Callback*>& callbacks) {
  for (std::size_t i = 0; i < callbacks.size(); ++i) {
    if (callbacks[i] == nullptr) throw Error(detail::cat("train: callback ", i, " is null"));
    for (std::size_t j = 0; j < i; ++j) {
      const bool same = callbacks[j]->name() == callbacks[i]->name();
      if (same && !(callbacks[i]->state().empty() && callbacks[j]->state().empty())) {
        throw Error(detail::cat("train: two callbacks are called ", callbacks[i]->name(),
                                "; a checkpoint could not tell their states apart"));
      }
    }
  }
}

}  // namespace

TrainingEnd Model::train(ConstMatrixView x, const Targets& y, const TrainOptions& options) {
  check_features("train", x.cols);
  MatrixBatches batches({x, y}, options.batch_size, options.seed);
  return train(batches, options);
}

TrainingEnd Model::train(BatchSource& batches, const TrainOptions& options) {
  check_ready_to_train(batches, options);
  TrainingContext context{.model = *this,
                          .epochs = options.epochs,
                          .batches = batches.batches(),
                          .examples = batches.examples(),
                          .has_validation = options.validation_data.has_value()};
  begin_training(batches, options, context);
  // Whatever ends the training, what the callbacks know is kept for a checkpoint after it.
  const auto keep_states = [&] {
    callback_states_.clear();
    for (const Callback* callback : callbacks_) {
      CallbackState state = callback->state();
      if (!state.empty()) callback_states_[callback->name()] = std::move(state);
    }
    callbacks_.clear();
  };
  try {
    const TrainingEnd end = train_epochs(batches, options, context);
    if (end != TrainingEnd::interrupted) {
      for (Callback* callback : callbacks_) callback->on_train_end(context);
    }
    keep_states();
    return end;
  } catch (...) {
    keep_states();
    throw;
  }
}

void Model::check_ready_to_train(const BatchSource& batches, const TrainOptions& options) const {
  check_features("train", batches.features());
  if (loss_ == nullptr || optimizer_ == nullptr) {
    throw Error("train: the model has no loss or no optimizer; call set()");
  }
  if (options.epochs < 1 || options.epochs > kMaxEpochs) {
    throw Error(detail::cat("train: epochs is ", options.epochs,
                            "; it is a whole number from 1 to ", kMaxEpochs));
  }
  loss_->check_targets(batches.targets(), outputs());
  if (options.validation_data) {
    check_features("train, validation_data", options.validation_data->x.cols);
    check_examples("train, validation_data", *options.validation_data);
    loss_->check_targets(options.validation_data->t, outputs());
  }
  check_names(options.callbacks);
  const bool begun = state_.batch_size != 0;
  if (begun && (state_.batch_size != batches.batch_size() || state_.seed != batches.seed() ||
                state_.examples != batches.examples())) {
    throw Error(
        fmt::format("train: this training began with batches of {} of {} examples and seed {}, and "
                    "cannot go on "
                    "with batches of {} of {} and seed {}; set() begins another",
                    state_.batch_size, state_.examples, state_.seed, batches.batch_size(),
                    batches.examples(), batches.seed()));
  }
  for (const auto& [key, state] : callback_states_) {
    const std::string& name = key;
    const bool there = std::ranges::any_of(
        options.callbacks, [&](const Callback* callback) { return callback->name() == name; });
    if (!there) {
      throw Error(detail::cat("train: this training began with a callback ", name,
                              ", and cannot go on without it; set() begins another"));
    }
  }
}

void Model::begin_training(BatchSource& batches, const TrainOptions& options,
                           TrainingContext& context) {
  state_.batch_size = batches.batch_size();
  state_.seed = batches.seed();
  state_.examples = batches.examples();
  if (accuracy_ != nullptr) accuracy_->prepare(batches.targets());
  for (Callback* callback : options.callbacks) {
    if (const auto kept = callback_states_.find(callback->name()); kept != callback_states_.end()) {
      callback->restore(kept->second);
    }
  }
  callbacks_ = options.callbacks;
  for (Callback* callback : callbacks_) callback->on_train_begin(context);
}

TrainingEnd Model::train_epochs(BatchSource& batches, const TrainOptions& options,
                                TrainingContext& context) {
  while (state_.epoch < options.epochs) {
    if (context.stop) return TrainingEnd::stopped;
    batches.start_epoch(state_.epoch, state_.step);
    while (state_.step < context.batches) {
      const Stopwatch watch;
      const Examples batch = batches.next();
      state_.rate = double{schedule_->rate(optimizer_->steps())} * context.rate_factor;
      train_step(batch);
      state_.seconds += watch.seconds();
      for (Callback* callback : callbacks_) callback->on_step_end(context);
      if (context.interrupt) return TrainingEnd::interrupted;
    }
    finish_epoch(options);
    // A copy: a callback may look at the history meanwhile.
    const EpochMetrics metrics = state_.history.back();
    for (Callback* callback : callbacks_) callback->on_epoch_end(context, metrics);
    for (Callback* callback : callbacks_) callback->write_epoch(context, metrics);
  }
  return context.stop ? TrainingEnd::stopped : TrainingEnd::finished;
}

void Model::train_step(const Examples& batch) {
  const int B = batch.size();
  const ConstMatrixView z =
      forward(batch.x, {.mode = Mode::training, .seed = state_.seed, .step = state_.steps});
  const double loss = loss_->loss(grad_views_.back(), z, batch.t);
  if (!std::isfinite(loss)) refuse_divergence(batch, loss);
  const Tally right = tally(z, batch.t);
  backward_chain(grad_views_, y_views_, batch.x, links_,
                 0);  // the last step's gradients are done with
  double penalty = 0;
  for (const Link& link : links_) {
    penalty += link.layer->penalty(link.parameters);
    link.layer->penalty_backward(link.parameters);
  }
  optimizer_->step(parameters_, static_cast<float>(state_.rate));
  state_.loss_sum += loss * B;
  state_.penalty_sum += penalty;
  state_.seen += B;
  state_.tally += right;
  ++state_.step;
  ++state_.steps;
}

void Model::finish_epoch(const TrainOptions& options) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  for (const Parameter& parameter : parameters_) {
    if (!std::ranges::all_of(parameter.value.values(), [](float v) { return std::isfinite(v); })) {
      throw Error(detail::cat("train: ", parameter.name, " became infinite in epoch ",
                              state_.epoch + 1,
                              ": the steps are too long. Try a smaller learning "
                              "rate"));
    }
  }
  EpochMetrics metrics;
  metrics.loss = state_.loss_sum / static_cast<double>(state_.seen);
  metrics.accuracy = accuracy_ == nullptr ? kNone : state_.tally.share();
  metrics.penalty = state_.penalty_sum / state_.step;
  metrics.learning_rate = state_.rate;
  metrics.seconds = state_.seconds;
  metrics.val_loss = metrics.val_accuracy = kNone;
  if (options.validation_data) {
    const Evaluation seen = evaluate(options.validation_data->x, options.validation_data->t);
    metrics.val_loss = seen.loss;
    metrics.val_accuracy = seen.accuracy;
  }
  schedule_->observe(options.validation_data ? metrics.val_loss : metrics.loss);
  metrics.wall_time = seconds_since_1970();
  state_.history.push_back(metrics);
  ++state_.epoch;
  state_.step = 0;
  state_.loss_sum = state_.penalty_sum = state_.seconds = 0;
  state_.seen = 0;
  state_.tally = {};
}

void Model::refuse_divergence(const Examples& batch, double loss) const {
  const std::string where =
      fmt::format("train: the loss became {} in epoch {}, step {}: ", number_text(loss),
                  state_.epoch + 1, state_.step + 1);
  for (int b = 0; b < batch.x.rows; ++b) {
    for (int c = 0; c < batch.x.cols; ++c) {
      if (!std::isfinite(batch.x(b, c))) {
        throw Error(fmt::format("{}feature {} of an example is {}, and features are finite numbers",
                                where, c, number_text(batch.x(b, c))));
      }
    }
  }
  throw Error(where + "the steps are too long. Try a smaller learning rate");
}

}  // namespace nn::cpu
