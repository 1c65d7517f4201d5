#include "common/progress.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "common/check.h"

namespace nn {
namespace {

using std::string;

// A stream, a clock moved by hand, a width set by hand.
struct Screen {
  std::ostringstream out;
  double now = 100;
  int columns = 80;

  ProgressTarget target(bool is_terminal = true, bool colour = false) {
    return {is_terminal, colour, [this] { return columns; }, [this] { return now; }};
  }
};

// What a terminal shows after `text`, line by line. Knows what Progress uses: carriage return,
// line feed, erase to the end of the line, colours.
std::vector<string> shown(const string& text) {
  std::vector<string> lines(1);
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      column = 0;
    } else if (text[i] == '\n') {
      lines.emplace_back();
      column = 0;
    } else if (text.compare(i, 3, "\x1b[K") == 0) {
      lines.back().resize(column);
      i += 2;
    } else if (text[i] == '\x1b') {
      i = text.find('m', i);
    } else {
      lines.back().resize(std::max(lines.back().size(), column + 1));
      lines.back()[column++] = text[i];
    }
  }
  return lines;
}

std::size_t count_of(const string& text, const string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(ProgressLine, SaysWhatTheHeaderShows) {
  const ProgressState state{2, 5, 34'800, 60'000, 0.14231, 0.961, 12'345, 41.2};
  EXPECT_EQ(progress_line(state, 79),
            "epoch 2/5 [#########--------]  58 %  loss 0.1423  acc 96.1 %  12.3k/s  ETA 0:42");
}

TEST(ProgressLine, NeverPassesTheWidthAndUsesIt) {
  const ProgressState state{12, 100, 34'800, 60'000, 123456.789e100, 1, 1.25e6, 363'000};
  for (int width = 0; width <= 129; ++width) {
    const string line = progress_line(state, width);
    EXPECT_LE(line.size(), static_cast<std::size_t>(width)) << line;
    EXPECT_EQ(line.find('\n'), string::npos);
  }
  EXPECT_EQ(progress_line(state, 0), "");
  EXPECT_EQ(progress_line(state, 7), "epoch 1") << "cut where not even the first part fits";
}

TEST(ProgressLine, LeavesOutTheLeastImportantFirst) {
  const ProgressState state{2, 5, 30'000, 60'000, 0.5, 0.9, 950, 3723};
  EXPECT_EQ(progress_line(state, 20), "epoch 2/5  50 %");
  EXPECT_EQ(progress_line(state, 29), "epoch 2/5  50 %  loss 0.5000");
  EXPECT_EQ(progress_line(state, 42), "epoch 2/5  50 %  loss 0.5000  ETA 1:02:03");
  EXPECT_EQ(progress_line(state, 56), "epoch 2/5  50 %  loss 0.5000  acc 90.0 %  ETA 1:02:03");
  EXPECT_EQ(progress_line(state, 64),
            "epoch 2/5 [####----]  50 %  loss 0.5000  acc 90.0 %  ETA 1:02:03");
}

TEST(ProgressLine, LeavesOutWhatIsNotKnown) {
  const ProgressState state{1, 1, 0, 7, 2.302585, std::nan(""), 0, -1};
  EXPECT_EQ(progress_line(state, 60),
            "epoch 1/1 [----------------------------]   0 %  loss 2.3026");
}

TEST(ProgressLine, ShowsALossOfAnySize) {
  const std::pair<double, string> cases[] = {{0, "loss 0.0000"},        {9.87654, "loss 9.8765"},
                                             {1.5e-5, "loss 1.50e-05"}, {1e300, "loss 1.00e+300"},
                                             {INFINITY, "loss inf"},    {std::nan(""), "loss nan"}};
  for (const auto& [loss, text] : cases) {
    EXPECT_TRUE(progress_line({1, 1, 1, 2, loss, std::nan(""), 0, -1}, 80).ends_with(text))
        << progress_line({1, 1, 1, 2, loss, std::nan(""), 0, -1}, 80);
  }
}

TEST(Progress, RedrawsOneLineAtMostTenTimesASecond) {
  Screen screen;
  {
    Progress progress(screen.out, screen.target(), 2, 1000);
    for (int i = 1; i <= 1000; ++i) {
      screen.now += 0.001;
      progress.update(1, i, 1.0 / i, 0.5);
    }
    EXPECT_EQ(shown(screen.out.str()).size(), 1u) << "one line, redrawn";
    const std::size_t draws = count_of(screen.out.str(), "\r");
    EXPECT_GE(draws, 9u);
    EXPECT_LE(draws, 11u) << "one second has passed";
  }
  EXPECT_EQ(shown(screen.out.str()).size(), 2u) << "the next message starts on a fresh line";
}

TEST(Progress, NeverWrapsHoweverNarrow) {
  for (int columns = 0; columns <= 129; ++columns) {
    Screen screen;
    screen.columns = columns;
    // The last column stays free: some terminals go to the next line when it is written.
    const auto expect_fit = [&] {
      for (const string& line : shown(screen.out.str())) {
        EXPECT_LE(line.size(), static_cast<std::size_t>(std::max(columns - 1, 0))) << line;
      }
    };
    Progress progress(screen.out, screen.target(true, true), 10, 60'000);
    screen.now += 60;
    progress.update(3, 33'333, 0.25, 0.95);
    expect_fit();
    progress.finish_epoch(3, 0.125, 0.97, "test acc 97.1 %, the best so far");
    expect_fit();
  }
}

TEST(Progress, EstimatesTheTimeLeftFromTheExamplesSeen) {
  Screen screen;
  Progress progress(screen.out, screen.target(), 5, 1000);
  screen.now += 10;
  progress.update(3, 500, 1, 0.5);  // resumed: this run began with epoch 3
  // 500 examples in 10 s; 2500 are left, 50 s.
  EXPECT_NE(shown(screen.out.str()).back().find("50/s  ETA 0:50"), string::npos)
      << screen.out.str();
}

TEST(Progress, KeepsOneLineAnEpochOnATerminal) {
  Screen screen;
  Progress progress(screen.out, screen.target(), 2, 100);
  for (const int epoch : {1, 2}) {
    progress.update(epoch, 50, 0.7, 0.5);
    screen.now += 2;
    progress.update(epoch, 100, 0.6, 0.75);
    progress.finish_epoch(epoch, 0.5, 0.8, "test acc 79.0 %");
  }
  EXPECT_EQ(shown(screen.out.str()),
            (std::vector<string>{"epoch 1/2  loss 0.5000  acc 80.0 %  test acc 79.0 %  2.0 s  50/s",
                                 "epoch 2/2  loss 0.5000  acc 80.0 %  test acc 79.0 %  2.0 s  50/s",
                                 ""}));
}

TEST(Progress, PrintsOneLineAnEpochElsewhere) {
  Screen screen;
  {
    Progress progress(screen.out, screen.target(false), 1, 100);
    for (int i = 0; i <= 100; ++i) {
      screen.now += 0.5;
      progress.update(1, i, 1, std::nan(""));
    }
    progress.finish_epoch(1, 0.25, std::nan(""));
  }
  EXPECT_EQ(screen.out.str(), "epoch 1/1  loss 0.2500  50.5 s  1.98/s\n");
}

TEST(Progress, EndsItsLineWhenAnErrorPassesThrough) {
  Screen screen;
  try {
    Progress progress(screen.out, screen.target(), 1, 10);
    progress.update(1, 5, 1, 0.5);
    throw Error("the disk is full");
  } catch (const Error& error) {
    screen.out << error.what();
  }
  EXPECT_EQ(shown(screen.out.str()).back(), "the disk is full");
}

TEST(Progress, ClearsItsLineForOthers) {
  Screen screen;
  Progress progress(screen.out, screen.target(), 1, 10);
  progress.clear();
  EXPECT_EQ(screen.out.str(), "") << "nothing was drawn yet";
  progress.update(1, 5, 1, 0.5);
  progress.clear();
  screen.out << "saved\n";
  progress.update(1, 6, 1, 0.5);
  const std::vector<string> lines = shown(screen.out.str());
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "saved");
  EXPECT_EQ(lines[1].substr(0, 10), "epoch 1/1 ")
      << "redrawn at once, though 0.1 s have not passed";
}

TEST(Progress, ColoursOnlyWhereAllowed) {
  for (const bool colour : {false, true}) {
    Screen screen;
    Progress progress(screen.out, screen.target(true, colour), 1, 10);
    progress.update(1, 5, 1, 0.5);
    EXPECT_EQ(screen.out.str().find("\x1b[32m") != string::npos, colour);
    EXPECT_EQ(screen.out.str().find("\x1b[0m") != string::npos, colour) << "and switched off again";
  }
}

TEST(Progress, RefusesWhatCannotBe) {
  Screen screen;
  EXPECT_THROW(Progress(screen.out, screen.target(), 0, 10), Error);
  EXPECT_THROW(Progress(screen.out, screen.target(), 1, 0), Error);
  Progress progress(screen.out, screen.target(), 2, 10);
  EXPECT_THROW(progress.update(3, 1, 0, 0), Error);
  EXPECT_THROW(progress.update(0, 1, 0, 0), Error);
  EXPECT_THROW(progress.update(1, 11, 0, 0), Error);
  EXPECT_THROW(progress.finish_epoch(3, 0, 0), Error);
}

TEST(ProgressTarget, IsNoTerminalForWhatIsNotOpen) {
  const ProgressTarget target = progress_target(-1);
  EXPECT_FALSE(target.is_terminal);
  EXPECT_FALSE(target.colour);
  EXPECT_EQ(target.width(), 80);
  const double earlier = target.clock();
  EXPECT_GE(target.clock(), earlier);
}

}  // namespace
}  // namespace nn
