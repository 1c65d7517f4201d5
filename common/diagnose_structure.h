// The part of diagnose.cc that looks for structure: ratios, sums and products that hold between
// got and want over rows, columns or the whole array.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/diagnose.h"

namespace nn {

// Is got[i] what want[j] asks for?
bool gives(const Compared& a, std::int64_t i, std::int64_t j);

// Is got[i] - want[i] the difference `offset` taken at element `origin`, up to both bounds and
// roundings?
bool same_difference(const Compared& a, std::size_t i, std::size_t origin, double offset);

// r such that got = r * want over elements [begin, end), with at least two of them nonzero and most
// of those wrong; none if there is no such r. A single number has a ratio to any other, so an array of one
// nonzero element has one only if it is a whole number or one over a whole number.
std::optional<double> common_ratio(const Compared& a, std::int64_t begin, std::int64_t end);
// "7 times what is wanted, and 7 is the number of columns: ...".
std::string ratio_words(double ratio, const Compared& a);

Diagnosis missing_bias(const Compared& a);
Diagnosis ratio_per_row(const Compared& a);
Diagnosis repeated(const Compared& a);
Diagnosis one_term_left(const Compared& a);     // got is a column times a row
Diagnosis one_term_missing(const Compared& a);  // got - want is
Diagnosis reordered(const Compared& a);

}  // namespace nn
