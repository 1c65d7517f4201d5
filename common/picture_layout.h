// What the finished pictures have in common: margins, text sizes, the heading. Lengths in pixels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "common/font.h"
#include "common/image.h"

namespace nn::picture {

inline constexpr int kMargin = 24;
inline constexpr int kTextScale = 2;
inline constexpr int kTitleScale = 3;
inline constexpr int kLetterHeight = kGlyphAscent * kTextScale;         // of a capital
inline constexpr int kLineHeight = (kGlyphHeight + 2) * kTextScale;     // with the space below it
inline constexpr int kSubtitleBelow = kTitleScale * kGlyphHeight + 10;  // the title's top
inline constexpr int kHeading = kSubtitleBelow + kLineHeight + 12;      // title and subtitle

inline std::size_t index(int i) { return static_cast<std::size_t>(i); }

inline int heading_width(const std::string& title, const std::string& subtitle) {
  return std::max(text_width(title, kTitleScale), text_width(subtitle, kTextScale));
}

inline void draw_heading(Image& image, const std::string& title, const std::string& subtitle) {
  draw_text(image, kMargin, kMargin, title, kTitleScale, kInk);
  draw_text(image, kMargin, kMargin + kSubtitleBelow, subtitle, kTextScale, kFaintInk);
}

}  // namespace nn::picture
