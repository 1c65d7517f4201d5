// Atomic functions: contended totals that only real atomics reach, and what each function returns.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

constexpr unsigned kBlocks = 64, kThreads = 96, kAll = kBlocks * kThreads;

template <class T>
__global__ void add_all(T* sum, T* block_sum) {
  atomicAdd(sum, static_cast<T>(threadIdx.x + 1));
  atomicAdd_block(&block_sum[blockIdx.x], static_cast<T>(1));
}

template <class T>
void check_add() {
  DeviceArray<T> sum(1, T(0)), block_sum(kBlocks, T(0));
  add_all<T><<<kBlocks, kThreads>>>(sum.data(), block_sum.data());
  EXPECT_EQ(sum.host()[0], static_cast<T>(kBlocks * kThreads * (kThreads + 1) / 2));
  EXPECT_EQ(block_sum.host(), std::vector<T>(kBlocks, static_cast<T>(kThreads)));
}

TEST(Atomics, AddLosesNothing) {
  check_add<int>();
  check_add<unsigned>();
  check_add<unsigned long long>();
  check_add<float>();  // sums below 2^24 are exact
  check_add<double>();
}

template <class T>
__global__ void take_numbers(T* counter, T* taken) {
  taken[blockIdx.x * blockDim.x + threadIdx.x] = atomicAdd(counter, static_cast<T>(1));
}

TEST(Atomics, AddReturnsEachOldValueOnce) {
  DeviceArray<int> counter(1, 0), taken(kAll, -1);
  take_numbers<int><<<kBlocks, kThreads>>>(counter.data(), taken.data());
  std::vector<int> got = taken.host(), want(kAll);
  std::sort(got.begin(), got.end());
  std::iota(want.begin(), want.end(), 0);
  EXPECT_EQ(got, want);
}

template <class T>
__global__ void extremes(T* low, T* high, T offset) {
  const T v = static_cast<T>(
      static_cast<T>((blockIdx.x * blockDim.x + threadIdx.x) * 7919u % 10007u) - offset);
  atomicMin(low, v);
  atomicMax(high, v);
}

template <class T>
void check_extremes(T offset) {
  T low = static_cast<T>(0 - offset), high = low;
  for (unsigned i = 0; i < kAll; ++i) {
    const T v = static_cast<T>(static_cast<T>(i * 7919u % 10007u) - offset);
    low = std::min(low, v), high = std::max(high, v);
  }
  DeviceArray<T> d_low(1, static_cast<T>(100 - offset)), d_high(1, static_cast<T>(100 - offset));
  extremes<T><<<kBlocks, kThreads>>>(d_low.data(), d_high.data(), offset);
  EXPECT_EQ(d_low.host()[0], low);
  EXPECT_EQ(d_high.host()[0], high);
}

TEST(Atomics, MinAndMaxFollowTheTypesSign) {
  check_extremes<int>(5000);
  check_extremes<long long>(5000);
  check_extremes<unsigned>(0);
  check_extremes<unsigned long long>(0);
}

__global__ void bits(unsigned* all, unsigned* any, unsigned long long* odd) {
  const unsigned i = threadIdx.x % 32;
  atomicAnd(all, ~(1u << i));
  atomicOr(any, 1u << i);
  atomicXor(odd, 1ull << (i + 16));
}

TEST(Atomics, Bits) {
  DeviceArray<unsigned> all(1, ~0u), any(1, 0u);
  DeviceArray<unsigned long long> odd(1, 0ull);
  bits<<<3, 32>>>(all.data(), any.data(), odd.data());
  EXPECT_EQ(all.host()[0], 0u);
  EXPECT_EQ(any.host()[0], ~0u);
  EXPECT_EQ(odd.host()[0], 0xffffffffull << 16);  // three blocks: each bit an odd number of times
}

// inc: old >= limit ? 0 : old + 1. dec: old == 0 or old > limit ? limit : old - 1.
__global__ void wrap(unsigned* up, unsigned* down) {
  atomicInc(up, 9u);
  atomicDec(down, 9u);
}

