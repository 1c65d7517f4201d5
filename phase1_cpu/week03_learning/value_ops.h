// The curved functions of a Value: each makes one node with one operand.
//
// Outside a function's domain the result is what std:: and IEEE say, and so is the derivative;
// nothing throws. log at 0: data -inf, derivative inf. log below 0: data NaN. A NaN operand gives
// a NaN result, except pow(x, 0), which is 1 with derivative 0 for every x.
#pragma once

#include "phase1_cpu/week03_learning/value.h"

namespace nn::basic {

// x^exponent; the operation is named with it: "pow 3". Derivative exponent * x^(exponent - 1): at
// x = 0 it is 0 for an exponent above 1, infinite for one below 1, and 0 for the exponent 0.
// NaN for x < 0 where the exponent is not an integer.
Value pow(const Value& x, double exponent);
// e^x. Derivative e^x.
Value exp(const Value& x);
// The natural logarithm. Derivative 1 / x.
Value log(const Value& x);
// Derivative 1 - tanh(x)^2.
Value tanh(const Value& x);
// max(x, 0). Derivative [x > 0], so 0 at 0.
Value relu(const Value& x);

}  // namespace nn::basic
