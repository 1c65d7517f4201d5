// train: trains a dense network on pictures with phase 2's Model, and leaves a model, logs, pictures and a
// report under runs/.
//
//   make train ARGS="--dataset fashion"
//
// (or build/release/bin/phase2_train --dataset fashion).
//
// What it did goes to standard output; how far it is, and what went wrong, to standard error.
// Ctrl-C saves and says how to go on; a second one ends the program at once. Exit status:
// 0 trained, 1 an error (one line), 2 a wrong command line, 130 stopped by Ctrl-C or SIGTERM.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "common/check.h"
#include "common/progress.h"
#include "common/training_program.h"
#include "common/training_report.h"
#include "phase2_vectorized/checkpoint/image_data.h"
#include "phase2_vectorized/checkpoint/train_options.h"
#include "phase2_vectorized/week04_speed/thread_pool.h"
#include "phase2_vectorized/week05_data/callbacks.h"

namespace nn::cpu {
namespace {

namespace fs = std::filesystem;

constexpr const char *kTrainingNote = "training", *kDataNote = "data";
constexpr Augmentation kAugmentation{
    .shift_pixels = 1.5F, .rotate_degrees = 10, .elastic_alpha = 30, .elastic_sigma = 5};

// A new run, or the one that --resume names, taken up where its last checkpoint stands.
struct Run {
  RunFolder folder;
  ImageTraining training;
  TrainTest data;
  Model model;
  std::string program;  // argv[0]

  fs::path file(const char* name) const { return folder.path() / name; }
  std::string command(const std::vector<std::string>& arguments) const {
    return command_for(program, kTrain, arguments);
  }
  // What starts a training on these data anew.
  std::string restart(const ImageTraining& other, Arguments which) const {
    return command(arguments_of(other, data.train.size(), which));
  }
  bool is_among_runs() const { return folder.path().parent_path() == kRuns; }
};

// Shows how far it is, and hears Ctrl-C.
class ProgressLine : public Callback {
 public:
  explicit ProgressLine(const Run& run)
      : progress_(std::cerr, progress_target(2), run.training.recipe.epochs,
                  run.data.train.size()) {}
  std::string name() const override { return "progress_line"; }
  void on_step_end(TrainingContext& context) override {
    const TrainingState& state = context.model.state();
    const auto seen = static_cast<double>(state.seen);
    progress_.update(state.epoch + 1, state.seen, state.loss_sum / seen, state.tally.share());
    context.interrupt = stop_asked();
  }
  // After the files are written: who sees the line may rely on them.
  void write_epoch(TrainingContext& context, const EpochMetrics& metrics) override {
    progress_.finish_epoch(context.model.state().epoch, metrics.loss, metrics.accuracy,
                           fmt::format("test acc {:.2f} %", 100 * metrics.val_accuracy));
  }
  void clear() { progress_.clear(); }

