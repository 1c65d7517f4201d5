#include "phase2_vectorized/week04_speed/fast_math_cases.h"

namespace nn::cpu {
#ifdef __FAST_MATH__
namespace fast {
#else
namespace strict {
#endif
namespace {

bool is_nan(float x) { return x != x; }

bool is_wrong(float error, float allowed) { return !(error <= allowed); }

float sum_and_back(float x, float y) { return (x + y) - x; }

float compensated_sum(const float* x, int n) {
  float sum = 0, lost = 0;
  for (int i = 0; i < n; ++i) {
    const float term = x[i] - lost, next = sum + term;
    lost = (next - sum) - term;  // 0 on paper, so fast-math leaves it out
    sum = next;
  }
  return sum;
}

float plain_sum(const float* x, int n) {
  float sum = 0;
  for (int i = 0; i < n; ++i) sum += x[i];
  return sum;
}

}  // namespace

const FastMathCases kCases{&is_nan, &is_wrong, &sum_and_back, &compensated_sum, &plain_sum};

#ifdef __FAST_MATH__
}  // namespace fast
#else
}  // namespace strict
#endif
}  // namespace nn::cpu
