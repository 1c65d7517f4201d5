#include "phase1_cpu/checkpoint/command_line.h"

#include <fmt/format.h>

#include "common/options.h"

namespace nn::basic {
namespace {

// The options of train, and its help.
struct Parser : OptionParser {
  Parser();
};

Parser::Parser()
    : OptionParser(
          "train", "Trains a network of dense layers on images, with phase 1's own code.",
          "Ctrl-C saves and stops; --resume goes on, to the same result as without a "
          "stop.\nThrough make:  make train PHASE=1 ARGS=\"--dataset fashion --hidden 256,64\"") {
  const TrainingOptions defaults;
  add("--dataset", "NAME",
      fmt::format("mnist, fashion, tiny, or a folder of files (default: {})", defaults.dataset));
  add("--epochs", "N", fmt::format("how often every image is seen (default: {})", defaults.epochs));
  add("--batch", "N", fmt::format("images a step (default: {})", defaults.batch));
  add("--lr", "X",
      fmt::format("learning rate, how far a step goes (default: {})", defaults.learning_rate));
  add("--hidden", "N,N,..",
      fmt::format("units of each hidden layer, or none (default: {})",
                  hidden_text(defaults.hidden)));
  add("--seed", "N",
      fmt::format("decides first weights and order of images (default: {})", defaults.seed));
  add_run_options(*this);
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  line.program = argc > 0 ? argv[0] : kPhase1Train.file;
  Parser parser;
  if (!parser.parse(argc, argv)) {
    line.help = true;
    return line;
  }
  line.run = read_run_options(parser, {"--epochs", "--save-every"});
  TrainingOptions& options = line.options;
  read_option(options.dataset, parser, "--dataset",
              "mnist, fashion, tiny or a folder of IDX files");
  read_option(options.epochs, parser, "--epochs", kEpochsAllowed);
  read_option(options.batch, parser, "--batch", kBatchAllowed);
  read_option(options.learning_rate, parser, "--lr", kLearningRateAllowed);
  read_option(options.hidden, parser, "--hidden", kHiddenAllowed);
  read_option(options.seed, parser, "--seed", kSeedAllowed);
  line.epochs_given = parser.given("--epochs");
  try {
    check_options(options);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  return line;
}

std::string help_text() { return Parser().help(); }

std::vector<std::string> arguments_of(const TrainingOptions& options, Arguments which) {
  std::vector<std::string> arguments;
  const auto add = [&](const char* name, const auto& value, const auto& by_default) {
    if (which == Arguments::changed && value == by_default) return;
    arguments.insert(arguments.end(), {name, fmt::format("{}", value)});
  };
  const TrainingOptions defaults;
  add("--dataset", options.dataset, defaults.dataset);
  add("--epochs", options.epochs, defaults.epochs);
  add("--batch", options.batch, defaults.batch);
  add("--lr", options.learning_rate, defaults.learning_rate);
  add("--hidden", hidden_text(options.hidden), hidden_text(defaults.hidden));
  add("--seed", options.seed, defaults.seed);
  return arguments;
}

}  // namespace nn::basic
