// Runs of threads: a warp's threads that do not wait are called one after another in one loop, which a
// wait, or the watchdog's interruption, breaks at any of them. Each must still run once, as itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

__global__ void record_order(int* order, int* count) { order[threadIdx.x] = atomicAdd(count, 1); }

TEST(Runs, CallEveryThreadOnceInTheSeedsOrder) {
  const unsigned threads = 77;
  DeviceArray<int> order(threads, -1), count(1, 0);
  record_order<<<1, threads>>>(order.data(), count.data());
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  std::vector<int> got = order.host(), ascending(threads);
  std::iota(ascending.begin(), ascending.end(), 0);
  const char* seed = std::getenv("CUDASIM_SEED");
  if (seed != nullptr && std::string(seed) == "0") {
    EXPECT_EQ(got, ascending);
  }
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, ascending);
}

// The argument's type is deduced, so the launch holds a lambda into which the kernel may be inlined.
template <class T>
__global__ void write_index(T* out) {
  out[blockIdx.x * blockDim.x + threadIdx.x] = static_cast<T>(threadIdx.x);
}

TEST(Runs, OfAnInlinedKernelSeeEachThreadsOwnIndex) {
  const unsigned threads = 45, blocks = 3;
  DeviceArray<float> out(threads * blocks, -1.0f);
  write_index<<<blocks, threads>>>(out.data());
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  const std::vector<float> got = out.host();
  for (unsigned i = 0; i < threads * blocks; ++i) {
    EXPECT_EQ(got[i], static_cast<float>(i % threads));
  }
}

// Every third thread returns at once; the others meet at two barriers.
__global__ void leave_or_wait(int* sums) {
  __shared__ int s_sum;
  const int t = static_cast<int>(threadIdx.x);
  if (t % 3 == 1) return;
  if (t == 0) s_sum = 0;
  __syncthreads();  // s_sum is 0
  atomicAdd(&s_sum, t);
  __syncthreads();  // all that are left have added
  if (t % 5 == 0) return;
  sums[blockIdx.x * blockDim.x + threadIdx.x] = s_sum;
}

TEST(Runs, AreBrokenByAWaitAnywhere) {
  for (const int threads : {1, 2, 31, 32, 33, 64, 100}) {
    const int blocks = 20;
    DeviceArray<int> sums(static_cast<std::size_t>(blocks * threads), -1);
    leave_or_wait<<<blocks, threads>>>(sums.data());
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    int sum = 0;
    for (int t = 0; t < threads; ++t) sum += t % 3 == 1 ? 0 : t;
    const std::vector<int> got = sums.host();
    for (int i = 0; i < blocks * threads; ++i) {
      const int t = i % threads;
      EXPECT_EQ(got[static_cast<std::size_t>(i)], t % 3 == 1 || t % 5 == 0 ? -1 : sum) << i;
    }
  }
}

// Thread 0 waits, without any barrier, for what the last thread of its warp writes, and that one for
// thread 16: whichever comes first has to be interrupted for the others. In some orders the two gave
// each other their turn for ever, and thread 16 never had one.
__global__ void wait_for_each_other(volatile int* flags) {
  if (threadIdx.x == 0) {
    while (flags[1] == 0) {
    }
    flags[2] = 1;
  }
  if (threadIdx.x == 16) flags[0] = 1;
  if (threadIdx.x == 31) {
    while (flags[0] == 0) {
    }
    flags[1] = 1;
  }
}

TEST(Runs, AreInterruptedForAThreadThatOthersWaitFor) {
  DeviceArray<int> flags(3, 0);
  wait_for_each_other<<<1, 32>>>(flags.data());
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(flags.host(), std::vector<int>(3, 1));
}

// Threads that take so long that the watchdog asks each run, several times, to let others go.
__global__ void take_long(int* seen, int* own, long long ticks) {
  const unsigned before = threadIdx.x;
  for (const long long end = clock64() + ticks; clock64() < end;) {
  }
  atomicAdd(&seen[before], 1);
  own[before] = static_cast<int>(threadIdx.x);
}

TEST(Runs, CallEveryThreadOnceThoughTheyAreInterrupted) {
  const unsigned threads = 48;
  DeviceArray<int> seen(threads, 0), own(threads, -1);
  take_long<<<1, threads>>>(seen.data(), own.data(), 5000000);  // 5 ms each
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  std::vector<int> indices(threads);
  std::iota(indices.begin(), indices.end(), 0);
  EXPECT_EQ(seen.host(), std::vector<int>(threads, 1));
  EXPECT_EQ(own.host(), indices);
}

}  // namespace
