// What -ffast-math breaks: README.md shows what this prints.
#include <fmt/format.h>

#include <limits>
#include <vector>

#include "phase2_vectorized/week04_speed/fast_math_cases.h"

namespace nn::cpu {
namespace {

void row(const char* what, const std::string& strict_says, const std::string& fast_says) {
  fmt::print("{:<34} {:>14} {:>14}\n", what, strict_says, fast_says);
}

void show() {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  // 1, then a million times 2^-25: each of them alone is half a roundoff of 1, and vanishes.
  std::vector<float> terms(1'000'001, 0x1p-25F);
  terms[0] = 1;
  const int n = static_cast<int>(terms.size());
  const auto yes_or_no = [](bool value) { return value ? "yes" : "no"; };
  const FastMathCases &a = strict::kCases, &b = fast::kCases;
  row("", "as written", "-ffast-math");
  row("is NaN a NaN?", yes_or_no(a.is_nan(nan)), yes_or_no(b.is_nan(nan)));
  row("is an error of NaN wrong?", yes_or_no(a.is_wrong(nan, 1)), yes_or_no(b.is_wrong(nan, 1)));
  row("(1e8 + 1) - 1e8", fmt::format("{}", a.sum_and_back(1e8F, 1)),
      fmt::format("{}", b.sum_and_back(1e8F, 1)));
  row("1 + 10^6 * 2^-25, compensated", fmt::format("{:.7f}", a.compensated_sum(terms.data(), n)),
      fmt::format("{:.7f}", b.compensated_sum(terms.data(), n)));
  row("1 + 10^6 * 2^-25, in order", fmt::format("{:.7f}", a.plain_sum(terms.data(), n)),
      fmt::format("{:.7f}", b.plain_sum(terms.data(), n)));
  fmt::print("the last two should be {:.7f}\n", 1 + 1e6 * 0x1p-25);
}

}  // namespace
}  // namespace nn::cpu

int main() { nn::cpu::show(); }
