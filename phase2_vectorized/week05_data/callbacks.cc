#include "phase2_vectorized/week05_data/callbacks.h"

#include <cmath>
#include <cstring>
#include <utility>

#include "common/check.h"
#include "common/csv.h"
#include "phase2_vectorized/week05_data/model.h"

namespace nn::cpu {
namespace {

// nn::Error unless a training has what is to be watched.
void check_monitor(const std::string& who, const std::string& monitor,
                   const TrainingContext& context) {
  if (monitor.starts_with("val_") && !context.has_validation) {
    throw Error(
        detail::cat(who, " watches ", monitor, ", and this training has no validation_data"));
  }
}

NpyArray watch_array(const Watch& watch) {
  return to_array(std::vector<double>{watch.best, static_cast<double>(watch.best_epoch),
                                      static_cast<double>(watch.waited)},
                  {3});
}

// A count that was kept as a double.
int count_of(double value, const char* what) {
  if (!(value >= 0 && value <= 1e9 && value == std::floor(value))) {
    throw Error(detail::cat(what, " in the state is ", value, ", not a count"));
  }
  return static_cast<int>(value);
}

Watch watch_of(const CallbackState& state) {
  const std::vector<double> values = state_numbers(state, "watch", 3);
  return {values[0], count_of(values[1], "the best epoch"), count_of(values[2], "the wait")};
}

}  // namespace

Better better_of(const std::string& monitor) {
  metric({}, monitor);  // throws for what is no metric
  return monitor.ends_with("accuracy") ? Better::higher : Better::lower;
}

// ---- EarlyStopping

EarlyStopping::EarlyStopping(EarlyStoppingOptions options)
    : options_(std::move(options)),
      patience_{better_of(options_.monitor), options_.min_delta, options_.patience} {
  is_over(watch_, patience_);  // throws for options out of range
}

void EarlyStopping::on_train_begin(TrainingContext& context) {
  check_monitor(name(), options_.monitor, context);
  if (is_over(watch_, patience_)) context.stop = true;  // of a training that had stopped
}

void EarlyStopping::on_epoch_end(TrainingContext& context, const EpochMetrics& metrics) {
  watch_ =
      observe(watch_, metric(metrics, options_.monitor), context.model.state().epoch, patience_);
  if (watch_.waited == 0 && options_.restore_best_weights) best_ = context.model.get_parameters();
  if (is_over(watch_, patience_)) context.stop = true;
}

void EarlyStopping::on_train_end(TrainingContext& context) {
  if (!best_.empty()) context.model.set_parameters(best_);
}

CallbackState EarlyStopping::state() const {
  CallbackState state{{"watch", watch_array(watch_)}};
  for (const auto& [name, value] : best_) {
    state["best." + name] = to_array(value.values(), {value.rows(), value.cols()});
  }
  return state;
}

void EarlyStopping::restore(const CallbackState& state) {
  const Watch watch = watch_of(state);
  std::map<std::string, Matrix> best;
  for (const auto& [name, array] : state) {
    if (!name.starts_with("best.")) continue;
    if (array.dtype != Dtype::f4 || array.shape.size() != 2) {
      throw Error(detail::cat(this->name(), ": ", name, " in the state is no matrix of floats"));
    }
    Matrix value(static_cast<int>(array.shape[0]), static_cast<int>(array.shape[1]));
    std::memcpy(value.data(), array.bytes.data(), array.bytes.size());
    best[name.substr(std::strlen("best."))] = std::move(value);
  }
  watch_ = watch;
  best_ = std::move(best);
}

// ---- ModelCheckpoint

ModelCheckpoint::ModelCheckpoint(ModelCheckpointOptions options)
    : options_(std::move(options)), patience_{.better = better_of(options_.monitor)} {
  if (options_.save_every < 0) {
    throw Error(detail::cat(name(), ": save_every is ", options_.save_every,
                            "; it is a number of steps, or 0"));
  }
}

void ModelCheckpoint::on_train_begin(TrainingContext& context) {
  if (!options_.best.empty()) check_monitor(name(), options_.monitor, context);
}

void ModelCheckpoint::on_step_end(TrainingContext& context) {
  if (options_.save_every == 0 || options_.last.empty()) return;
  if (context.model.state().step % options_.save_every == 0) {
    context.model.save_checkpoint(options_.last);
  }
}

void ModelCheckpoint::on_epoch_end(TrainingContext& context, const EpochMetrics& metrics) {
  watch_ =
      observe(watch_, metric(metrics, options_.monitor), context.model.state().epoch, patience_);
}

void ModelCheckpoint::write_epoch(TrainingContext& context, const EpochMetrics& /*metrics*/) {
  // The best first: a program killed between the two goes on from before this epoch, and writes both.
  if (!options_.best.empty() && watch_.best_epoch == context.model.state().epoch) {
    context.model.save(options_.best);
  }
  if (!options_.last.empty()) context.model.save_checkpoint(options_.last);
}

CallbackState ModelCheckpoint::state() const { return {{"watch", watch_array(watch_)}}; }

void ModelCheckpoint::restore(const CallbackState& state) { watch_ = watch_of(state); }

// ---- CSVLogger

void CSVLogger::write_epoch(TrainingContext& context, const EpochMetrics& /*metrics*/) {
  std::vector<std::string> columns{"epoch"};
  columns.insert(columns.end(), metric_names().begin(), metric_names().end());
  CsvLog log(columns);
  double epoch = 0;
  for (const EpochMetrics& metrics : context.model.history()) {
    std::vector<double> row{++epoch};
    const std::vector<double> values = metric_values(metrics);
    row.insert(row.end(), values.begin(), values.end());
    log.add_row(row);
  }
  log.write(path_);
}

// ---- TensorBoard

void TensorBoard::on_train_begin(TrainingContext& context) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) throw Error(detail::cat("cannot make the folder ", folder_, ": ", error.message()));
  const std::vector<EpochMetrics>& history = context.model.history();
  file_.emplace(folder_ / kEventFileName, context.model.state().epoch,
                history.empty() ? 0 : history.front().wall_time);
}