TEST(Atomics, IncAndDecWrap) {
  DeviceArray<unsigned> up(1, 0u), down(1, 0u);
  wrap<<<1, 23>>>(up.data(), down.data());
  EXPECT_EQ(up.host()[0], 23u % 10);
  EXPECT_EQ(down.host()[0], (100u - 23) % 10);
}

__global__ void exchange_and_sub(int* slot, int* seen, float* real, int* left) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  seen[i] = atomicExch(slot, i);
  atomicExch(real, static_cast<float>(i));
  atomicSub(left, 1);
}

TEST(Atomics, ExchangeHandsEachValueOn) {
  DeviceArray<int> slot(1, -1), seen(kAll, -2), left(1, static_cast<int>(kAll));
  DeviceArray<float> real(1, -1.0f);
  exchange_and_sub<<<kBlocks, kThreads>>>(slot.data(), seen.data(), real.data(), left.data());
  std::vector<int> values = seen.host(), want(kAll);
  values.push_back(slot.host()[0]);
  std::sort(values.begin(), values.end());
  want.resize(kAll + 1);
  std::iota(want.begin(), want.end(), -1);
  EXPECT_EQ(values, want);
  EXPECT_EQ(left.host()[0], 0);
  EXPECT_GE(real.host()[0], 0.0f);
}

__global__ void locked_increment(int* lock, int* value) {
  if (threadIdx.x != 0) return;
  while (atomicCAS(lock, 0, 1) != 0) {
  }
  __threadfence();
  const int v = *static_cast<volatile int*>(value);
  *static_cast<volatile int*>(value) = v + 1;
  __threadfence();
  atomicExch(lock, 0);
}

TEST(Atomics, ALockOfCompareAndSwap) {
  DeviceArray<int> lock(1, 0), value(1, 0);
  locked_increment<<<500, 32>>>(lock.data(), value.data());
  EXPECT_EQ(value.host()[0], 500);
}

template <class T>
__global__ void add_by_cas(T* sum) {
  T old = *static_cast<volatile T*>(sum), assumed;
  do {
    assumed = old;
    old = atomicCAS(sum, assumed, static_cast<T>(assumed + 3));
  } while (assumed != old);
}

TEST(Atomics, CompareAndSwapOfEveryWidth) {
  DeviceArray<unsigned short> s(1, static_cast<unsigned short>(0));
  DeviceArray<unsigned> u(1, 0u);
  DeviceArray<unsigned long long> l(1, 1ull << 40);
  add_by_cas<unsigned short><<<10, 64>>>(s.data());
  add_by_cas<unsigned><<<10, 64>>>(u.data());
  add_by_cas<unsigned long long><<<10, 64>>>(l.data());
  EXPECT_EQ(s.host()[0], 1920);
  EXPECT_EQ(u.host()[0], 1920u);
  EXPECT_EQ(l.host()[0], (1ull << 40) + 1920);
}

__global__ void shared_histogram(int* bins, const unsigned char* x, int n) {
  __shared__ int s_bins[16];
  if (threadIdx.x < 16) s_bins[threadIdx.x] = 0;
  __syncthreads();
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) {
    atomicAdd(&s_bins[x[i] % 16], 1);
  }
  __syncthreads();
  if (threadIdx.x < 16) atomicAdd(&bins[threadIdx.x], s_bins[threadIdx.x]);
}

TEST(Atomics, InSharedMemory) {
  std::vector<unsigned char> x(1000);
  std::vector<int> want(16, 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<unsigned char>(i * i % 251);
    want[x[i] % 16] += 4;
  }
  DeviceArray<unsigned char> d_x(x);
  DeviceArray<int> bins(16, 0);
  shared_histogram<<<4, 100>>>(bins.data(), d_x.data(), 1000);
  EXPECT_EQ(bins.host(), want);
}

}  // namespace
