// train: trains a dense network on images of digits (or clothes), with phase 1's own code, and
// leaves a model, a log, pictures and a report under runs/.
//
//   make train PHASE=1 ARGS="--epochs 6 --hidden 128 --lr 0.2"
//
// (or build/release/bin/phase1_train --epochs 6 ...). `make train` alone is phase 2's, the faster.
//
// What it did goes to standard output; how far it is, and what went wrong, to standard error.
// Ctrl-C saves and says how to go on; a second one ends the program at once. Exit status:
// 0 trained, 1 an error (one line), 2 a wrong command line, 130 stopped by Ctrl-C or SIGTERM.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "common/check.h"
#include "common/progress.h"
#include "common/run_folder.h"
#include "common/training_program.h"
#include "phase1_cpu/checkpoint/command_line.h"
#include "phase1_cpu/checkpoint/dataset.h"
#include "phase1_cpu/checkpoint/training.h"
#include "phase1_cpu/checkpoint/training_file.h"
#include "phase1_cpu/checkpoint/training_outputs.h"

namespace nn::basic {
namespace {

namespace fs = std::filesystem;

// A new run, or the one that --resume names, taken up where its last checkpoint stands.
struct Run {
  RunFolder folder;
  Checkpoint checkpoint;
  Dataset data;
  std::string program;  // argv[0]

