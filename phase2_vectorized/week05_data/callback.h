// Callbacks: what happens beside the steps of a training. Each is told when a step or an epoch is over,
// may end the training, and may have a state that a checkpoint keeps.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/npy.h"

namespace nn::cpu {

class Model;

// One finished epoch.
struct EpochMetrics {
  double loss = 0;           // mean over the epoch's examples, weights changing meanwhile
  double accuracy = 0;       // [0, 1], likewise
  double val_loss = 0;       // of the validation data, after the epoch; NaN without any
  double val_accuracy = 0;   // [0, 1]
  double penalty = 0;        // L1 and L2, mean over the epoch's steps; not in `loss`
  double learning_rate = 0;  // of the last step
  double seconds = 0;        // of training, without validation and callbacks
  double wall_time = 0;      // at the end, seconds since 1970; it and `seconds` differ by run
};

// The fields in this order, as files name them.
const std::vector<std::string>& metric_names();
// The field of this name. Another name: nn::Error that lists them.
double metric(const EpochMetrics& metrics, const std::string& name);
std::vector<double> metric_values(const EpochMetrics& metrics);
EpochMetrics metrics_of(const std::vector<double>& values);  // as many as names

// How a call of train() ended.
enum class TrainingEnd {
  finished,     // all epochs are trained
  stopped,      // a callback found that more would not help
  interrupted,  // a callback asked for an end within an epoch; train() again goes on there
};

// What callbacks see of a training, and what they can do to it.
struct TrainingContext {
  Model& model;  // state() says how far it is
  int epochs;
  int batches;   // an epoch
  int examples;  // an epoch
  bool has_validation;

  bool stop = false;       // set it: no epoch after this one
  bool interrupt = false;  // set it: no step after this one
  double rate_factor = 1;  // what the schedule's learning rate is multiplied by
};

// What a callback knows between two epochs, by name.
using CallbackState = std::map<std::string, NpyArray>;

class Callback {
 public:
  Callback() = default;
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  virtual ~Callback() = default;

  // Whose state it is, in a checkpoint: "early_stopping". One of each name in a training, but for those
  // without a state.
  virtual std::string name() const = 0;

  // After a checkpoint's state was restored, if there was one.
  virtual void on_train_begin(TrainingContext& context) { static_cast<void>(context); }
  virtual void on_step_end(TrainingContext& context) { static_cast<void>(context); }
  virtual void on_epoch_end(TrainingContext& context, const EpochMetrics& metrics) {
    static_cast<void>(context), static_cast<void>(metrics);
  }
  // After every callback's on_epoch_end, so that a checkpoint written here has what all of them
  // concluded from this epoch.
  virtual void write_epoch(TrainingContext& context, const EpochMetrics& metrics) {
    static_cast<void>(context), static_cast<void>(metrics);
  }
  // Once training is over; not after an interruption.
  virtual void on_train_end(TrainingContext& context) { static_cast<void>(context); }

  virtual CallbackState state() const { return {}; }
  // nn::Error unless state() could have given this.
  virtual void restore(const CallbackState& state);
};

// Numbers of a CallbackState: under this name, `count` of them; nn::Error if there are not.
std::vector<double> state_numbers(const CallbackState& state, const std::string& name, int count);

}  // namespace nn::cpu
