// Where the ticks of an axis stand and what is written at them.
#pragma once

#include <string>
#include <vector>

namespace nn {

// Ticks 1, 2 or 5 times a power of ten apart that cover [low, high]: the first is the last such
// number <= low, the last the first >= high. The step is the smallest with at most `count` ticks.
// low = high gets ticks on both sides. low > high, NaN, beyond 1e300, or count < 3: nn::Error.
std::vector<double> nice_ticks(double low, double high, int count);

// The same for a logarithmic axis, 1e-300 <= low <= high <= 1e300: over one or two decades 1, 2
// and 5 times each power of ten; over more, or past `count` of them, the powers of ten alone;
// past `count` of those every second, third, ...
std::vector<double> nice_log_ticks(double low, double high, int count);

// One label a tick: {0, 0.5, 1}, {0, 10k, 20k}, {1e-06, 2e-06}. From 10,000 thousands are
// written k, millions M, billions G, by the largest tick.
std::vector<std::string> tick_labels(const std::vector<double>& ticks);

}  // namespace nn
