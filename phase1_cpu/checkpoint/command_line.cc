#include "phase1_cpu/checkpoint/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <map>
#include <string_view>
#include <system_error>

namespace nn::basic {
namespace {

constexpr const char* kSaveEveryAllowed = "a whole number from 1 to 1000000000";

// CLI11 takes the command line apart; the values stay texts, since its conversions differ by
// version in what they let pass (-1 and 1e30 for a seed, 010 for 8) and do not say what is allowed.
class Parser {
 public:
  Parser();

  std::string help() { return app_.help(); }
  // Throws CLI::CallForHelp or UsageError.
  void parse(int argc, const char* const* argv);

  bool given(const std::string& option) const { return app_.count(option) > 0; }
  const std::string& text(const std::string& option) const { return texts_.at(option); }

 private:
  // `value` stands for the option's value in the help.
  void add(const std::string& option, const char* value, const std::string& description);
  [[noreturn]] void refuse_extra(const std::string& argument) const;

  CLI::App app_{"Trains a network of dense layers on images, with phase 1's own code.", "train"};
  std::map<std::string, std::string> texts_;  // by option; their places must not move
};

void Parser::add(const std::string& option, const char* value, const std::string& description) {
  app_.add_option(option, texts_[option], description)
      ->option_text(value)
      // Else a second one is an error in CLI11's words; parse() has its own.
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

Parser::Parser() {
  const TrainingOptions defaults;
  const CommandLine line;
  app_.set_help_flag("--help,-h", "show this list");
  app_.allow_extras();
  app_.get_formatter()->column_width(20);
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
  add("--out", "FOLDER", "for the results (default: runs/NAME-DATE; must be empty)");
  add("--resume", "FOLDER", "go on with the run in FOLDER; runs/latest is the last one");
  add("--save-every", "N",
      fmt::format("steps between two saved states (default: {})", line.save_every));
  app_.footer(
      "Ctrl-C saves and stops; --resume goes on, to the same result as without a stop.\n"
      "Through make:  make train ARGS=\"--dataset fashion --hidden 256,64\"");
}

void Parser::refuse_extra(const std::string& argument) const {
  std::vector<std::string> names;
  for (const auto& [option, text] : texts_) names.push_back(option);
  throw UsageError(
      fmt::format("'{}' is no option; there are {}", argument, fmt::join(names, ", ")));
}

void Parser::parse(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    throw;
  } catch (const CLI::ParseError& error) {
    const std::string last = argv[argc - 1];
    if (!texts_.contains(last)) throw UsageError(error.what());
    throw UsageError(fmt::format("{} needs a value: {} {}", last, last,
                                 app_.get_option(last)->get_option_text()));
  }
  if (const std::vector<std::string> extras = app_.remaining(); !extras.empty()) {
    refuse_extra(extras.front());
  }
  for (const auto& [option, text] : texts_) {
    if (app_.count(option) > 1) throw UsageError(option + " is given twice; it may be given once");
  }
}

[[noreturn]] void refuse(const char* option, const std::string& text, const char* allowed) {
  throw UsageError(fmt::format("{} is '{}'; it may be {}", option, text, allowed));
}

// Is all of `text` a number? from_chars: decimal whatever the locale, no blanks, no sign but '-'.
template <class T>
bool read_number(T& value, std::string_view text) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end;
}

// These read an option, if it was given; else its value stays as it is.
template <class T>
void read(T& value, const Parser& parser, const char* option, const char* allowed) {
  if (!parser.given(option)) return;
  const std::string& text = parser.text(option);
  if (!read_number(value, text)) refuse(option, text, allowed);
}

void read(std::string& value, const Parser& parser, const char* option, const char* allowed) {
  if (!parser.given(option)) return;
  value = parser.text(option);
  if (value.empty()) refuse(option, value, allowed);
}

void read(std::vector<int>& widths, const Parser& parser, const char* option, const char* allowed) {
  if (!parser.given(option)) return;
  const std::string& text = parser.text(option);
  widths.clear();
  if (text == "none") return;
  for (std::size_t first = 0, comma = 0; comma != std::string::npos; first = comma + 1) {
    comma = text.find(',', first);
    int width = 0;
    if (!read_number(width, std::string_view(text).substr(first, comma - first))) {
      refuse(option, text, allowed);
    }
    widths.push_back(width);
  }
}

// In single quotes if the shell might see more in it than a word.
std::string shell_quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// ARGS="..." as an argument of make: what the shell that reads it, then make, then the shell of the
// recipe must each leave alone.
std::string make_argument(const std::string& command) {
  std::string text;
  for (const char c : command) {
    if (c == '$') {
      text += "\\$\\$";  // the shell makes it $$, make makes that $
    } else {
      if (c == '"' || c == '\\' || c == '`') text += '\\';
      text += c;
    }
  }
  return "ARGS=\"" + text + "\"";
}

}  // namespace

CommandLine read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  line.program = argc > 0 ? argv[0] : "train";
  Parser parser;
  try {
    parser.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    line.help = true;
    return line;
  }
  if (parser.given("--resume")) {
    for (const char* option : {"--out", "--dataset", "--batch", "--lr", "--hidden", "--seed"}) {
      if (parser.given(option)) {
        throw UsageError(fmt::format(
            "{} cannot be given with --resume, which goes on exactly as the run began; only "
            "--epochs and --save-every may be given",
            option));
      }
    }
  }
  TrainingOptions& options = line.options;
  read(options.dataset, parser, "--dataset", "mnist, fashion, tiny or a folder of IDX files");
  read(options.epochs, parser, "--epochs", kEpochsAllowed);
  read(options.batch, parser, "--batch", kBatchAllowed);
  read(options.learning_rate, parser, "--lr", kLearningRateAllowed);
  read(options.hidden, parser, "--hidden", kHiddenAllowed);
  read(options.seed, parser, "--seed", kSeedAllowed);
  read(line.out, parser, "--out", "a folder, new or empty");
  read(line.resume, parser, "--resume", "the folder of a run, such as runs/latest");
  read(line.save_every, parser, "--save-every", kSaveEveryAllowed);
  line.epochs_given = parser.given("--epochs");
  if (line.save_every < 1 || line.save_every > 1'000'000'000) {
    refuse("--save-every", parser.text("--save-every"), kSaveEveryAllowed);
  }
  try {
    check_options(options);
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
  return line;
}

std::string help_text() { return Parser().help(); }

std::string command_for(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) words.push_back(shell_quoted(argument));
  const std::string text = fmt::format("{}", fmt::join(words, " "));
  if (program == "build/release/bin/train") return "make train " + make_argument(text);
  if (program == "build/mine/bin/train") return "make train MINE=1 " + make_argument(text);
  return shell_quoted(program) + " " + text;
}

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
