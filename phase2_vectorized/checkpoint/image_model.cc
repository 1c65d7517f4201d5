#include "phase2_vectorized/checkpoint/image_model.h"

#include <filesystem>
#include <utility>

#include "common/check.h"
#include "common/training_program.h"

namespace nn::cpu {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLastRun = "runs/latest";
constexpr const char* kLastModel = "runs/latest/model.safetensors";

// Why the last run left no model, and what to do about it.
[[noreturn]] void refuse_last_run(const std::string& called) {
  std::error_code ignored;
  if (fs::exists(fs::path(kLastRun) / kCheckpoint, ignored)) {
    const ProgramName& trainer =
        phase_of_file(fs::path(kLastRun) / kCheckpoint) == 1 ? kPhase1Train : kTrain;
    throw Error(detail::cat("the training in ", kLastRun, " has not come to its end. Go on with: ",
                            command_for(called, trainer, {"--resume", kLastRun})));
  }
  throw Error(detail::cat("there is no ", kLastModel,
                          "; train a network first: ", command_for(called, kTrain, {})));
}

}  // namespace

void add_model_option(OptionParser& parser) {
  parser.add("--model", "FILE",
             detail::cat("a model that train wrote (default: ", kLastModel, ")"));
}

ImageModel open_image_model(const OptionParser& parser, const std::string& called) {
  std::string file = kLastModel;
  read_option(file, parser, "--model", "a model that train wrote");
  std::error_code ignored;
  if (!parser.given("--model") && !fs::exists(file, ignored)) refuse_last_run(called);
  if (phase_of_file(file) == 1) {
    throw Error(detail::cat(file,
                            ": was written by phase 1's trainer, and this program reads the "
                            "models of phase 2's: ",
                            command_for(called, kTrain, {})));
  }
  Model model = Model::load(file);
  ImageNotes notes = read_image_notes(model.notes(), file);
  return {std::move(file), std::move(model), std::move(notes)};
}

}  // namespace nn::cpu
