#include "phase2_vectorized/week05_data/callbacks.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "common/file.h"
#include "common/safetensors.h"
#include "phase2_vectorized/week05_data/model_testing.h"

namespace nn::cpu {
namespace {

constexpr int kBatch = 16;

// A callback that says what the validation loss was: so that what follows from it can be told beforehand.
// It stands in front of those that it is to deceive; they are told through it.
class Pretend : public Callback {
 public:
  Pretend(Callback& callback, std::vector<double> losses)
      : callback_(callback), losses_(std::move(losses)) {}
  std::string name() const override { return callback_.name(); }
  void on_train_begin(TrainingContext& context) override { callback_.on_train_begin(context); }
  void on_epoch_end(TrainingContext& context, const EpochMetrics& metrics) override {
    EpochMetrics pretended = metrics;
    pretended.val_loss = losses_.at(static_cast<std::size_t>(context.model.state().epoch - 1));
    callback_.on_epoch_end(context, pretended);
  }
  void write_epoch(TrainingContext& context, const EpochMetrics& metrics) override {
    callback_.write_epoch(context, metrics);
  }
  void on_train_end(TrainingContext& context) override { callback_.on_train_end(context); }
  CallbackState state() const override { return callback_.state(); }
  void restore(const CallbackState& state) override { callback_.restore(state); }

 private:
  Callback& callback_;
  std::vector<double> losses_;
};

class Callbacks : public testing::Test {
 protected:
  std::filesystem::path path(const char* name) const { return folder_.path() / name; }
  TrainOptions options(int epochs, std::vector<Callback*> callbacks) const {
    return {.epochs = epochs,
            .batch_size = kBatch,
            .seed = 1,
            .validation_data = Examples{held_.x, held_.labels},
            .callbacks = std::move(callbacks)};
  }
  TrainingEnd train(Model& model, const TrainOptions& options) const {
    return model.train(problem_.x, problem_.labels, options);
  }
  std::vector<std::string> lines(const char* name) const {
    std::istringstream text(to_text(read_file(path(name))));
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) all.push_back(line);
    return all;
  }
  std::vector<Event> events() const {
    std::size_t whole = 0;
    const std::string bytes = to_text(read_file(path("events") / kEventFileName));
    std::vector<Event> found = parse_events(whole, bytes, "events");
    EXPECT_EQ(whole, bytes.size());
    return found;
  }
  const Problem problem_;
  const Problem held_{2};

 private:
  TemporaryFolder folder_;
};

TEST_F(Callbacks, EarlyStoppingEndsAndRestores) {
  for (const bool restore : {false, true}) {
    EarlyStopping stop({.patience = 2, .restore_best_weights = restore});
    Pretend pretend(stop, {5, 4, 3, 3, 4, 1});
    Model model = classifier();
    EXPECT_EQ(train(model, options(9, {&pretend})), TrainingEnd::stopped);
    EXPECT_EQ(model.state().epoch, 5);
    EXPECT_EQ(stop.watch().best_epoch, 3);
    Model third = classifier();
    train(third, options(restore ? 3 : 5, {}));
    EXPECT_EQ(bits_of(model), bits_of(third)) << (restore ? "epoch 3" : "epoch 5");
  }
}

// Stopped, saved and taken up again it stops at once, with the same weights.
TEST_F(Callbacks, AStoppedTrainingStaysStopped) {
  EarlyStopping stop({.patience = 1, .restore_best_weights = true});
  ModelCheckpoint checkpoint({.last = path("last")});
  Pretend pretend(stop, {2, 3});
  Model model = classifier();
  EXPECT_EQ(train(model, options(9, {&pretend, &checkpoint})), TrainingEnd::stopped);
  EarlyStopping stop_again({.patience = 1, .restore_best_weights = true});
  ModelCheckpoint checkpoint_again({.last = path("last")});
  Model again = classifier();
  again.load_checkpoint(path("last"));
  EXPECT_NE(bits_of(again), bits_of(model));
  EXPECT_EQ(train(again, options(9, {&stop_again, &checkpoint_again})), TrainingEnd::stopped);
  EXPECT_EQ(again.state().epoch, 2);
  EXPECT_EQ(bits_of(again), bits_of(model));
}

TEST_F(Callbacks, ModelCheckpointKeepsTheBestAndTheLast) {
  ModelCheckpoint checkpoint({.last = path("last"), .best = path("best")});
  Pretend pretend(checkpoint, {3, 2, 4, 2});
  Model model = classifier();
  train(model, options(4, {&pretend}));
  Model second = classifier(), last = classifier();
  train(second, options(2, {}));
  EXPECT_EQ(bits_of(Model::load(path("best"))), bits_of(second)) << "the best was epoch 2";
  last.load_checkpoint(path("last"));
  EXPECT_EQ(bits_of(last), bits_of(model));
  EXPECT_EQ(last.state().epoch, 4);
}

TEST_F(Callbacks, ModelCheckpointSavesWithinAnEpoch) {
  ModelCheckpoint checkpoint({.last = path("last"), .save_every = 2});
  InterruptAfter interrupt(8);  // step 3 of the second epoch
  Model model = classifier();
  EXPECT_EQ(train(model, options(9, {&checkpoint, &interrupt})), TrainingEnd::interrupted);
  Model resumed = classifier(), whole = classifier();
  resumed.load_checkpoint(path("last"));
  EXPECT_EQ(resumed.state().epoch, 1);
  EXPECT_EQ(resumed.state().step, 2);
  ModelCheckpoint again({.last = path("last")});
  train(resumed, options(3, {&again}));
  train(whole, options(3, {}));
  EXPECT_EQ(bits_of(resumed), bits_of(whole));
}

TEST_F(Callbacks, CsvLoggerHasALineAnEpoch) {
  CSVLogger log(path("log.csv"));
  Model model = classifier();
  train(model, options(3, {&log}));
  const std::vector<std::string> all = lines("log.csv");
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0],
            "epoch,loss,accuracy,val_loss,val_accuracy,penalty,learning_rate,seconds,wall_time");
  EXPECT_TRUE(says(all[3], fmt::format("3,{},{},{},", model.history()[2].loss,
                                       model.history()[2].accuracy, model.history()[2].val_loss)));
  // Going on, it has the earlier lines too, and none twice.
  CSVLogger other(path("log.csv"));
  train(model, options(5, {&other}));
  EXPECT_EQ(lines("log.csv").size(), 6U);
  EXPECT_EQ(lines("log.csv")[2], all[2]);
}

