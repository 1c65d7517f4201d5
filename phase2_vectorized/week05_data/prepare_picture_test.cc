#include "phase2_vectorized/week05_data/prepare_picture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <span>
#include <vector>

#include "common/image.h"
#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week05_data/dataset.h"

namespace nn::cpu {
namespace {

// Light paper with a few pixels of ink.
Matrix small_drawing() {
  return {{0.9F, 0.9F, 0.9F, 0.9F, 0.9F},
          {0.9F, 0.1F, 0.5F, 0.9F, 0.9F},
          {0.9F, 0.9F, 0.7F, 0.9F, 0.9F},
          {0.9F, 0.9F, 0.9F, 0.9F, 0.9F}};
}
Matrix its_ink() {
  return {{0, 0, 0, 0, 0}, {0, 1, 0.5F, 0, 0}, {0, 0, 0.25F, 0, 0}, {0, 0, 0, 0, 0}};
}

// A difference of two floats and a quotient, of numbers up to 1: two roundings, and two of the
// decimals.
constexpr Bound kInk{.abs = 6 * kUnitRoundoff32};

TEST(ExtractInk, DarkOnLightPaper) {
  Guarded<float> ink({4, 5});
  extract_ink({ink.data(), 4, 5, 5}, small_drawing());
  EXPECT_TRUE(close_guarded(ink, wanted(its_ink()), kInk));
}

TEST(ExtractInk, LightOnDarkPaper) {
  Matrix grey = small_drawing();
  for (float& value : grey.values()) value = 1 - value;
  Matrix ink(4, 5);
  extract_ink(ink, grey);
  EXPECT_TRUE(close(ink, its_ink(), kInk));
}

// What is brighter than light paper is no ink, but light that fell on it.
TEST(ExtractInk, IgnoresWhatIsOnTheOtherSideOfThePaper) {
  Matrix grey = small_drawing();
  grey(2, 3) = 1;
  Matrix ink(4, 5);
  extract_ink(ink, grey);
  EXPECT_TRUE(close(ink, its_ink(), kInk));
}

// Ink that touches the rim, but covers less than half of it, does not count as paper.
TEST(ExtractInk, InkMayTouchTheRim) {
  Matrix grey(5, 7, 1);
  for (int c = 0; c < 7; ++c) grey(2, c) = 0.25F;
  Matrix ink(5, 7), want(5, 7);
  for (int c = 0; c < 7; ++c) want(2, c) = 1;
  extract_ink(ink, grey);
  EXPECT_TRUE(close(ink, want, kInk));
}

// Paper of which every second pixel is 0.02 darker: a distance of 0 or 0.02 from the median, whose
// median is 0.02 (the upper one), so what is within 0.08 of the paper is its grain.
TEST(ExtractInk, TakesThePapersGrainForPaper) {
  Matrix grey(6, 8, 0.9F);
  for (int r = 0; r < 6; ++r) {
    for (int c = r % 2; c < 8; c += 2) grey(r, c) = 0.88F;
  }
  grey(2, 3) = 0.84F;
  grey(3, 4) = 0.4F;
  grey(3, 5) = 0.7F;
  Matrix ink(6, 8), want(6, 8);
  want(3, 4) = 1;
  want(3, 5) = 0.4F;
  extract_ink(ink, grey);
  EXPECT_TRUE(close(ink, want, kInk));
}

TEST(ExtractInk, RefusesAnEmptyPicture) {
  Matrix ink(4, 5), grey(4, 5, 0.7F);
  EXPECT_TRUE(refuses([&] { extract_ink(ink, grey); }, {"an empty picture"}));
  grey(2, 2) = 0.65F;
  EXPECT_TRUE(refuses([&] { extract_ink(ink, grey); }, {"an empty picture"}));
  grey(2, 2) = 0.6F;
  extract_ink(ink, grey);
  Matrix want(4, 5);
  want(2, 2) = 1;
  EXPECT_TRUE(close(ink, want, kInk));
}

TEST(ExtractInk, RefusesWhatIsNoBrightness) {
  Matrix ink(4, 5), other(5, 4), grey(4, 5, 0.7F);
  EXPECT_TRUE(refuses([&] { extract_ink(other, grey); }, {"(4, 5)", "(5, 4)"}));
  for (const float value : {-0.01F, 1.01F, std::nanf("")}) {
    grey(3, 1) = value;
    EXPECT_TRUE(
        refuses([&] { extract_ink(ink, grey); }, {"row 3, column 1", "0 (black) to 1 (white)"}));
  }
  Matrix none(0, 0);
  EXPECT_TRUE(refuses([&] { extract_ink(none, Matrix(0, 0)); }, {"without a pixel"}));
}

TEST(InkBox, IsTheSmallestAroundAllInk) {
  EXPECT_EQ(ink_box(its_ink()), (Box{1, 1, 2, 2}));
  Matrix ink(5, 7);
  ink(4, 0) = 0.001F;
  EXPECT_EQ(ink_box(ink), (Box{4, 0, 1, 1}));
  ink(0, 6) = 1;
  EXPECT_EQ(ink_box(ink), (Box{0, 0, 5, 7}));
  EXPECT_TRUE(refuses([] { ink_box(Matrix(3, 4)); }, {"(3, 4)", "without ink"}));
}

// The extent and the mean place of what is inked.
struct Placed {
  Box box;
  double row = 0, col = 0;
};
Placed placed(ConstMatrixView digit) {
  Placed p{ink_box(digit)};
  double mass = 0;
  for (int r = 0; r < digit.rows; ++r) {
    for (int c = 0; c < digit.cols; ++c) {
      p.row += digit(r, c) * (r + 0.5);
      p.col += digit(r, c) * (c + 0.5);
      mass += digit(r, c);
    }
  }
  p.row /= mass;
  p.col /= mass;
  return p;
}

TEST(CenterDigit, FitsTheLongerSideToTwenty) {
  for (const auto& [H, W, height, width] : std::vector<std::array<int, 4>>{
           {40, 10, 20, 5}, {7, 31, 5, 20}, {1, 50, 1, 20}, {20, 20, 20, 20}, {3, 1, 20, 7}}) {
    const Matrix ink(H, W, 1);
    Matrix digit(28, 28);
    center_digit(digit, ink, {0, 0, H, W});
    EXPECT_EQ(placed(digit).box.height, height) << H << " x " << W;
    EXPECT_EQ(placed(digit).box.width, width) << H << " x " << W;
  }
}

TEST(CenterDigit, PutsTheCentreOfMassInPixel14) {
  Philox rng(6);
  for (int round = 0; round < 20; ++round) {
    Matrix ink(33, 29);
    for (int r = 0; r < 33; ++r) {
      // Ever more ink towards the lower right, so that the box's middle is not the mass's.
      for (int c = 0; c < 29; ++c)
        ink(r, c) = static_cast<float>(rng.uniform() < 0.1 * round / 20 + 0.4 * r / 33 * c / 29);
    }
    ink(0, 0) = ink(32, 28) = 1;
    Matrix digit(28, 28);
    center_digit(digit, ink, ink_box(ink));
    // What is summed here was rounded to float, and may have crossed the pixel's edge.
    EXPECT_LE(std::abs(placed(digit).row - 14.5), 0.5001) << round;
    EXPECT_LE(std::abs(placed(digit).col - 14.5), 0.5001) << round;
  }
}

TEST(CenterDigit, WorkedExample) {
  // In the box 0.2 0.4 / 0 1 each pixel becomes 10 x 10. The centre of mass is (0.6 * 5 + 1 * 15) /
  // 1.6 = 11.25 rows down and (0.2 * 5 + 1.4 * 15) / 1.6 = 13.75 columns to the right of the
  // corner, in pixel (11, 13), which comes to lie at (14, 14).
  const Matrix ink{{0, 0, 0, 0}, {0, 0.2F, 0.4F, 0}, {0, 0, 1, 0}};
  Matrix digit(28, 28, -1), want(28, 28);
  center_digit(digit, ink, {1, 1, 2, 2});
  for (int r = 0; r < 20; ++r) {
    for (int c = 0; c < 20; ++c) want(3 + r, 1 + c) = ink(1 + r / 10, 1 + c / 10);
  }
  EXPECT_TRUE(close(digit, want, Bound{.rel = 2 * kUnitRoundoff32}));
}

TEST(CenterDigit, KeepsALopsidedDigitInside) {
  // All mass at one end of a long line: its middle would be 14 columns off the edge.
  Matrix ink(3, 20, 0.001F);
  ink(1, 19) = 1;
  Matrix digit(28, 28);
  center_digit(digit, ink, {0, 0, 3, 20});
  EXPECT_EQ(placed(digit).box.width, 20);
  EXPECT_EQ(placed(digit).box.left, 0);
}

TEST(CenterDigit, RefusesBoxesThatAreNotInThePicture) {
  Matrix digit(28, 28), small(27, 28);
  const Matrix ink(9, 7, 1);
  EXPECT_TRUE(refuses([&] { center_digit(small, ink, {0, 0, 1, 1}); }, {"(28, 28), not (27, 28)"}));
  for (const Box& box : {Box{0, 0, 0, 1}, Box{-1, 0, 2, 2}, Box{8, 0, 2, 2}, Box{0, 6, 1, 2}}) {
    EXPECT_TRUE(refuses([&] { center_digit(digit, ink, box); }, {"a box of", "(9, 7)"}));
  }
  EXPECT_TRUE(refuses(
      [&] {
        center_digit(digit, Matrix(9, 7), {0, 0, 3, 3});
      },
      {"a box without ink"}));
}

// A picture as somebody would send it: the digit drawn `factor` times as large on a larger sheet.
Matrix drawn(ConstMatrixView digit, int factor, int H, int W, int top, int left,
             bool dark_on_light) {
  Matrix grey(H, W);
  for (int r = 0; r < digit.rows * factor; ++r) {
    for (int c = 0; c < digit.cols * factor; ++c)
      grey(top + r, left + c) = digit(r / factor, c / factor);
  }
  if (dark_on_light) {
    for (float& value : grey.values()) value = 1 - value;
  }
  return grey;
}

// MNIST's digits come back as they were, from any place on a sheet, in any size, dark on light or
// light on dark, since they were made so. In all 200, 20 pixels are the longer side, and the centre
// of mass is in pixel (14, 14). The brightness of paper, ink and their quotient are rounded once
// each.
TEST(PreparePicture, GivesBackTheDigitsOfMnist) {
  const Dataset digits = load_dataset("tiny").test;
  Philox rng(8);
  for (int n = 0; n < digits.size(); ++n) {
    const ConstMatrixView digit{digits.x.data() + n * 784, 28, 28, 28, 1};
    const int factor = 1 + n % 5;
    const int top = static_cast<int>(60 * rng.uniform()),
              left = static_cast<int>(80 * rng.uniform());
    Matrix prepared(28, 28);
    prepare_picture(prepared, drawn(digit, factor, 200, 220, top, left, n % 2 == 0));
    Matrix want(28, 28);  // its darkest pixel 1, which in a few is 254 of 255
    const float most = std::ranges::max(std::span(digit.data, 784));
    for (int r = 0; r < 28; ++r) {
      for (int c = 0; c < 28; ++c) want(r, c) = digit(r, c) / most;
    }
    EXPECT_TRUE(close(prepared, want, Bound{.abs = 6 * kUnitRoundoff32})) << "digit " << n;
  }
}

// A line of one pixel on a large sheet fades when it is scaled down by 10, and is black again.
TEST(PreparePicture, ThinLinesAreAsBlackAsOthers) {
  Matrix grey(300, 240, 1);
  for (int r = 40; r < 240; ++r) grey(r, 100) = grey(r, 140) = 0;
  for (int c = 100; c < 141; ++c) grey(40, c) = 0;
  Matrix digit(28, 28);
  prepare_picture(digit, grey);
  EXPECT_EQ(std::ranges::max(digit.values()), 1);
  EXPECT_EQ(ink_box(digit).height, 20);
}

// A seven as a scanner sees it: a pen 14 pixels wide, dark grey on paper that is not quite white, a
// little noise on every pixel, near a corner of the sheet. What becomes of it is printed; the
// lesson shows it.
TEST(PreparePicture, ReadsAScannedSeven) {
  Image sheet = make_image(300, 340, {228, 228, 228});
  const auto stroke = [&sheet](double x0, double y0, double x1, double y1) {
    for (int i = 0; i <= 100; ++i) {
      const double along = i / 100.0;
      fill_disc(sheet, x0 + along * (x1 - x0), y0 + along * (y1 - y0), 7, {60, 60, 60});
    }
  };
  stroke(30, 52, 120, 46);
  stroke(120, 46, 62, 190);
  stroke(52, 118, 112, 114);
  Philox rng(12);
  Matrix grey(340, 300);
  for (int r = 0; r < 340; ++r) {
    for (int c = 0; c < 300; ++c) {
      grey(r, c) = static_cast<float>((pixel(sheet, c, r).r + 10 * (2 * rng.uniform() - 1)) / 255);
    }
  }
  Matrix digit(28, 28);
  prepare_picture(digit, grey);
  std::cout << picture_text(digit);
  const Placed seven = placed(digit);
  EXPECT_EQ(seven.box.height, 20);
  EXPECT_EQ(static_cast<int>(seven.row), 14);
  EXPECT_EQ(static_cast<int>(seven.col), 14);
  // The bar at the top is inked over its whole width, and there is paper on both sides of the stem.
  const int bar = seven.box.top + 1, stem = seven.box.top + 17;
  int inked_bar = 0, inked_stem = 0;
  for (int c = 0; c < 28; ++c) {
    inked_bar += digit(bar, c) > 0.5F ? 1 : 0;
    inked_stem += digit(stem, c) > 0.5F ? 1 : 0;
  }
  EXPECT_GE(inked_bar, seven.box.width - 2);
  EXPECT_GE(inked_stem, 1);
  EXPECT_LE(inked_stem, 3);
}

TEST(PictureText, HasARowForEachRow) {
  EXPECT_EQ(picture_text(Matrix{{0, 0.3F, 0.5F}, {0.7F, 1, 0.19F}}), "  ░░▒▒\n▓▓██  \n");
}

}  // namespace
}  // namespace nn::cpu
