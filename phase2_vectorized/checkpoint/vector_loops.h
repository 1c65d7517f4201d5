// What pure Python, NumPy and this phase are compared on in vector_bench.py: the two simplest loops.
#pragma once

#include <span>

namespace nn::cpu {

// y[i] = 2 x[i] + 1; as many of each, else nn::Error.
void double_and_add_one(std::span<float> y, std::span<const float> x);

// sum_i x[i], in 64 sums side by side: one sum alone would wait four cycles for each of its additions.
float sum_of(std::span<const float> x);

}  // namespace nn::cpu
