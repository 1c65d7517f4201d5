#include "phase2_vectorized/checkpoint/image_model.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "common/check.h"
#include "common/training_program.h"

namespace nn::cpu {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLastRun = "runs/latest";
constexpr const char* kModelFile = "model.safetensors";

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// Why this run left no model, and what to do about it.
[[noreturn]] void refuse_run(const fs::path& run, const std::string& called) {
  if (const fs::path checkpoint = run / kCheckpoint; is_there(checkpoint)) {
    const ProgramName& trainer = phase_of_file(checkpoint) == 1 ? kPhase1Train : kTrain;
    throw Error(detail::cat("the training in ", run.string(),
                            " has not come to its end. Go on with: ",
                            command_for(called, trainer, {"--resume", run.string()})));
  }
  throw Error(detail::cat("there is no ", (run / kModelFile).string(),
                          "; train a network first: ", command_for(called, kTrain, {})));
}

// The run of phase 2 whose model was written last; empty if there is none.
std::string newest_run() {
  std::error_code error;
  std::string newest;
  fs::file_time_type newest_time;
  for (const fs::directory_entry& run : fs::directory_iterator(kRuns, error)) {
    const fs::path file = run.path() / kModelFile;
    if (run.is_symlink(error) || !is_there(file) || phase_of_file(file) != 2) continue;
    const fs::file_time_type time = fs::last_write_time(file, error);
    if (error || (!newest.empty() && time <= newest_time)) continue;
    newest = run.path().string();
    newest_time = time;
  }
  return newest;
}

[[noreturn]] void refuse_phase1_model(const std::string& file, const OptionParser& parser,
                                      const ProgramName& program, const std::string& called) {
  std::string ways = "Train one: " + command_for(called, kTrain, {});
  if (const std::string run = newest_run(); !run.empty()) {
    std::vector<std::string> arguments{"--model", run};
    arguments.insert(arguments.end(), parser.words().begin(), parser.words().end());
    ways += "; or take an earlier run's: " + command_for(called, program, arguments);
  }
  throw Error(detail::cat(file,
                          ": was written by phase 1's trainer, and this program reads the models "
                          "of phase 2's. ",
                          ways));
}

}  // namespace

void add_model_option(OptionParser& parser) {
  parser.add(
      "--model", "PATH",
      detail::cat("a model that train wrote, or its run's folder (default: ", kLastRun, ")"));
}

ImageModel open_image_model(const OptionParser& parser, const ProgramName& program,
                            const std::string& called) {
  std::string file = kLastRun;
  read_option(file, parser, "--model", "a model that train wrote, or its run's folder");
  std::error_code ignored;
  if (!parser.given("--model") || fs::is_directory(file, ignored)) {
    const fs::path run = file;
    file = (run / kModelFile).string();
    if (!is_there(file)) refuse_run(run, called);
  }
  if (phase_of_file(file) == 1) refuse_phase1_model(file, parser, program, called);
  Model model = Model::load(file);
  ImageNotes notes = read_image_notes(model.notes(), file);
  return {std::move(file), std::move(model), std::move(notes)};
}

}  // namespace nn::cpu
