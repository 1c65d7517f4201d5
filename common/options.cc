#include "common/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace nn {
namespace {

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

void refuse_option(const std::string& option, const std::string& text, const std::string& allowed) {
  throw UsageError(fmt::format("{} is '{}'; it may be {}", option, text, allowed));
}

OptionParser::OptionParser(const std::string& program, const std::string& description,
                           const std::string& footer)
    : app_(description, program) {
  app_.set_help_flag("--help,-h", "show this list");
  app_.allow_extras();
  app_.get_formatter()->column_width(20);
  app_.footer(footer);
}

void OptionParser::add(const std::string& option, const char* value,
                       const std::string& description) {
  app_.add_option(option, texts_[option], description)
      ->option_text(value)
      // Else a second one is an error in CLI11's words; parse() has its own.
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void OptionParser::refuse_extra(const std::string& argument) const {
  std::vector<std::string> names;
  for (const auto& [option, text] : texts_) names.push_back(option);
  throw UsageError(
      fmt::format("'{}' is no option; there are {}", argument, fmt::join(names, ", ")));
}

bool OptionParser::parse(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    const std::string last = argv[argc - 1];
    if (!texts_.contains(last)) throw UsageError(error.what());
    throw UsageError(fmt::format("{} needs a value: {} {}", last, last,
                                 app_.get_option(last)->get_option_text()));
  }
  bool only_words = false;  // after "--"
  for (const std::string& extra : app_.remaining()) {
    if (takes_words_ && !only_words && extra == "--") {
      only_words = true;
    } else if (!takes_words_ || (!only_words && extra.starts_with("-"))) {
      refuse_extra(extra);
    } else {
      words_.push_back(extra);
    }
  }
  for (const auto& [option, text] : texts_) {
    if (app_.count(option) > 1) throw UsageError(option + " is given twice; it may be given once");
  }
  return true;
}

void OptionParser::check_goes_with(const std::string& option,
                                   const std::vector<std::string>& allowed,
                                   const std::string& why) const {
  if (!given(option)) return;
  for (const auto& [other, text] : texts_) {
    if (other == option || !given(other) || std::ranges::count(allowed, other) > 0) continue;
    throw UsageError(fmt::format("{} cannot be given with {}, {}; only {} may be given", other,
                                 option, why, fmt::join(allowed, " and ")));
  }
}

void read_option(std::string& value, const OptionParser& parser, const char* option,
                 const char* allowed) {
  if (!parser.given(option)) return;
  value = parser.text(option);
  if (value.empty()) refuse_option(option, value, allowed);
}

void read_option(std::vector<int>& widths, const OptionParser& parser, const char* option,
                 const char* allowed) {
  if (!parser.given(option)) return;
  const std::string& text = parser.text(option);
  widths.clear();
  if (text == "none") return;
  for (std::size_t first = 0, comma = 0; comma != std::string::npos; first = comma + 1) {
    comma = text.find(',', first);
    int width = 0;
    if (!read_number(width, std::string_view(text).substr(first, comma - first))) {
      refuse_option(option, text, allowed);
    }
    widths.push_back(width);
  }
}

std::string shell_quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string command_for(const std::string& called, const ProgramName& program,
                        const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (const std::string& argument : arguments) words.push_back(shell_quoted(argument));
  const std::string text = fmt::format("{}", fmt::join(words, " "));
  const std::filesystem::path path(called);
  std::string command = shell_quoted((path.parent_path() / program.file).string());
  const bool mine = path.parent_path() == "build/mine/bin";
  if (!mine && path.parent_path() != "build/release/bin") {
    return text.empty() ? command : command + " " + text;
  }
  command = std::string("make ") + program.make + (mine ? " MINE=1" : "");
  return text.empty() ? command : command + " " + make_argument(text);
}

}  // namespace nn
