// What phase 2's `train` was asked to do.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/options.h"
#include "common/training_program.h"
#include "phase2_vectorized/checkpoint/recipes.h"

namespace nn::cpu {

// What the user chose, kept in the run's checkpoint.
struct ImageTraining {
  std::string dataset = "mnist";  // a name that load_dataset knows, or a folder
  ImageRecipe recipe;
  bool augment = false;  // training pictures shifted, rotated and bent, anew in each epoch
  std::uint64_t seed = 1;
};

// What of a recipe was on the command line.
struct GivenRecipe {
  std::optional<int> epochs, batch;
  std::optional<double> learning_rate;
  std::optional<std::vector<int>> hidden;
  std::optional<float> dropout;
};

struct TrainCommand {
  std::string program;  // argv[0]
  bool help = false;
  ImageTraining training;  // but for its recipe, which the number of examples decides too
  GivenRecipe given;
  RunOptions run;
};

// An option that is unknown, given twice, without a value, or out of range: UsageError.
TrainCommand read_train_command(int argc, const char* const* argv);
std::string train_help();

// What was given, and for the rest what suits the data set with so many examples. A batch of more than those:
// UsageError.
ImageRecipe chosen_recipe(const TrainCommand& command, int examples);

// The arguments that start this training anew; the defaults are those of recipe_for(dataset, examples).
std::vector<std::string> arguments_of(const ImageTraining& training, int examples, Arguments which);

// As a note of the model's files, and back; malformed: nn::Error that begins with `file`.
std::string training_note(const ImageTraining& training);
ImageTraining read_training_note(const std::string& note, const std::string& file);

}  // namespace nn::cpu
