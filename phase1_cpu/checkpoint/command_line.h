// What phase 1's `train` was asked to do on its command line.
#pragma once

#include <string>
#include <vector>

#include "common/options.h"
#include "common/training_program.h"
#include "phase1_cpu/checkpoint/training.h"

namespace nn::basic {

struct CommandLine {
  std::string program;  // argv[0]
  bool help = false;    // --help was asked for; nothing else was read
  TrainingOptions options;
  bool epochs_given = false;
  RunOptions run;
};

// An option that is unknown, given twice, without a value or with one that cannot be read or is out
// of range: UsageError. What depends on the data (a batch larger than they are) is not checked here.
CommandLine read_command_line(int argc, const char* const* argv);

// What --help prints; lines of at most 80 columns.
std::string help_text();

// The arguments that start this training anew.
std::vector<std::string> arguments_of(const TrainingOptions& options, Arguments which);

}  // namespace nn::basic
