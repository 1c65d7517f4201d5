// The colours of every picture, chart and report: one set, so that a class or a run keeps its
// colour from page to page.
//
// Source   The eight colours that people with any common kind of colour blindness tell apart, by
//          Okabe and Ito [OkabeIto08]; here without black, which is kept for text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace nn {

struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  bool operator==(const Rgb&) const = default;
};

// Class or series i has colour kClassColours[i % 7]; past seven, labels must tell them apart.
inline constexpr std::array<Rgb, 7> kClassColours = {{
    {0, 114, 178},    // blue
    {213, 94, 0},     // vermilion
    {0, 158, 115},    // bluish green
    {230, 159, 0},    // orange
    {204, 121, 167},  // reddish purple
    {86, 180, 233},   // sky blue
    {240, 228, 66},   // yellow
}};
constexpr Rgb class_colour(std::size_t i) { return kClassColours[i % kClassColours.size()]; }

inline constexpr Rgb kPaper = {255, 255, 255};
inline constexpr Rgb kInk = {31, 41, 51};         // text: contrast 14.6 : 1 on paper
inline constexpr Rgb kFaintInk = {97, 110, 124};  // labels of axes: 5.2 : 1
inline constexpr Rgb kRule = {214, 219, 225};     // frames and grid lines

// share = 0 gives `from`, 1 gives `to`; a share outside [0, 1] counts as the nearer end, NaN as 0.
constexpr Rgb mix(Rgb from, Rgb to, double share) {
  share = share > 0 ? (share < 1 ? share : 1) : 0;
  const auto blend = [share](int a, int b) {
    return static_cast<std::uint8_t>(a + share * (b - a) + 0.5);
  };
  return {blend(from.r, to.r), blend(from.g, to.g), blend(from.b, to.b)};
}

}  // namespace nn
