// Small functions that -ffast-math changes. fast_math_cases.cc is compiled twice, without it and with
// it: namespaces strict and fast.
#pragma once

namespace nn::cpu {

struct FastMathCases {
  bool (*is_nan)(float x);                          // x != x, which only NaN is
  bool (*is_wrong)(float error, float allowed);     // !(error <= allowed): NaN is wrong, too
  float (*sum_and_back)(float x, float y);          // (x + y) - x: what of y survived the sum
  float (*compensated_sum)(const float* x, int n);  // Kahan's: keeps what each addition loses
  float (*plain_sum)(const float* x, int n);        // from the first to the last
};

namespace strict {
extern const FastMathCases kCases;
}
namespace fast {
extern const FastMathCases kCases;
}

}  // namespace nn::cpu
