// Model: layers, what they learn from and how, in one object.
//
//   Model model;
//   model.add<Dense>(784, 128).add<Activation>("relu").add<Dense>(128, 10);
//   model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Adam>(),
//             std::make_unique<CategoricalAccuracy>(), constant_rate(0.001));
//   model.finalize(seed);
//   model.train(x, labels, {.epochs = 4, .batch_size = 256, .validation_data = Examples{vx, vt}});
//   model.evaluate(test_x, test_labels).accuracy
//   model.save("digits.safetensors");         Model::load("digits.safetensors").predict(x)
//
// Results   A training is a function of its data, its options and the seeds: neither the number of
//           threads nor a stop and a checkpoint in between change a bit of it.
// Memory    After the first step of an epoch a step allocates nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "phase2_vectorized/week04_speed/optimizer.h"
#include "phase2_vectorized/week04_speed/schedule.h"
#include "phase2_vectorized/week05_data/accuracy_objects.h"
#include "phase2_vectorized/week05_data/batch_source.h"
#include "phase2_vectorized/week05_data/callback.h"
#include "phase2_vectorized/week05_data/chain.h"
#include "phase2_vectorized/week05_data/loss.h"

namespace nn::cpu {

// How far a training is: with the parameters and what optimiser, schedule and callbacks know, all that
// decides what comes next.
struct TrainingState {
  int epoch = 0;                           // finished epochs
  int step = 0;                            // finished steps of the epoch in progress
  std::int64_t steps = 0;                  // of the whole training
  double loss_sum = 0;                     // over the epoch's steps, each weighted by its batch
  double penalty_sum = 0;                  // over those steps
  std::int64_t seen = 0;                   // examples in those steps
  Tally tally;                             // over those steps
  double seconds = 0;                      // spent in those steps
  double rate = 0;                         // learning rate of the last step
  std::vector<EpochMetrics> history = {};  // [epoch]

  // What the training began with, and must go on with. batch_size 0: it has not begun.
  std::uint64_t seed = 0;
  int batch_size = 0;
  int examples = 0;
};

struct TrainOptions {
  int epochs = 1;  // [1, 10^6] in all, those before a checkpoint or an earlier train() among them
  int batch_size = 32;     // [1, examples]; of the last batch, what is left
  std::uint64_t seed = 1;  // of the order of the examples, and of dropout
  std::optional<Examples> validation_data = {};
  std::vector<Callback*> callbacks = {};  // told in this order
};

struct Evaluation {
  double loss = 0;      // mean over the examples
  double accuracy = 0;  // [0, 1]; NaN where the model has no accuracy
};

class Model {
 public:
  Model();
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  // ---- building

  // At the end. nn::Error once finalized.
  Model& add(std::unique_ptr<Layer> layer);
  template <class L, class... Arguments>
  Model& add(Arguments&&... arguments) {
    return add(std::make_unique<L>(std::forward<Arguments>(arguments)...));
  }
  // What to train with; epochs and steps count from 0 again. None may be null but the accuracy.
  void set(std::unique_ptr<Loss> loss, std::unique_ptr<Optimizer> optimizer,
           std::unique_ptr<Accuracy> accuracy, std::unique_ptr<Schedule> schedule);
  // Checks that the layers chain, and makes the parameters: layer i draws from Philox(seed, stream i).
  // nn::Error if they do not, naming both layers, if there is none, or if there is nothing to learn.
  void finalize(std::uint64_t seed = 1);

  // ---- training and use; nn::Error before finalize(), or without what set() gives

  // Trains until `epochs` epochs are finished or a callback ends it. Of each epoch the last batch may be
  // smaller. nn::Error that says what is wrong, before anything has changed, for: no examples, x and y that are
  // not as many, features or targets that do not fit the network (labels out of range), a batch larger
  // than the examples, other examples or options than a training in progress began with; and, after
  // that, if the loss stops being a finite number, with what to try.
  TrainingEnd train(ConstMatrixView x, const Targets& y, const TrainOptions& options);
  // The same on batches from anywhere; batch_size and seed are the source's.
  TrainingEnd train(BatchSource& batches, const TrainOptions& options);

