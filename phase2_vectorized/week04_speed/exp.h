// exp and expm1: e^x and e^x - 1 of many numbers at once, with an error that is stated and tested.
//   x = n log 2 + r, n an integer, |r| <= log(2) / 2         e^x = 2^n e^r
//   e^r = 1 + r + r^2 q(r), q of degree 4                    coefficients: exp_polynomial.py
// Source    the reduction with log 2 in two parts: Cody and Waite, as in [Muller16 sec. 11.1]; q by
//           Remez's algorithm [Muller16 sec. 3.5].
// Numerics  exp is within 1 ULP of e^x for every float, expm1 within 2 ULP of e^x - 1 (1 ULP where x
//           is below 0), with every set of instructions: exp_test.cc looks at every float there is.
//           e^x is 0 below -103.98 and infinity above 88.72; between -103.98 and -87.34 it is
//           denormal. NaN gives NaN; expm1(-0) is -0.
// Cost      About 20 instructions for as many floats as a register holds.
#pragma once

#include <span>

namespace nn::cpu {

// y[i] = e^x[i]. y and x are of one length, else nn::Error; y may be x.
void exp(std::span<float> y, std::span<const float> x);

// y[i] = e^x[i] - 1, which near 0 keeps the digits that e^x and 1 share.
void expm1(std::span<float> y, std::span<const float> x);

}  // namespace nn::cpu
