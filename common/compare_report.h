// The text of a comparison: numbers with as many digits as tell them apart, arrays whole or elided,
// and a coarse picture of where the error is. Lines are at most 80 columns wide.
#pragma once

#include <string>

#include "common/diagnose.h"

namespace nn {

inline constexpr int kReportWidth = 80;

// "39.5", "2.3e-05", "nan".
std::string number(double value, int digits = 4);

// `text` broken at spaces into lines of kReportWidth; those after the first are indented.
std::string wrap(const std::string& text, const std::string& indent);

// "out[3] = 192, want 231.5", with digits enough to tell the two apart.
std::string summary_of(const Compared& arrays);

// What follows the summary: up to 8 x 8 both arrays whole, else the neighbours of the first wrong
// element and, unless all are wrong, a picture.
std::string details_of(const Compared& arrays);

// Both arrays side by side, or one above the other where 80 columns are too few; wrong elements in
// brackets, unless all are wrong. Of more than max_rows or max_cols the middle is left out, shown as "...".
std::string side_by_side(const Compared& arrays, std::int64_t max_rows, std::int64_t max_cols);

// Up to 16 x 32 characters: `x` where a cell holds a wrong element, `.` where all are right. One
// line where every cell would be an x.
std::string picture(const Compared& arrays);

}  // namespace nn
