// What optimisers and schedules demand of their numbers, in one wording; `who` is "adam", "one_cycle".
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "common/check.h"

namespace nn::cpu {

// nn::Error "adam: beta1 is 1; it is in [0, 1)" unless 0 <= value < 1. NaN is refused here and below.
inline void check_fraction(const char* who, const char* what, double value) {
  if (!(value >= 0 && value < 1)) {
    throw Error(detail::cat(who, ": ", what, " is ", value, "; it is in [0, 1)"));
  }
}

// nn::Error unless value is finite and 0 or more.
inline void check_not_negative(const char* who, const char* what, double value) {
  if (!(value >= 0 && std::isfinite(value))) {
    throw Error(detail::cat(who, ": ", what, " is ", value, "; it is a number of 0 or more"));
  }
}

// nn::Error unless value is finite and above 0.
inline void check_positive(const char* who, const char* what, double value) {
  if (!(value > 0 && std::isfinite(value))) {
    throw Error(detail::cat(who, ": ", what, " is ", value, "; it is a number above 0"));
  }
}

// nn::Error unless 0 < value <= 1.
inline void check_factor(const char* who, const char* what, double value) {
  if (!(value > 0 && value <= 1)) {
    throw Error(detail::cat(who, ": ", what, " is ", value, "; it is in (0, 1]"));
  }
}

// nn::Error unless 0 < value < 1.
inline void check_inside(const char* who, const char* what, double value) {
  if (!(value > 0 && value < 1)) {
    throw Error(detail::cat(who, ": ", what, " is ", value, "; it is in (0, 1)"));
  }
}

// nn::Error unless value is finite and 1 or more.
inline void check_at_least_one(const char* who, const char* what, double value) {
  if (!(value >= 1 && std::isfinite(value))) {
    throw Error(detail::cat(who, ": ", what, " is ", value, "; it is a number of 1 or more"));
  }
}

// nn::Error unless 0 <= least <= initial.
inline void check_least(const char* who, double least, double initial) {
  if (!(least >= 0 && least <= initial)) {
    throw Error(detail::cat(who, ": least is ", least, "; it is in [0, initial], and initial is ",
                            initial));
  }
}

// nn::Error unless value >= least.
inline void check_count(const char* who, const char* what, std::int64_t value, std::int64_t least) {
  if (value < least) {
    throw Error(detail::cat(who, ": ", what, " is ", value, "; it is ", least, " or more"));
  }
}

// nn::Error unless every other span of the rule's is as long as `value`.
inline void check_same_sizes(const char* who, std::size_t value,
                             std::initializer_list<std::size_t> others) {
  for (const std::size_t other : others) {
    if (other != value) {
      throw Error(detail::cat(who, ": a span has ", other, " elements and value has ", value,
                              "; all have as many"));
    }
  }
}

}  // namespace nn::cpu
