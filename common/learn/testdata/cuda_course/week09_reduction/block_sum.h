// block_sum: y[b] = sum of x[i] over the b-th kSumBlock consecutive elements of x.
//
// The last block may be shorter than the others.
#pragma once

namespace nn::cuda {

inline constexpr int kSumBlock = 128;

// d_y (blocks of N) overwritten; d_x (N) in device memory. nn::Error if N < 1.
void block_sum(int* d_y, const int* d_x, int N);

}  // namespace nn::cuda
