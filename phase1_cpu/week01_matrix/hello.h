// hello: the first exercise. It passes as it is; break it, and see what a failing check says.
#pragma once

#include <vector>

namespace nn::basic {

// y[i] = x[i] / 2, as many elements as x has.
std::vector<double> halve(const std::vector<double>& x);

}  // namespace nn::basic
