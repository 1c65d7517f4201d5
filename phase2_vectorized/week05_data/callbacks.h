// The callbacks there are, by the names that people know them by.
//
//   EarlyStopping stop({.monitor = "val_loss", .patience = 3, .restore_best_weights = true});
//   CSVLogger log(folder / "log.csv");
//   model.train(x, y, {.epochs = 100, .callbacks = {&stop, &log}});
//
// `monitor` is one of metric_names(): "loss", "accuracy", "val_loss", "val_accuracy", ... A training
// without validation data has no val_ values: watching one is refused when it begins.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/event_file.h"
#include "phase2_vectorized/week04_speed/matrix.h"
#include "phase2_vectorized/week04_speed/schedules.h"
#include "phase2_vectorized/week05_data/callback.h"
#include "phase2_vectorized/week05_data/early_stopping.h"

namespace nn::cpu {

// What is better of a metric: higher of accuracies, lower of all others.
Better better_of(const std::string& monitor);

// Ends training when `monitor` has not become better for `patience` epochs.
struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  double min_delta = 0;
  int patience = 10;
  bool restore_best_weights = false;  // at the end: the parameters of the best epoch
};

class EarlyStopping : public Callback {
 public:
  explicit EarlyStopping(EarlyStoppingOptions options = {});
  std::string name() const override { return "early_stopping"; }
  const Watch& watch() const { return watch_; }

  void on_train_begin(TrainingContext& context) override;
  void on_epoch_end(TrainingContext& context, const EpochMetrics& metrics) override;
  void on_train_end(TrainingContext& context) override;
  CallbackState state() const override;
  void restore(const CallbackState& state) override;

 private:
  EarlyStoppingOptions options_;
  Patience patience_;
  Watch watch_;
  std::map<std::string, Matrix> best_;  // parameters; empty unless they are to be restored
};

// Writes checkpoints: `last` after each epoch, to go on from; and `best`, a whole model, whenever
// `monitor` is better than ever. A file is whole at any time. Either path may be empty: then it is not
// written.
struct ModelCheckpointOptions {
  std::filesystem::path last = {};
  std::filesystem::path best = {};
  std::string monitor = "val_loss";
  int save_every = 0;  // steps between two writings of `last` within an epoch; 0: none
};

class ModelCheckpoint : public Callback {
 public:
  explicit ModelCheckpoint(ModelCheckpointOptions options);
  std::string name() const override { return "model_checkpoint"; }

  void on_train_begin(TrainingContext& context) override;
  void on_step_end(TrainingContext& context) override;
  void on_epoch_end(TrainingContext& context, const EpochMetrics& metrics) override;
  void write_epoch(TrainingContext& context, const EpochMetrics& metrics) override;
  CallbackState state() const override;
  void restore(const CallbackState& state) override;

 private:
  ModelCheckpointOptions options_;
  Patience patience_;
  Watch watch_;
};

// A line an epoch, every metric a column ("epoch" first); nan where there is no validation data. The file is
// written whole each time, from the model's history: a resumed training goes on with it, and no line
// comes twice.
class CSVLogger : public Callback {
 public:
  explicit CSVLogger(std::filesystem::path path) : path_(std::move(path)) {}
  std::string name() const override { return "csv_logger"; }
  void write_epoch(TrainingContext& context, const EpochMetrics& metrics) override;

 private:
  std::filesystem::path path_;
};

// Scalars by epoch for TensorBoard, in folder/events.out.tfevents.groundup, as Keras calls them:
// epoch_loss, epoch_accuracy, epoch_learning_rate, and validation/epoch_loss, ... A resumed training goes
// on with the file: what it had of later epochs is cut off.
class TensorBoard : public Callback {
 public:
  explicit TensorBoard(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::string name() const override { return "tensor_board"; }
  void on_train_begin(TrainingContext& context) override;
  void write_epoch(TrainingContext& context, const EpochMetrics& metrics) override;

 private:
  std::filesystem::path folder_;
  std::optional<EventFile> file_;
};

// Multiplies the learning rate by `factor` when `monitor` has not become better for `patience` epochs: the
// rule of reduce_on_plateau (schedules.h), on top of whatever schedule the model has.
struct ReduceLROnPlateauOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;      // (0, 1)
  int patience = 10;        // >= 0: more epochs than this without improvement
  double threshold = 1e-4;  // better is by more than this share of the best
  int cooldown = 0;         // epochs after a change that count for nothing
  double least = 0;         // the factor never falls below; [0, 1]
};

class ReduceLROnPlateau : public Callback {
 public:
  explicit ReduceLROnPlateau(ReduceLROnPlateauOptions options = {});
  std::string name() const override { return "reduce_lr_on_plateau"; }
  void on_train_begin(TrainingContext& context) override;
  void on_epoch_end(TrainingContext& context, const EpochMetrics& metrics) override;
  CallbackState state() const override;
  void restore(const CallbackState& state) override;

 private:
  std::string monitor_;
  Plateau plateau_;
  PlateauState state_;
};

}  // namespace nn::cpu
