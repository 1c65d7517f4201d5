#include "common/ticks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "common/check.h"

namespace nn {

namespace {

constexpr double kLargest = 1e300;  // the last tick, up to 10 times as large, is still a double

// multiple * 10^exponent, rounded once: dividing by 10^n gives 0.3 where multiplying by 0.1 three
// times would not. (Powers of ten up to 10^22 are exact in a double.)
double times_power_of_ten(double multiple, int exponent) {
  return exponent >= 0 ? multiple * std::pow(10.0, exponent) : multiple / std::pow(10.0, -exponent);
}

}  // namespace

std::vector<double> nice_ticks(double low, double high, int count) {
  NN_CHECK(-kLargest <= low && low <= high && high <= kLargest, "ticks from ", low, " to ", high,
           "; low is at most high, and both are at most 1e300 from 0");
  NN_CHECK(count >= 3, "count = ", count, "; an axis has 3 ticks or more");
  if (low == high) {
    const double around = low == 0 ? 1 : std::abs(low) * 0.1;
    low -= around;
    high += around;
  }
  // Where neighbouring ticks would be closer than doubles are, the range is one number.
  const double width = std::max(high - low, 1e-13 * std::max(std::abs(low), std::abs(high)));
  // Below -300, 10^-exponent would soon be no double.
  int exponent = std::max(static_cast<int>(std::floor(std::log10(width / count))), -300);
  for (;; ++exponent) {
    for (const int multiple : {1, 2, 5}) {
      const double step = times_power_of_ten(multiple, exponent);
      const double first = std::floor(low / step), last = std::ceil(high / step);
      if (last - first + 1 > count) continue;
      std::vector<double> ticks;
      for (int i = 0; first + i <= last; ++i) {
        ticks.push_back(times_power_of_ten((first + i) * multiple, exponent));
      }
      return ticks;
    }
  }
}

std::vector<double> nice_log_ticks(double low, double high, int count) {
  NN_CHECK(1 / kLargest <= low && low <= high && high <= kLargest, "logarithmic ticks from ", low,
           " to ", high, "; low is at most high, and both lie in [1e-300, 1e300]");
  NN_CHECK(count >= 3, "count = ", count, "; an axis has 3 ticks or more");
  const int first = static_cast<int>(std::floor(std::log10(low)));
  const int last = std::max(static_cast<int>(std::ceil(std::log10(high))), first + 1);
  std::vector<double> ticks;
  if (last - first <= 2) {
    for (int exponent = first; exponent <= last; ++exponent) {
      for (const int multiple : {1, 2, 5}) {
        ticks.push_back(times_power_of_ten(multiple, exponent));
      }
    }
    // Only what is needed to cover the range: from the last tick <= low to the first >= high.
    while (ticks.size() > 2 && ticks[1] <= low) ticks.erase(ticks.begin());
    while (ticks.size() > 2 && ticks[ticks.size() - 2] >= high) ticks.pop_back();
    if (std::ssize(ticks) <= count) return ticks;
    ticks.clear();
  }
  const int stride = (last - first + count - 2) / (count - 1);  // rounded up
  for (int exponent = first;; exponent += stride) {
    ticks.push_back(times_power_of_ten(1, exponent));
    if (exponent >= last) return ticks;
  }
}

std::vector<std::string> tick_labels(const std::vector<double>& ticks) {
  double largest = 0;
  for (const double tick : ticks) largest = std::max(largest, std::abs(tick));
  const bool has_unit = largest >= 1e4 && largest < 1e13;
  const double unit = largest < 1e7 ? 1e3 : largest < 1e10 ? 1e6 : 1e9;
  const char* suffix = largest < 1e7 ? "k" : largest < 1e10 ? "M" : "G";
  std::vector<std::string> labels;
  for (const double tick : ticks) {
    // 15 digits: a decimal number of up to 15 digits survives the way through a double.
    if (tick == 0) {
      labels.push_back("0");
    } else if (has_unit && std::abs(tick) >= unit) {
      labels.push_back(fmt::format("{:.15g}{}", tick / unit, suffix));
    } else {
      labels.push_back(fmt::format("{:.15g}", tick));
    }
  }
  return labels;
}

}  // namespace nn
