// Whatever stands on a command line, OptionParser takes it or throws UsageError, in one line; so do the
// readers of values. A word that shell_quoted made for a shell has no newline or quote that could end it
// early: taken apart as a shell does, it is the word again.
//
// The input is the command line, a word a line.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/check.h"
#include "common/options.h"

namespace {

// What a shell makes of one word in single quotes, with \' between them, or bare.
std::string unquoted(const std::string& quoted) {
  std::string word;
  bool inside = false;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\'') {
      inside = !inside;
    } else if (!inside && quoted[i] == '\\') {
      word += quoted.at(++i);
    } else {
      word += quoted[i];
    }
  }
  if (inside) std::abort();
  return word;
}

void run(const std::vector<std::string>& words, bool take_words) {
  nn::OptionParser parser("fuzz", "Does nothing.", "");
  parser.add("--epochs", "N", "a count");
  parser.add("--lr", "RATE", "a number");
  parser.add("--seed", "N", "a count");
  parser.add("--hidden", "WIDTHS", "a list");
  parser.add("--out", "DIR", "a folder");
  if (take_words) parser.take_words();
  std::vector<const char*> arguments{"fuzz"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  try {
    if (!parser.parse(static_cast<int>(arguments.size()), arguments.data())) return;
    if (!take_words && !parser.words().empty()) std::abort();
    int epochs = 0;
    double rate = 0;
    std::uint64_t seed = 0;
    std::vector<int> widths;
    std::string out;
    nn::read_option(epochs, parser, "--epochs", "a whole number");
    nn::read_option(rate, parser, "--lr", "a number");
    nn::read_option(seed, parser, "--seed", "a whole number");
    nn::read_option(widths, parser, "--hidden", "a list");
    nn::read_option(out, parser, "--out", "a folder");
    // What was read is what was written: no blank, sign or hexadecimal slips through.
    if (parser.given("--epochs") &&
        parser.text("--epochs").find_first_not_of("-0123456789") != std::string::npos) {
      std::abort();
    }
    if (parser.given("--out") && out.empty()) std::abort();
  } catch (const nn::UsageError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == '\n') {
      words.push_back(word);
      word.clear();
    } else if (data[i] != 0) {  // no argument of a program holds one
      word += static_cast<char>(data[i]);
    }
  }
  words.push_back(word);
  run(words, false);
  run(words, true);
  for (const std::string& each : words) {
    if (unquoted(nn::shell_quoted(each)) != each) std::abort();
  }
  return 0;
}