void TensorBoard::write_epoch(TrainingContext& context, const EpochMetrics& metrics) {
  Event event{.wall_time = metrics.wall_time, .step = context.model.state().epoch};
  for (const std::string& metric_name : metric_names()) {
    const double value = metric(metrics, metric_name);
    if (metric_name == "wall_time" || std::isnan(value)) continue;
    const std::string tag = metric_name.starts_with("val_")
                                ? "validation/epoch_" + metric_name.substr(4)
                                : "epoch_" + metric_name;
    event.scalars.push_back({tag, static_cast<float>(value)});
  }
  file_->append(event);
}

// ---- ReduceLROnPlateau

ReduceLROnPlateau::ReduceLROnPlateau(ReduceLROnPlateauOptions options)
    : monitor_(std::move(options.monitor)),
      plateau_{.initial = 1,
               .factor = options.factor,
               .patience = options.patience,
               .threshold = options.threshold,
               .cooldown = options.cooldown,
               .least = options.least,
               .larger_is_better = better_of(monitor_) == Better::higher},
      state_(plateau_start(plateau_)) {}

void ReduceLROnPlateau::on_train_begin(TrainingContext& context) {
  check_monitor(name(), monitor_, context);
  context.rate_factor = state_.rate;
}

void ReduceLROnPlateau::on_epoch_end(TrainingContext& context, const EpochMetrics& metrics) {
  state_ = reduce_on_plateau(state_, metric(metrics, monitor_), plateau_);
  context.rate_factor = state_.rate;
}

CallbackState ReduceLROnPlateau::state() const {
  return {{"plateau",
           to_array(std::vector<double>{state_.rate, state_.best, static_cast<double>(state_.bad),
                                        static_cast<double>(state_.cooling)},
                    {4})}};
}

void ReduceLROnPlateau::restore(const CallbackState& state) {
  const std::vector<double> values = state_numbers(state, "plateau", 4);
  state_ = {values[0], values[1], count_of(values[2], "the wait"),
            count_of(values[3], "the cooldown")};
}

}  // namespace nn::cpu
