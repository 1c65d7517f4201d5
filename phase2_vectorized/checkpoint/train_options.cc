#include "phase2_vectorized/checkpoint/train_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "common/json.h"

namespace nn::cpu {
namespace {

using nlohmann::json;

constexpr int kMany = kFewExamples;  // examples, of a set that is not of few

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
                   "stop.\nfew: a folder, or tiny, with fewer than " +
                       std::to_string(kFewExamples) +
                       " pictures to learn from.\nNN_THREADS=1 in the environment sets how many "
                       "threads compute.\n"
                       "Through make:  make train ARGS=\"--dataset fashion --epochs 20\"") {
  const ImageRecipe mnist = recipe_for("mnist", kMany), fashion = recipe_for("fashion", kMany),
                    few = recipe_for("", kFewExamples - 1);
  const auto by_default = [](const auto& of_mnist, const auto& of_fashion, const auto& of_few) {
    return fmt::format("(mnist: {}, fashion: {}, few: {})", of_mnist, of_fashion, of_few);
  };
  add("--dataset", "NAME",
      "mnist, fashion, tiny, or a folder of IDX or PNG files (default: mnist)");
  add("--epochs", "N",
      "how often every picture is seen " + by_default(mnist.epochs, fashion.epochs, few.epochs));
  add("--batch", "N",
      fmt::format("pictures a step (mnist: {}, fashion: {}, few: a 16th of them, at most {})",
                  mnist.batch, fashion.batch, few.batch));
  add("--lr", "X",
      "highest learning rate of the cycle " +
          by_default(mnist.learning_rate, fashion.learning_rate, few.learning_rate));
  add("--hidden", "N,N,..",
      "units of each hidden layer, or none " + by_default(hidden_text(mnist.hidden),
                                                          hidden_text(fashion.hidden),
                                                          hidden_text(few.hidden)));
  add("--dropout", "X", "share of hidden units left out in training (default: 0)");
  add("--augment", "yes|no", "shift, rotate and bend training pictures (default: no)");
  add("--seed", "N", "decides first weights and order of pictures (default: 1)");
  add_run_options(*this);
}

// An option's number within [low, high], if it was given. UsageError for any other.
template <class T>
std::optional<T> given_number(const Parser& parser, const char* option, T low, T high,
                              const char* allowed) {
  if (!parser.given(option)) return std::nullopt;
  T value{};
  read_option(value, parser, option, allowed);
  if (!(value >= low && value <= high)) refuse_option(option, parser.text(option), allowed);
  return value;
}

std::optional<std::vector<int>> given_hidden(const Parser& parser) {
  if (!parser.given("--hidden")) return std::nullopt;
  std::vector<int> hidden;
  read_option(hidden, parser, "--hidden", kHiddenAllowed);
  const bool widths_allowed =
      std::ranges::all_of(hidden, [](int width) { return width >= 1 && width <= 65'536; });
  if (!widths_allowed || hidden.size() > 16) {
    refuse_option("--hidden", parser.text("--hidden"), kHiddenAllowed);
  }
  return hidden;
}

GivenRecipe read_recipe(const Parser& parser) {
  return {.epochs = given_number(parser, "--epochs", 1, 10'000, kEpochsAllowed),
          .batch = given_number(parser, "--batch", 1, 65'536, kBatchAllowed),
          .learning_rate = given_number(parser, "--lr", 1e-300, 1000.0, kRateAllowed),
          .hidden = given_hidden(parser),
          .dropout = given_number(parser, "--dropout", 0.0F, 0.9F, kDropoutAllowed)};
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
  command.given = read_recipe(parser);
  std::string augment = "no";
  read_option(augment, parser, "--augment", kAugmentAllowed);
  if (augment != "yes" && augment != "no") refuse_option("--augment", augment, kAugmentAllowed);
  training.augment = augment == "yes";
  read_option(training.seed, parser, "--seed", kSeedAllowed);
  return command;
}

std::string train_help() { return Parser().help(); }

ImageRecipe chosen_recipe(const TrainCommand& command, int examples) {
  const GivenRecipe& given = command.given;
  if (given.batch > examples) {
    throw UsageError(
        fmt::format("--batch is {}; it may be at most the {} training pictures there are",
                    *given.batch, examples));
  }
  ImageRecipe recipe = recipe_for(command.training.dataset, examples);
  recipe.epochs = given.epochs.value_or(recipe.epochs);
  recipe.batch = given.batch.value_or(recipe.batch);
  recipe.learning_rate = given.learning_rate.value_or(recipe.learning_rate);
  recipe.hidden = given.hidden.value_or(recipe.hidden);
  recipe.dropout = given.dropout.value_or(recipe.dropout);
  return recipe;
}

std::vector<std::string> arguments_of(const ImageTraining& training, int examples,
                                      Arguments which) {
  std::vector<std::string> arguments;
  const auto add = [&](const char* name, const auto& value, const auto& by_default) {
    if (which == Arguments::changed && value == by_default) return;
    arguments.insert(arguments.end(), {name, fmt::format("{}", value)});
  };
  const auto yes_or_no = [](bool value) { return std::string_view(value ? "yes" : "no"); };
  const ImageTraining defaults;
  const ImageRecipe& recipe = training.recipe;
  const ImageRecipe suits = recipe_for(training.dataset, examples);
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