  fs::path file(const char* name) const { return folder.path() / name; }
  std::string command(const std::vector<std::string>& arguments) const {
    return command_for(program, kPhase1Train, arguments);
  }
  std::string command_to_resume(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"--resume", folder.path().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return command(arguments);
  }
};

void save(const Run& run) { write_checkpoint(run.file(kCheckpoint), run.checkpoint); }

// Writes something; if that fails, the message also says how to go on from the last checkpoint.
void write_or_say_how_to_go_on(const Run& run, const std::function<void()>& write) {
  try {
    write();
  } catch (const Error& error) {
    throw Error(detail::cat(
        error.what(),
        ". When that is mended, go on from the last saved state: ", run.command_to_resume()));
  }
}

// One of the named data sets, or the IDX files in a folder.
Dataset open_dataset(const std::string& given) {
  if (is_dataset_name(given)) return load_dataset(given);
  std::error_code error;
  if (fs::is_directory(given, error)) return load_dataset_folder(given);
  throw Error(detail::cat("'", given,
                          "' is no data set and no folder; --dataset may be mnist, "
                          "fashion, tiny or a folder of IDX files"));
}

Run new_run(const CommandLine& line) {
  TrainingOptions options = line.options;
  Dataset data = open_dataset(options.dataset);
  try {
    check_options(options, data);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  // A resumed run may be started from another folder.
  if (!is_dataset_name(options.dataset)) options.dataset = fs::canonical(options.dataset).string();
  Checkpoint checkpoint{options, start_training(options, data), fingerprint(data)};
  RunFolder folder = new_run_folder(line.run.out, data.name);
  Run run{std::move(folder), std::move(checkpoint), std::move(data), line.program};
  // An unwritable folder or a full disk shows before the work, not after it.
  try {
    save(run);
  } catch (...) {
    run.folder.discard_if_unused();
    throw;
  }
  return run;
}

Run resumed_run(const CommandLine& line) {
  RunFolder folder = resumed_run_folder(line.run.resume, line.program, kPhase1Train);
  const fs::path path = folder.path() / kCheckpoint;
  Checkpoint checkpoint = read_checkpoint(path);
  Dataset data = open_dataset(checkpoint.options.dataset);
  check_checkpoint(checkpoint, data, path.string());
  if (line.epochs_given) {
    const TrainingState& state = checkpoint.state;
    const int begun = state.epoch + (state.step > 0 ? 1 : 0);
    if (line.options.epochs < begun) {
      throw UsageError(
          fmt::format("--epochs is {}, but the run has begun epoch {}; it may be a "
                      "whole number from {} to 10000",
                      line.options.epochs, begun, begun));
    }
    checkpoint.options.epochs = line.options.epochs;
  }
  Run run{std::move(folder), std::move(checkpoint), std::move(data), line.program};
  if (line.epochs_given) save(run);  // killed before its next checkpoint, it still knows of them
  return run;
}

void say_what_is_trained(const Run& run, bool resumed) {
  const TrainingOptions& options = run.checkpoint.options;
  const TrainingState& state = run.checkpoint.state;
  say(stdout, "training {} on {}: {} images to learn from, {} to test on\n",
      fmt::join(state.mlp.widths(), "-"), run.data.name, run.data.train.size(),
      run.data.test.size());
  say(stdout, "with phase 1's code on one core: {} {} of {} steps, batch {}, lr {}, seed {}\n",
      options.epochs, options.epochs == 1 ? "epoch" : "epochs", steps_per_epoch(options, run.data),
      options.batch, options.learning_rate, options.seed);
  say_where_it_stands(run.folder, resumed, state.epoch, state.step, options.epochs);
}

// Up to two commands that are worth a try after this run.
std::vector<std::string> next_commands(const Run& run) {
  const TrainingOptions& options = run.checkpoint.options;
  std::vector<std::string> commands;
  const int epochs = std::min(2 * options.epochs, 10'000);
  if (epochs > options.epochs) {
    commands.push_back(run.command_to_resume({"--epochs", fmt::format("{}", epochs)}));
  }
  TrainingOptions wider = options;
  wider.hidden = {256, 64};
  if (wider.hidden != options.hidden) {
    commands.push_back(run.command(arguments_of(wider, Arguments::changed)));
  }
  return commands;
}

void say_what_came_of_it(const Run& run) {
  const EpochMetrics& last = run.checkpoint.state.history.back();
  const int count = run.data.test.size();
  say(stdout, "\ntest accuracy {:.2f} %: {:.0f} of {} images it was not trained on\n",
      100 * last.test_accuracy, last.test_accuracy * count, count);
  say(stdout, "report: {} (open it in a browser)\n", run.file("report.html").string());
  if (last.test_accuracy < 0.5) {  // of ten classes, guessing gets a tenth right
    TrainingOptions slower = run.checkpoint.options;
    slower.learning_rate = tenth_of(slower.learning_rate);
    say(stdout, "that is little: perhaps its steps were too long. Try a smaller --lr:\n  {}\n",
        run.command(arguments_of(slower, Arguments::changed)));
    return;
  }
  const std::vector<std::string> commands = next_commands(run);
  if (!commands.empty()) say(stdout, "what to try next:\n  {}\n", fmt::join(commands, "\n  "));
}

TrainingEnd train_with_progress(Run& run, int save_every) {
  const TrainingOptions& options = run.checkpoint.options;
  Progress progress(std::cerr, progress_target(2), options.epochs, run.data.train.size());
  TrainingEvents events;
  events.after_step = [&](const TrainingState& now) {
    const std::int64_t seen =
        std::min<std::int64_t>(std::int64_t{now.step} * options.batch, run.data.train.size());
    const auto count = static_cast<double>(seen);
    progress.update(now.epoch + 1, seen, now.loss_sum / count, now.correct / count);
    if (now.step % save_every == 0) write_or_say_how_to_go_on(run, [&] { save(run); });
  };
  events.after_epoch = [&](const TrainingState& now) {
    const EpochMetrics& last = now.history.back();
    progress.finish_epoch(now.epoch, last.train_loss, last.train_accuracy,
                          fmt::format("test acc {:.2f} %", 100 * last.test_accuracy));
    write_or_say_how_to_go_on(run, [&] {
      save(run);
      write_metrics(run.file("metrics.csv"), now);
    });
  };
  events.should_stop = stop_asked;
  const TrainingEnd end = train(run.checkpoint.state, options, run.data, events);
  progress.clear();
  return end;
}

int run_training(const CommandLine& line) {
  const bool resumed = !line.run.resume.empty();
  Run run = resumed ? resumed_run(line) : new_run(line);
  if (run.folder.path().parent_path() == kRuns) mark_latest(run.folder.path());
  say_what_is_trained(run, resumed);

  if (train_with_progress(run, line.run.save_every) == TrainingEnd::interrupted) {
    write_or_say_how_to_go_on(run, [&] { save(run); });
    const TrainingState& state = run.checkpoint.state;
    say(stderr, "stopped in epoch {}, after step {}; saved. Go on with:\n  {}\n", state.epoch + 1,
        state.step, run.command_to_resume());
    return kExitInterrupted;
  }
  write_or_say_how_to_go_on(run, [&] {
    const TrainingOptions& options = run.checkpoint.options;
    write_training_outputs(run.folder.path(), run.checkpoint.state, options, run.data,
                           run.command(arguments_of(options, Arguments::all)));
  });
  say_what_came_of_it(run);
  check_was_heard(run.folder);
  return 0;
}

int run_program(int argc, char** argv) {
  const CommandLine line = read_command_line(argc, argv);
  if (!line.help) return run_training(line);
  say(stdout, "{}", help_text());
  return 0;
}

}  // namespace
}  // namespace nn::basic

int main(int argc, char** argv) {
  nn::set_up_signals();
  return nn::run_user_program(argc, argv, nn::kPhase1Train, "try a smaller --batch or --hidden",
                              [&] { return nn::basic::run_program(argc, argv); });
}
