// block_sum against sums made one after the other.
#include "phase4_cuda/week09_reduction/block_sum.h"

#include <cuda_runtime.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "common/compare_gtest.h"

namespace nn::cuda {
namespace {

// Device memory that is freed however a test ends.
class DeviceInts {
 public:
  DeviceInts(const std::int32_t* values, std::size_t count) {
    EXPECT_EQ(cudaMalloc(&data_, count * sizeof(int)), cudaSuccess);
    EXPECT_EQ(cudaMemcpy(data_, values, count * sizeof(int), cudaMemcpyHostToDevice), cudaSuccess);
  }
  ~DeviceInts() { cudaFree(data_); }
  DeviceInts(const DeviceInts&) = delete;
  DeviceInts& operator=(const DeviceInts&) = delete;
  int* data() const { return data_; }

 private:
  int* data_ = nullptr;
};

void expect_sums(int N) {
  SCOPED_TRACE(testing::Message() << "N = " << N);
  const int blocks = (N + kSumBlock - 1) / kSumBlock;
  std::vector<std::int32_t> x;
  std::vector<std::int64_t> want(static_cast<std::size_t>(blocks), 0);
  for (int i = 0; i < N; ++i) {
    x.push_back(i * i % 101 - 37);
    want[static_cast<std::size_t>(i / kSumBlock)] += x.back();
  }
  Guarded<std::int32_t> y(blocks);
  const DeviceInts d_x(x.data(), x.size());
  const DeviceInts d_y(y.data(), want.size());
  block_sum(d_y.data(), d_x.data(), N);
  ASSERT_EQ(cudaMemcpy(y.data(), d_y.data(), want.size() * sizeof(int), cudaMemcpyDeviceToHost),
            cudaSuccess);
  EXPECT_TRUE(as_result(compare_guarded(y, std::span<const std::int64_t>(want))));
}

TEST(BlockSum, OfWholeBlocks) { expect_sums(7 * kSumBlock); }

TEST(BlockSum, OfAShortLastBlock) {
  for (const int N : {129, 4 * kSumBlock + 1, 7 * kSumBlock - 33}) expect_sums(N);
}

TEST(BlockSum, OfOneBlock) {
  for (const int N : {1, 31, 33, 127, 128}) expect_sums(N);
}

TEST(BlockSum, RefusesNothing) { EXPECT_THROW(block_sum(nullptr, nullptr, 0), Error); }

}  // namespace
}  // namespace nn::cuda
