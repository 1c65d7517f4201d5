// What phase 2's `train` was asked to do.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/options.h"
#include "common/training_program.h"
#include "phase2_vectorized/checkpoint/recipes.h"

namespace nn::cpu {

// What the user chose, kept in the run's checkpoint.
struct ImageTraining {
  std::string dataset = "mnist";  // a name that load_dataset knows, or a folder
  ImageRecipe recipe;             // what was not given: recipe_for(dataset)
  bool augment = false;           // training pictures shifted, rotated and bent, anew in each epoch
  std::uint64_t seed = 1;
};

struct TrainCommand {
  std::string program;  // argv[0]
  bool help = false;
  ImageTraining training;
  bool batch_given = false;
  RunOptions run;
};

// An option that is unknown, given twice, without a value, or out of range: UsageError.
TrainCommand read_train_command(int argc, const char* const* argv);
std::string train_help();

// The arguments that start this training anew; the defaults are recipe_for(dataset)'s.
std::vector<std::string> arguments_of(const ImageTraining& training, Arguments which);

// As a note of the model's files, and back; malformed: nn::Error that begins with `file`.
std::string training_note(const ImageTraining& training);
ImageTraining read_training_note(const std::string& note, const std::string& file);

}  // namespace nn::cpu
