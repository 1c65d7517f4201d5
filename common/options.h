// The command lines of our programs: options with one value each, and messages that say what is allowed.
//
//   OptionParser parser("train", "Trains a network.", "Ctrl-C saves and stops.");
//   parser.add("--epochs", "N", "how often every image is seen (default: 6)");
//   parser.parse(argc, argv);
//   read_option(epochs, parser, "--epochs", "a whole number from 1 to 10000");
#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "common/check.h"

namespace nn {

// A command line that asks for what cannot be. what() names the option and what it may be.
class UsageError : public Error {
 public:
  using Error::Error;
};

[[noreturn]] void refuse_option(const std::string& option, const std::string& text,
                                const std::string& allowed);

// CLI11 takes the command line apart; the values stay texts, since its conversions differ by
// version in what they let pass (-1 and 1e30 for a seed, 010 for 8) and do not say what is allowed.
class OptionParser {
 public:
  // --help (-h) is there from the start. footer: the last lines of the help.
  OptionParser(const std::string& program, const std::string& description,
               const std::string& footer);
  ~OptionParser() = default;
  OptionParser(const OptionParser&) = delete;
  OptionParser& operator=(const OptionParser&) = delete;

  // `value` stands for the option's value in the help.
  void add(const std::string& option, const char* value, const std::string& description);
  // From now on words that belong to no option are taken: files, say. Those that begin with '-' are
  // options nevertheless, but for those after "--".
  void take_words() { takes_words_ = true; }

  std::string help() { return app_.help(); }
  // False if --help was asked for. An option that is unknown, given twice or without its value, or a
  // word that nobody takes: UsageError.
  bool parse(int argc, const char* const* argv);

  bool given(const std::string& option) const { return app_.count(option) > 0; }
  const std::string& text(const std::string& option) const { return texts_.at(option); }
  // If `option` was given, UsageError that says `why` where another one was that is not among
  // `allowed`.
  void check_goes_with(const std::string& option, const std::vector<std::string>& allowed,
                       const std::string& why) const;
  const std::vector<std::string>& words() const { return words_; }

 private:
  [[noreturn]] void refuse_extra(const std::string& argument) const;

  CLI::App app_;
  std::map<std::string, std::string> texts_;  // by option; their places must not move
  std::vector<std::string> words_;
  bool takes_words_ = false;
};

// Is all of `text` a number? from_chars: decimal whatever the locale, no blanks, no sign but '-'.
template <class T>
bool read_number(T& value, std::string_view text) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && rest == end;
}

// These read an option, if it was given; else its value stays as it is. What cannot be read:
// UsageError, which says what is allowed.
template <class T>
void read_option(T& value, const OptionParser& parser, const char* option, const char* allowed) {
  if (!parser.given(option)) return;
  const std::string& text = parser.text(option);
  if (!read_number(value, text)) refuse_option(option, text, allowed);
}
void read_option(std::string& value, const OptionParser& parser, const char* option,
                 const char* allowed);  // not empty
// "128,64", or "none".
void read_option(std::vector<int>& numbers, const OptionParser& parser, const char* option,
                 const char* allowed);

// In single quotes if the shell might see more in it than a word.
std::string shell_quoted(const std::string& word);

// A program as those who use it know it.
struct ProgramName {
  const char* file;  // under build/<preset>/bin
  const char*
      make;  // what make is asked for, which builds and runs it: the target, and its settings
};

// Those of the front door, which name one another.
inline constexpr ProgramName kPhase1Train{"phase1_train", "train PHASE=1"};
inline constexpr ProgramName kTrain{"phase2_train", "train"};
inline constexpr ProgramName kEvaluate{"phase2_evaluate", "evaluate"};
inline constexpr ProgramName kPredict{"phase2_predict", "predict"};

// Of the options that would start the same anew: all, or those that differ from the defaults.
enum class Arguments { all, changed };

// The command that runs a program with these arguments, as a line to paste into the shell that ran
// this one as `called`, its argv[0]: `make target ARGS="..."` where that is as make calls it,
// build/release/bin/<file> or build/mine/bin/<file> from the root of the repository, else the
// program beside this one. Any path is quoted so that it comes through whole.
std::string command_for(const std::string& called, const ProgramName& program,
                        const std::vector<std::string>& arguments);

}  // namespace nn