TEST_F(Callbacks, TensorBoardHasAnEventAnEpoch) {
  TensorBoard board(path("events"));
  Model model = classifier();
  train(model, options(2, {&board}));
  const std::vector<Event> found = events();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].step, 2);
  EXPECT_EQ(found[1].wall_time, model.history()[1].wall_time);
  const auto value = [&](const char* tag) {
    for (const EventScalar& scalar : found[1].scalars) {
      if (scalar.tag == tag) return scalar.value;
    }
    ADD_FAILURE() << "no " << tag;
    return 0.0F;
  };
  EXPECT_EQ(value("epoch_loss"), static_cast<float>(model.history()[1].loss));
  EXPECT_EQ(value("validation/epoch_accuracy"),
            static_cast<float>(model.history()[1].val_accuracy));
  EXPECT_EQ(value("epoch_learning_rate"), 0.01F);
}

// A run killed after epoch 4 whose last checkpoint is of epoch 2.
TEST_F(Callbacks, TensorBoardGoesOnWithoutRepeating) {
  ModelCheckpoint checkpoint({.last = path("last")});
  TensorBoard board(path("events"));
  Model model = classifier();
  train(model, options(2, {&checkpoint, &board}));
  TensorBoard lost(path("events"));
  ModelCheckpoint elsewhere({.last = path("other")});
  train(model, options(4, {&elsewhere, &lost}));
  Model resumed = classifier();
  resumed.load_checkpoint(path("last"));
  TensorBoard again(path("events"));
  ModelCheckpoint checkpoint_again({.last = path("last")});
  train(resumed, options(5, {&checkpoint_again, &again}));
  std::vector<std::int64_t> steps;
  for (const Event& event : events()) steps.push_back(event.step);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
}

TEST_F(Callbacks, ReduceLROnPlateauScalesTheSchedule) {
  ReduceLROnPlateau reduce({.factor = 0.5, .patience = 1});
  Pretend pretend(reduce, {4, 5, 5, 3, 3, 3, 2});
  Model model = classifier();
  train(model, options(7, {&pretend}));
  std::vector<double> rates;
  for (const EpochMetrics& metrics : model.history()) rates.push_back(metrics.learning_rate / 0.01);
  // Epochs 2 and 3 are no better: half from epoch 4 on. 5 and 6 are not: a quarter in epoch 7.
  EXPECT_TRUE(close(rates, std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5, 0.25}, Bound{0, 1e-7}));
}

TEST_F(Callbacks, RefuseWhatCannotBe) {
  EXPECT_TRUE(refuses([] { EarlyStopping({.monitor = "valid_loss"}); },
                      {"valid_loss", "val_loss", "accuracy"}));
  EXPECT_TRUE(refuses([] { EarlyStopping({.patience = 0}); }, {"patience is 0"}));
  EXPECT_TRUE(refuses([] { EarlyStopping({.min_delta = -1}); }, {"min_delta is -1"}));
  EXPECT_TRUE(refuses([] { ModelCheckpoint({.save_every = -1}); }, {"save_every is -1"}));
  EXPECT_TRUE(refuses([] { ReduceLROnPlateau({.factor = 1}); }, {"factor"}));
  Model model = classifier();
  EarlyStopping stop, second;
  ReduceLROnPlateau reduce;
  ModelCheckpoint best({.best = path("best")});
  for (Callback* callback : std::vector<Callback*>{&stop, &reduce, &best}) {
    EXPECT_TRUE(refuses(
        [&] {
          model.train(problem_.x, problem_.labels, {.batch_size = kBatch, .callbacks = {callback}});
        },
        {callback->name(), "val_loss", "no validation_data"}));
  }
  EXPECT_TRUE(refuses(
      [&] {
        train(model, options(1, {&stop, &second}));
      },
      {"two callbacks are called early_stopping"}));
  EXPECT_TRUE(refuses([&] { train(model, options(1, {nullptr})); }, {"callback 0 is null"}));
  EXPECT_EQ(model.state().steps, 0);
}

TEST_F(Callbacks, SayWhereNothingCanBeWritten) {
  write_file_atomically(path("file"), "mine");
  Model model = classifier();
  CSVLogger log(path("file") / "log.csv");
  EXPECT_TRUE(refuses([&] { train(model, options(1, {&log})); }, {"log.csv"}));
  TensorBoard board(path("file"));
  EXPECT_TRUE(refuses([&] { train(model, options(2, {&board})); }, {"file"}));
  EXPECT_EQ(to_text(read_file(path("file"))), "mine");
}

}  // namespace
}  // namespace nn::cpu
