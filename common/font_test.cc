#include "common/font.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/check.h"

namespace nn {
namespace {

Image rendered(std::string_view text, int scale = 1, int width = 0) {
  Image image =
      make_image(width > 0 ? width : std::max(1, text_width(text, scale)), kGlyphHeight * scale);
  draw_text(image, 0, 0, text, scale, kInk);
  return image;
}

// '#' for ink, row by row.
std::string shape_of(char c) {
  const Image image = rendered(std::string(1, c));
  std::string shape;
  for (int y = 0; y < kGlyphHeight; ++y) {
    for (int x = 0; x < kGlyphWidth; ++x) shape += pixel(image, x, y) == kInk ? '#' : '.';
  }
  return shape;
}

TEST(Font, HasADifferentGlyphForEachCharacter) {
  std::set<std::string> seen;
  for (char c = ' '; c <= '~'; ++c) EXPECT_TRUE(seen.insert(shape_of(c)).second) << c;
  EXPECT_EQ(seen.size(), 95u);
  EXPECT_EQ(shape_of(' ').find('#'), std::string::npos) << "the space is empty";
}

TEST(Font, OnlyDescendersGoBelowTheBaseline) {
  for (char c = ' '; c <= '~'; ++c) {
    const bool below = shape_of(c).find('#', kGlyphAscent * kGlyphWidth) != std::string::npos;
    EXPECT_EQ(below, std::string_view("gjpqy,;_").find(c) != std::string_view::npos) << c;
  }
}

TEST(Text, HasTheWidthItSays) {
  EXPECT_EQ(text_width("", 3), 0);
  EXPECT_EQ(text_width("H", 1), 5);
  EXPECT_EQ(text_width("HH", 2), 22);
  const Image image = rendered("HH", 1, 40);
  EXPECT_EQ(pixel(image, 0, 0), kInk);
  EXPECT_EQ(pixel(image, 10, 0), kInk) << "the last column of the second H";
  EXPECT_EQ(pixel(image, 11, 0), kPaper);
}

TEST(Text, ScalesByWholePixels) {
  const Image one = rendered("groundup 7%"), three = rendered("groundup 7%", 3);
  for (int y = 0; y < three.height; ++y) {
    for (int x = 0; x < three.width; ++x) {
      ASSERT_EQ(pixel(three, x, y), pixel(one, x / 3, y / 3)) << x << ", " << y;
    }
  }
}

TEST(Text, AlignsLeftCentreRight) {
  const std::string text = "acc";  // 17 pixels
  Image left = make_image(50, 9), centre = left, right = left;
  draw_text(left, 20, 0, text, 1, kInk);
  draw_text_centred(centre, 28, 0, text, 1, kInk);
  draw_text_right(right, 37, 0, text, 1, kInk);
  EXPECT_EQ(centre, left);
  EXPECT_EQ(right, left);
}

TEST(Text, UpwardsIsTheSameTurnedByAQuarter) {
  const std::string text = "true 4g";
  const Image across = rendered(text, 2);
  Image up = make_image(kGlyphHeight * 2, text_width(text, 2));
  draw_text_upwards(up, 0, 0, text, 2, kInk);
  for (int y = 0; y < across.height; ++y) {
    for (int x = 0; x < across.width; ++x) {
      ASSERT_EQ(pixel(up, y, up.height - 1 - x), pixel(across, x, y)) << x << ", " << y;
    }
  }
}

TEST(Text, DrawsOneBoxForACharacterItHasNot) {
  EXPECT_EQ(text_width("\u00e9t\u20ac", 1), text_width("xyz", 1));
  EXPECT_EQ(rendered("\u00e9"), rendered("\u20ac"));
  EXPECT_EQ(rendered("\n"), rendered("\u20ac"));
  EXPECT_NE(rendered("\u20ac"), rendered("D"));
}

TEST(Text, IsCutOffAtTheEdge) {
  Image image = make_image(9, 4);
  draw_text(image, -3, -2, "Hello", 2, kInk);
  draw_text_upwards(image, 7, -30, "Hello", 2, kInk);
  EXPECT_EQ(image.samples.size(), 9u * 4u * 3u);
}

TEST(Text, RefusesAScaleBelowOne) {
  Image image = make_image(9, 9);
  EXPECT_THROW(draw_text(image, 0, 0, "x", 0, kInk), Error);
  EXPECT_THROW(draw_text_upwards(image, 0, 0, "x", -1, kInk), Error);
  EXPECT_THROW(text_width("x", 0), Error);
}

}  // namespace
}  // namespace nn