  Evaluation evaluate(ConstMatrixView x, const Targets& y);
  // (N,OC): what the loss makes of the outputs: probabilities, or numbers.
  Matrix predict(ConstMatrixView x);
  // [N]: the class of each row. nn::Error for a row whose prediction is nan.
  std::vector<int> predict_classes(ConstMatrixView x);

  // ---- looking at it

  // A table: each layer, what it gives, how many parameters it has.
  std::string summary() const;
  bool finalized() const { return finalized_; }
  int inputs() const;   // features of an example
  int outputs() const;  // of the last layer
  std::span<const std::unique_ptr<Layer>> layers() const { return layers_; }
  std::span<const Parameter> parameters() const { return parameters_; }
  const TrainingState& state() const { return state_; }
  const std::vector<EpochMetrics>& history() const { return state_.history; }
  // Texts that go with the model into its files: what its classes are called, what it was trained on.
  std::map<std::string, std::string>& notes() { return notes_; }
  const std::map<std::string, std::string>& notes() const { return notes_; }

  // By name, copies. set: all of them, else nn::Error that names the missing, extra or misshapen one, and
  // nothing is changed.
  std::map<std::string, Matrix> get_parameters() const;
  void set_parameters(const std::map<std::string, Matrix>& values);

  // ---- files: what is in them stands in model_file.cc. A file that is no such model: nn::Error, naming
  // it and what is wrong.

  // The whole model, to predict and to evaluate with; it must have a loss.
  void save(const std::filesystem::path& path) const;
  // The notes alone of a model or a checkpoint: what is needed to build the model that loads it.
  static std::map<std::string, std::string> read_notes(const std::filesystem::path& path);
  // Finalized. set() before train().
  static Model load(const std::filesystem::path& path);
  // The parameters alone, for a network that is built by code.
  void save_parameters(const std::filesystem::path& path) const;
  void load_parameters(const std::filesystem::path& path);
  // All that decides how training goes on. To load, a model built and set as the one that saved, and
  // finalized; then train(), with the same data, seed, batch size and callbacks. A checkpoint of another
  // network, or that is damaged: nn::Error, and nothing is changed.
  void save_checkpoint(const std::filesystem::path& path) const;
  void load_checkpoint(const std::filesystem::path& path);

 private:
  void check_finalized(const char* who) const;
  void check_features(const char* who, int C) const;
  void check_ready_to_train(const BatchSource& batches, const TrainOptions& options) const;
  void begin_training(BatchSource& batches, const TrainOptions& options, TrainingContext& context);
  TrainingEnd train_epochs(BatchSource& batches, const TrainOptions& options,
                           TrainingContext& context);
  void make_links();
  void set_batch(int B);  // y and grad of so many rows
  ConstMatrixView forward(ConstMatrixView x, const Moment& moment);
  Tally tally(ConstMatrixView z, const Targets& t);
  void train_step(const Examples& batch);
  void finish_epoch(const TrainOptions& options);
  [[noreturn]] void refuse_divergence(const Examples& batch, double loss) const;

  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<int> widths_;  // [layers + 1], features before and after each layer
  std::vector<Parameter> parameters_;
  std::vector<Link> links_;
  bool finalized_ = false;

  std::unique_ptr<Loss> loss_;
  std::unique_ptr<Optimizer> optimizer_;
  std::unique_ptr<Accuracy> accuracy_;  // may be null
  std::unique_ptr<Schedule> schedule_;

  TrainingState state_;
  std::map<std::string, std::string> notes_;
  // Whose state a checkpoint holds: of the callbacks of the training in progress, or, between two calls of
  // train(), what the last one's callbacks knew or a checkpoint brought.
  std::vector<Callback*> callbacks_;
  std::map<std::string, CallbackState> callback_states_;

  // What a pass through the network needs, kept from step to step.
  std::vector<Matrix> y_, grad_;                  // [layers]
  std::vector<MatrixView> y_views_, grad_views_;  // [layers], of the present batch's rows
  Matrix predictions_;
};

}  // namespace nn::cpu