 private:
  Progress progress_;
};

Model make_model(const ImageTraining& training, const TrainTest& data) {
  return make_image_model(training.recipe, data.train.features(), data.train.classes(),
                          data.train.size(), training.seed);
}

Run new_run(const TrainCommand& command) {
  ImageTraining training = command.training;
  TrainTest data = open_image_data(training.dataset, training.seed);
  training.recipe = chosen_recipe(command, data.train.size());
  // A resumed run may be started from another folder.
  if (!is_dataset_name(training.dataset))
    training.dataset = fs::canonical(training.dataset).string();
  Model model = make_model(training, data);
  model.notes() = notes_of(data);
  model.notes()[kTrainingNote] = training_note(training);
  model.notes()[kDataNote] = fingerprint(data);
  RunFolder folder = new_run_folder(command.run.out, data.train.name);
  Run run{std::move(folder), std::move(training), std::move(data), std::move(model),
          command.program};
  // An unwritable folder or a full disk shows before the work, not after it.
  try {
    run.model.save_checkpoint(run.file(kCheckpoint));
  } catch (...) {
    run.folder.discard_if_unused();
    throw;
  }
  return run;
}

Run resumed_run(const TrainCommand& command) {
  RunFolder folder = resumed_run_folder(command.run.resume, command.program, kTrain);
  const fs::path path = folder.path() / kCheckpoint;
  const std::string file = path.string();
  const std::map<std::string, std::string> notes = Model::read_notes(path);
  for (const char* key : {kTrainingNote, kDataNote}) {
    if (!notes.contains(key)) {
      throw Error(
          detail::cat(file, ": is no checkpoint of this program: it has no note \"", key, "\""));
    }
  }
  ImageTraining training = read_training_note(notes.at(kTrainingNote), file);
  TrainTest data = open_image_data(training.dataset, training.seed);
  if (const std::string now = fingerprint(data); now != notes.at(kDataNote)) {
    throw Error(detail::cat(file, ": was trained on other data than ", training.dataset,
                            " holds now. It had ", notes.at(kDataNote), ", there is ", now,
                            " (pictures and checksums)"));
  }
  Model model = make_model(training, data);
  model.load_checkpoint(path);
  return {std::move(folder), std::move(training), std::move(data), std::move(model),
          command.program};
}

std::string widths_text(const Run& run) {
  std::vector<int> widths{run.model.inputs()};
  widths.insert(widths.end(), run.training.recipe.hidden.begin(), run.training.recipe.hidden.end());
  widths.push_back(run.model.outputs());
  return fmt::format("{}", fmt::join(widths, "-"));
}

std::string cores_text() {
  return threads() == 1 ? "1 thread" : fmt::format("{} threads", threads());
}

void say_what_is_trained(const Run& run, bool resumed) {
  const ImageRecipe& recipe = run.training.recipe;
  const int steps = batch_count(run.data.train.size(), recipe.batch, LastBatch::keep);
  say(stdout, "training {} on {}: {} pictures to learn from, {} to test on\n", widths_text(run),
      run.data.train.name, run.data.train.size(), run.data.test.size());
  say(stdout, "with phase 2's Model on {}: {} {} of {} steps, batch {}, lr up to {}, seed {}\n",
      cores_text(), recipe.epochs, recipe.epochs == 1 ? "epoch" : "epochs", steps, recipe.batch,
      recipe.learning_rate, run.training.seed);
  const TrainingState& state = run.model.state();
  say_where_it_stands(run.folder, resumed, state.epoch, state.step, recipe.epochs);
}

TrainingEnd train_with_callbacks(Run& run, int save_every) {
  ModelCheckpoint checkpoint({.last = run.file(kCheckpoint),
                              .best = run.file("best.safetensors"),
                              .monitor = "val_accuracy",
                              .save_every = save_every});
  CSVLogger log(run.file("metrics.csv"));
  TensorBoard board(run.folder.path());
  ProgressLine progress(run);
  TrainOptions options{.epochs = run.training.recipe.epochs,
                       .batch_size = run.training.recipe.batch,
                       .seed = run.training.seed,
                       .validation_data = examples_of(run.data.test),
                       .callbacks = {&board, &log, &checkpoint, &progress}};
  TrainingEnd end = TrainingEnd::finished;
  if (run.training.augment) {
    LoaderBatches batches(
        run.data.train, all_rows(run.data.train),
        {.batch_size = options.batch_size, .seed = options.seed, .augmentation = kAugmentation});
    end = run.model.train(batches, options);
  } else {
    end = run.model.train(run.data.train.x, run.data.train.labels, options);
  }
  progress.clear();
  return end;
}

void write_results(Run& run) {
  const Dataset& test = run.data.test;
  run.model.save(run.file("model.safetensors"));
  TrainingReport report;
  report.dataset = run.data.train.name;
  report.network = widths_text(run);
  report.introduction = fmt::format(
      "A network of dense layers with ReLU between them, trained on {} pictures of {} with Adam "
      "and one "
      "cycle of learning rates: {} epochs, batches of {}, rate up to {}, seed {}. Every line that "
      "computed this is phase 2's own code, in single precision.",
      run.data.train.size(), report.dataset, run.training.recipe.epochs, run.training.recipe.batch,
      run.training.recipe.learning_rate, run.training.seed);
  report.command = run.restart(run.training, Arguments::all);
  report.cores = cores_text();
  for (const Parameter& parameter : run.model.parameters()) {
    report.parameters += parameter.value.size();
  }
  for (const EpochMetrics& m : run.model.history()) {
    report.history.push_back({m.loss, m.accuracy, m.val_loss, m.val_accuracy, m.seconds});
  }
  report.class_names = test.class_names;
  report.labels = test.labels;
  const Matrix p = run.model.predict(test.x);
  report.answers = run.model.predict_classes(test.x);
  report.p.assign(p.values().begin(), p.values().end());
  report.image_height = test.image_height;
  report.image_width = test.image_width;
  report.pixels = [&](int i) {
    const float* row = test.x.data() + std::int64_t{i} * test.features();
    return std::vector<double>(row, row + test.features());
  };
  const Matrix& w = run.model.parameters().front().value;
  report.w.assign(w.values().begin(), w.values().end());
  write_training_report(run.folder.path(), report);
}

// Commands that are worth a try after this run.
std::vector<std::string> next_commands(const Run& run) {
  std::vector<std::string> evaluated;
  if (!run.is_among_runs()) evaluated = {"--model", run.file("model.safetensors").string()};
  std::vector<std::string> commands{command_for(run.program, kEvaluate, evaluated)};
  ImageTraining longer = run.training;
  if (longer.dataset == "mnist" && !longer.augment) {  // digits may be shifted, turned and bent
    longer.augment = true;
    longer.recipe.hidden = {256};
    longer.recipe.epochs = std::min(4 * longer.recipe.epochs, 10'000);
    commands.push_back(run.restart(longer, Arguments::changed));
  }
  return commands;
}

void say_what_came_of_it(const Run& run) {
  const EpochMetrics& last = run.model.history().back();
  const int count = run.data.test.size();
  say(stdout, "\ntest accuracy {:.2f} %: {:.0f} of {} pictures it was not trained on\n",
      100 * last.val_accuracy, last.val_accuracy * count, count);
  double seconds = 0;
  for (const EpochMetrics& metrics : run.model.history()) seconds += metrics.seconds;
  say(stdout, "{:.3g} s in steps of training; an epoch's time above counts tests and saving too\n",
      seconds);
  say(stdout, "report: {} (open it in a browser)\n", run.file("report.html").string());
  if (last.val_accuracy < 1.5 / run.model.outputs()) {  // hardly more than guessing gets right
    ImageTraining slower = run.training;
    slower.recipe.learning_rate = tenth_of(slower.recipe.learning_rate);
    say(stdout, "that is little: perhaps its steps were too long. Try a smaller --lr:\n  {}\n",
        run.restart(slower, Arguments::changed));
    return;
  }
  say(stdout, "what to try next:\n  {}\n", fmt::join(next_commands(run), "\n  "));
}

int run_training(const TrainCommand& command) {
  const bool resumed = !command.run.resume.empty();
  Run run = resumed ? resumed_run(command) : new_run(command);
  if (run.is_among_runs()) mark_latest(run.folder.path());
  say_what_is_trained(run, resumed);
  const std::string resume = run.command({"--resume", run.folder.path().string()});
  try {
    if (train_with_callbacks(run, command.run.save_every) == TrainingEnd::interrupted) {
      run.model.save_checkpoint(run.file(kCheckpoint));
      const TrainingState& state = run.model.state();
      say(stderr, "stopped in epoch {}, after step {}; saved. Go on with:\n  {}\n", state.epoch + 1,
          state.step, resume);
      return kExitInterrupted;
    }
    write_results(run);
  } catch (const Error& error) {
    // Where something could not be written, a good state lies there still.
    if (!std::string(error.what()).starts_with("cannot ")) throw;
    throw Error(detail::cat(error.what(),
                            ". When that is mended, go on from the last saved state: ", resume));
  }
  say_what_came_of_it(run);
  check_was_heard(run.folder);
  return 0;
}

int run_program(int argc, char** argv) {
  const TrainCommand command = read_train_command(argc, argv);
  if (!command.help) return run_training(command);
  say(stdout, "{}", train_help());
  return 0;
}

}  // namespace
}  // namespace nn::cpu

int main(int argc, char** argv) {
  nn::set_up_signals();
  return nn::run_user_program(argc, argv, nn::kTrain, "try a smaller --batch or --hidden",
                              [&] { return nn::cpu::run_program(argc, argv); });
}
