#include "common/options.h"

#include <gtest/gtest.h>

#include "common/test_files.h"

namespace nn {
namespace {

struct Parser : OptionParser {
  Parser() : OptionParser("prog", "Does something.", "The last line.") {
    add("--number", "N", "a number");
    add("--name", "NAME", "a name");
    add("--widths", "N,N,..", "numbers");
  }
  bool parse_words(std::vector<const char*> words) {
    words.insert(words.begin(), "prog");
    return parse(static_cast<int>(words.size()), words.data());
  }
};

std::string refusal(const std::vector<const char*>& words, bool takes_words = false) {
  Parser parser;
  if (takes_words) parser.take_words();
  return message_of([&] { parser.parse_words(words); });
}

TEST(Options, ReadsWhatIsGivenAndKeepsTheRest) {
  Parser parser;
  EXPECT_TRUE(parser.parse_words({"--number", "-3", "--widths=128,64"}));
  int number = 0;
  std::string name = "default";
  std::vector<int> widths;
  read_option(number, parser, "--number", "a number");
  read_option(name, parser, "--name", "a name");
  read_option(widths, parser, "--widths", "numbers");
  EXPECT_EQ(number, -3);
  EXPECT_EQ(name, "default");
  EXPECT_EQ(widths, (std::vector<int>{128, 64}));
  EXPECT_FALSE(parser.given("--name"));
}

TEST(Options, RefusesAWrongCommandLine) {
  EXPECT_EQ(refusal({"--nmber", "3"}),
            "'--nmber' is no option; there are --name, --number, --widths");
  EXPECT_EQ(refusal({"word"}), "'word' is no option; there are --name, --number, --widths");
  EXPECT_EQ(refusal({"--number"}), "--number needs a value: --number N");
  EXPECT_EQ(refusal({"--number", "1", "--number", "2"}),
            "--number is given twice; it may be given once");
}

TEST(Options, TakesWordsWhereTheyAreWanted) {
  Parser parser;
  parser.take_words();
  EXPECT_TRUE(parser.parse_words({"a.png", "--number", "3", "b c.png"}));
  EXPECT_EQ(parser.words(), (std::vector<std::string>{"a.png", "b c.png"}));
  EXPECT_TRUE(says(refusal({"a.png", "--nmber"}, true), "'--nmber' is no option"));
}

TEST(Options, RefusesValuesThatCannotBeRead) {
  for (const char* text : {"", " 1", "1 ", "+1", "0x1", "1e2", "1.0", "99999999999", "one"}) {
    Parser parser;
    parser.parse_words({"--number", text});
    int number = 7;
    EXPECT_EQ(message_of([&] { read_option(number, parser, "--number", "a whole number"); }),
              "--number is '" + std::string(text) + "'; it may be a whole number");
  }
  for (const char* text : {"", ",", "1,", "1,,2", "1;2", "none,1"}) {
    Parser parser;
    parser.parse_words({"--widths", text});
    std::vector<int> widths;
    EXPECT_TRUE(says(message_of([&] { read_option(widths, parser, "--widths", "widths"); }),
                     "it may be widths"));
  }
  Parser none;
  none.parse_words({"--widths", "none"});
  std::vector<int> widths{3};
  read_option(widths, none, "--widths", "widths");
  EXPECT_TRUE(widths.empty());
}

TEST(Options, HelpListsEveryOption) {
  Parser parser;
  EXPECT_FALSE(parser.parse_words({"--help"}));
  for (const char* part : {"Does something.", "--number N", "a name", "The last line."}) {
    EXPECT_TRUE(says(parser.help(), part));
  }
}

TEST(Options, CommandsCanBePastedIntoAShell) {
  EXPECT_EQ(shell_quoted("a/b-c.png"), "a/b-c.png");
  EXPECT_EQ(shell_quoted(""), "''");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  const ProgramName prog{"prog", "run it PHASE=9"};
  EXPECT_EQ(command_for("./bin/prog", prog, {"--name", "a b"}), "./bin/prog --name 'a b'");
  EXPECT_EQ(command_for("build/release/bin/prog", prog, {"--name", "$x"}),
            "make run it PHASE=9 ARGS=\"--name '\\$\\$x'\"");
  EXPECT_EQ(command_for("build/mine/bin/prog", prog, {"--name", "a"}),
            "make run it PHASE=9 MINE=1 ARGS=\"--name a\"");
}

TEST(Options, AProgramNamesTheOthersBesideIt) {
  const ProgramName other{"other", "other"};
  EXPECT_EQ(command_for("build/release/bin/prog", other, {}), "make other");
  EXPECT_EQ(command_for("/a b/prog", other, {"x"}), "'/a b/other' x");
  EXPECT_EQ(command_for("prog", other, {}), "other");
}

TEST(Options, SomeOptionsGoWithAnotherAndTheRestDoesNot) {
  const auto refusal_of = [](const std::vector<const char*>& words) {
    Parser parser;
    parser.parse_words(words);
    return message_of([&] { parser.check_goes_with("--name", {"--number"}, "which is why"); });
  };
  EXPECT_EQ(refusal_of({"--name", "a", "--number", "1"}), "(nothing was thrown)");
  EXPECT_EQ(refusal_of({"--number", "1", "--widths", "1"}), "(nothing was thrown)");
  EXPECT_EQ(refusal_of({"--name", "a", "--number", "1", "--widths", "1"}),
            "--widths cannot be given with --name, which is why; only --number may be given");
}

}  // namespace
}  // namespace nn
