#include "phase2_vectorized/checkpoint/train_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "common/json.h"

namespace nn::cpu {
namespace {

using nlohmann::json;

constexpr const char* kEpochsAllowed = "a whole number from 1 to 10000";
constexpr const char* kBatchAllowed = "a whole number from 1 to 65536";
constexpr const char* kRateAllowed = "a number above 0 and up to 1000";
constexpr const char* kHiddenAllowed = "none, or up to 16 widths from 1 to 65536, as in 128,64";
constexpr const char* kDropoutAllowed = "a number from 0 to 0.9";
constexpr const char* kAugmentAllowed = "yes or no";
constexpr const char* kSeedAllowed = "a whole number from 0 to 18446744073709551615";

std::string hidden_text(const std::vector<int>& hidden) {
  return hidden.empty() ? "none" : fmt::format("{}", fmt::join(hidden, ","));
}

struct Parser : OptionParser {
  Parser();
};

Parser::Parser()
    : OptionParser("train", "Trains a network of dense layers on pictures, with phase 2's Model.",
                   "Ctrl-C saves and stops; --resume goes on, to the same result as without a "
                   "stop.\nNN_THREADS=1 in the environment sets how many threads compute.\n"
                   "Through make:  make train ARGS=\"--dataset fashion --epochs 20\"") {
  const ImageRecipe mnist = recipe_for("mnist"), fashion = recipe_for("fashion");
  add("--dataset", "NAME",
      "mnist, fashion, tiny, or a folder of IDX or PNG files (default: mnist)");
  add("--epochs", "N",
      fmt::format("how often every picture is seen (mnist: {}, fashion: {})", mnist.epochs,
                  fashion.epochs));
  add("--batch", "N",
      fmt::format("pictures a step (mnist: {}, fashion: {})", mnist.batch, fashion.batch));
  add("--lr", "X",
      fmt::format("highest learning rate of the cycle (mnist: {}, fashion: {})",
                  mnist.learning_rate, fashion.learning_rate));
  add("--hidden", "N,N,..",
      fmt::format("units of each hidden layer, or none (mnist: {}, fashion: {})",
                  hidden_text(mnist.hidden), hidden_text(fashion.hidden)));
  add("--dropout", "X", "share of hidden units left out in training (default: 0)");
  add("--augment", "yes|no", "shift, rotate and bend training pictures (default: no)");
  add("--seed", "N", "decides first weights and order of pictures (default: 1)");
  add_run_options(*this);
}

// Throws UsageError unless the value is within [low, high].
template <class T>
void check_range(const Parser& parser, const char* option, T value, T low, T high,
                 const char* allowed) {
  if (!(value >= low && value <= high)) refuse_option(option, parser.text(option), allowed);
}

void read_recipe(ImageRecipe& recipe, const Parser& parser) {
  read_option(recipe.epochs, parser, "--epochs", kEpochsAllowed);
  read_option(recipe.batch, parser, "--batch", kBatchAllowed);
  read_option(recipe.learning_rate, parser, "--lr", kRateAllowed);
  read_option(recipe.hidden, parser, "--hidden", kHiddenAllowed);
  read_option(recipe.dropout, parser, "--dropout", kDropoutAllowed);
  if (parser.given("--epochs")) {
    check_range(parser, "--epochs", recipe.epochs, 1, 10'000, kEpochsAllowed);
  }
  if (parser.given("--batch")) {
    check_range(parser, "--batch", recipe.batch, 1, 65'536, kBatchAllowed);
  }
  if (parser.given("--lr")) {
    check_range(parser, "--lr", recipe.learning_rate, 1e-300, 1000.0, kRateAllowed);
  }
  if (parser.given("--dropout")) {
    check_range(parser, "--dropout", recipe.dropout, 0.0F, 0.9F, kDropoutAllowed);
  }
  const bool widths_allowed =
      std::ranges::all_of(recipe.hidden, [](int width) { return width >= 1 && width <= 65'536; });
  if (!widths_allowed || recipe.hidden.size() > 16) {
    refuse_option("--hidden", parser.text("--hidden"), kHiddenAllowed);
  }
}

}  // namespace

TrainCommand read_train_command(int argc, const char* const* argv) {
  TrainCommand command;
  command.program = argc > 0 ? argv[0] : kTrain.file;
  Parser parser;
  if (!parser.parse(argc, argv)) {
    command.help = true;
    return command;
  }
  command.run = read_run_options(parser, {"--save-every"});
  ImageTraining& training = command.training;
  read_option(training.dataset, parser, "--dataset",
              "mnist, fashion, tiny or a folder of IDX or PNG files");
  training.recipe = recipe_for(training.dataset);
  read_recipe(training.recipe, parser);
  std::string augment = "no";
  read_option(augment, parser, "--augment", kAugmentAllowed);
  if (augment != "yes" && augment != "no") refuse_option("--augment", augment, kAugmentAllowed);
  training.augment = augment == "yes";
  read_option(training.seed, parser, "--seed", kSeedAllowed);
  command.batch_given = parser.given("--batch");
  return command;
}

std::string train_help() { return Parser().help(); }

std::vector<std::string> arguments_of(const ImageTraining& training, Arguments which) {
  std::vector<std::string> arguments;
  const auto add = [&](const char* name, const auto& value, const auto& by_default) {
    if (which == Arguments::changed && value == by_default) return;
    arguments.insert(arguments.end(), {name, fmt::format("{}", value)});
  };
  const auto yes_or_no = [](bool value) { return std::string_view(value ? "yes" : "no"); };
  const ImageTraining defaults;
  const ImageRecipe& recipe = training.recipe;
  const ImageRecipe suits = recipe_for(training.dataset);
  add("--dataset", training.dataset, defaults.dataset);
  add("--epochs", recipe.epochs, suits.epochs);
  add("--batch", recipe.batch, suits.batch);
  add("--lr", recipe.learning_rate, suits.learning_rate);
  add("--hidden", hidden_text(recipe.hidden), hidden_text(suits.hidden));
  add("--dropout", recipe.dropout, suits.dropout);
  add("--augment", yes_or_no(training.augment), yes_or_no(defaults.augment));
  add("--seed", training.seed, defaults.seed);
  return arguments;
}

std::string training_note(const ImageTraining& training) {
  const ImageRecipe& recipe = training.recipe;
  return json{{"dataset", training.dataset}, {"epochs", recipe.epochs}, {"batch", recipe.batch},
              {"lr", recipe.learning_rate},  {"hidden", recipe.hidden}, {"dropout", recipe.dropout},
              {"augment", training.augment}, {"seed", training.seed}}
      .dump();
}

ImageTraining read_training_note(const std::string& note, const std::string& file) {
  try {
    const json object = parse_json(note, file);
    ImageTraining training;
    object.at("dataset").get_to(training.dataset);
    object.at("epochs").get_to(training.recipe.epochs);
    object.at("batch").get_to(training.recipe.batch);
    object.at("lr").get_to(training.recipe.learning_rate);
    object.at("hidden").get_to(training.recipe.hidden);
    object.at("dropout").get_to(training.recipe.dropout);
    object.at("augment").get_to(training.augment);
    object.at("seed").get_to(training.seed);
    return training;
  } catch (const json::exception& error) {
    throw Error(
        detail::cat(file, ": its options are not what this program writes: ", error.what()));
  }
}

}  // namespace nn::cpu
