// Text in pictures: a bitmap font of our own drawing, 5 x 7 pixels plus 2 rows for descenders.
#pragma once

#include <string_view>

#include "common/image.h"

namespace nn {

// In font pixels; an image has `scale` times as many.
inline constexpr int kGlyphWidth = 5;
inline constexpr int kGlyphAdvance = 6;  // one empty column between letters
inline constexpr int kGlyphAscent = 7;   // rows from the top of a capital to the baseline
inline constexpr int kGlyphHeight = 9;   // two rows below it, for g j p q y

// Pixels from the left edge of the first letter to the right edge of the last; "" has width 0.
int text_width(std::string_view text, int scale);

// Draws one line with the top left of its first letter at (x, y). Text is UTF-8; a character
// outside ASCII 32 .. 126 is drawn as a hollow box. What falls outside the image is cut off.
// scale < 1: nn::Error.
void draw_text(Image& image, int x, int y, std::string_view text, int scale, Rgb colour);
void draw_text_centred(Image& image, int centre_x, int y, std::string_view text, int scale,
                       Rgb colour);
void draw_text_right(Image& image, int right_x, int y, std::string_view text, int scale,
                     Rgb colour);
// Reads from bottom to top, as the label of a vertical axis: (x, y) is the top left of the column
// of text, which is kGlyphHeight * scale wide and text_width(text, scale) tall.
void draw_text_upwards(Image& image, int x, int y, std::string_view text, int scale, Rgb colour);

}  // namespace nn
