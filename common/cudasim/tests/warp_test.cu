// Warp collectives against a sequential model: shuffles of every width and type, votes, matches,
// reductions, partial masks and diverged lanes.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

enum Kind { kIndex, kUp, kDown, kXor };

template <class T>
__global__ void shuffle_all(T* out, const T* in, const int* operands, int kind, int width) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const T v = in[i];
  const int operand = operands[i];
  T r{};
  if (kind == kIndex) r = __shfl_sync(0xffffffffu, v, operand, width);
  // The distance is the same in each lane, as the functions ask.
  if (kind == kUp) r = __shfl_up_sync(0xffffffffu, v, static_cast<unsigned>(operands[0]), width);
  if (kind == kDown)
    r = __shfl_down_sync(0xffffffffu, v, static_cast<unsigned>(operands[0]), width);
  if (kind == kXor) r = __shfl_xor_sync(0xffffffffu, v, operands[0], width);
  out[i] = r;
}

// Programming guide, "Warp Shuffle Functions".
int source_lane(int kind, int lane, int operand, int width) {
  const int first = lane / width * width;
  switch (kind) {
    case kIndex:
      return first + ((operand % width) + width) % width;
    case kUp:
      return lane - operand >= first ? lane - operand : lane;
    case kDown:
      return lane + operand < first + width ? lane + operand : lane;
    default:
      return (lane ^ operand) < first + width ? lane ^ operand : lane;
  }
}

template <class T>
void check_shuffles() {
  std::mt19937 random(1);
  const int threads = 96;
  std::vector<T> in(threads);
  for (T& v : in) v = static_cast<T>(random() % 100000);
  DeviceArray<T> d_in(in), out(threads);
  for (const int kind : {kIndex, kUp, kDown, kXor}) {
    for (const int width : {1, 2, 4, 8, 16, 32}) {
      for (int repeat = 0; repeat < 4; ++repeat) {
        std::vector<int> operands(threads);
        for (int& o : operands) o = static_cast<int>(random() % 32);
        DeviceArray<int> d_operands(operands);
        shuffle_all<T><<<1, threads>>>(out.data(), d_in.data(), d_operands.data(), kind, width);
        const std::vector<T> got = out.host();
        for (int t = 0; t < threads; ++t) {
          const int operand = operands[kind == kIndex ? static_cast<std::size_t>(t) : 0];
          const int from = t / 32 * 32 + source_lane(kind, t % 32, operand, width);
          ASSERT_EQ(got[static_cast<std::size_t>(t)], in[static_cast<std::size_t>(from)])
              << "kind " << kind << " width " << width << " thread " << t;
        }
      }
    }
  }
}

TEST(Shuffle, EveryTypeWidthAndKind) {
  check_shuffles<int>();
  check_shuffles<unsigned>();
  check_shuffles<long>();
  check_shuffles<unsigned long>();
  check_shuffles<long long>();
  check_shuffles<unsigned long long>();
  check_shuffles<float>();
  check_shuffles<double>();
}

__global__ void votes(unsigned* out, unsigned predicates, unsigned long long values) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  const int mine = predicates >> lane & 1;
  unsigned* o = out + 8 * threadIdx.x;
  o[0] = __ballot_sync(0xffffffffu, mine);
  o[1] = __any_sync(0xffffffffu, mine) != 0;
  o[2] = __all_sync(0xffffffffu, mine) != 0;
  const int value = static_cast<int>(values >> (2 * lane) & 3);
  o[3] = __match_any_sync(0xffffffffu, value);
  int all = 0;
  o[4] = __match_all_sync(0xffffffffu, value, &all);
  o[5] = static_cast<unsigned>(all);
  o[6] = static_cast<unsigned>(__match_any_sync(0xffffffffu, static_cast<double>(value)));
}

TEST(Vote, AgainstAModel) {
  std::mt19937_64 random(2);
  DeviceArray<unsigned> out(8 * 64);
  for (int repeat = 0; repeat < 30; ++repeat) {
    const unsigned predicates = repeat == 0   ? 0
                                : repeat == 1 ? ~0u
                                              : static_cast<unsigned>(random());
    const unsigned long long values = repeat < 2 ? 0 : random();
    votes<<<1, 64>>>(out.data(), predicates, values);
    const std::vector<unsigned> got = out.host();
    for (unsigned t = 0; t < 64; ++t) {
      const unsigned lane = t % 32;
      unsigned same = 0;
      for (unsigned l = 0; l < 32; ++l) {
        if ((values >> (2 * l) & 3) == (values >> (2 * lane) & 3)) same |= 1u << l;
      }
      EXPECT_EQ(got[8 * t], predicates);
      EXPECT_EQ(got[8 * t + 1], predicates != 0);
      EXPECT_EQ(got[8 * t + 2], predicates == ~0u);
      EXPECT_EQ(got[8 * t + 3], same);
      EXPECT_EQ(got[8 * t + 4], same == ~0u ? ~0u : 0u);
      EXPECT_EQ(got[8 * t + 5], same == ~0u);
      EXPECT_EQ(got[8 * t + 6], same);
    }
  }
}

// Lanes diverge by the parity of their number; each half works with its own mask, in a loop whose
// length differs from half to half.
__global__ void halves(int* out) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  int sum = 0;
  if (lane % 2 == 0) {
    for (int i = 0; i < 3; ++i) sum += __shfl_sync(0x55555555u, lane + i, 4);
  } else {
    for (int i = 0; i < 7; ++i) sum += __shfl_sync(0xaaaaaaaau, lane * i, 31);
  }
  __syncwarp();
  out[threadIdx.x] = sum + __shfl_xor_sync(0xffffffffu, sum, 1) * 1000;
}

TEST(Masks, DivergedHalvesWorkApart) {
  DeviceArray<int> out(64, -1);
  halves<<<1, 64>>>(out.data());
  const int even = 4 + 5 + 6, odd = 31 * 21;
  const std::vector<int> got = out.host();
  for (std::size_t t = 0; t < 64; ++t) {
    EXPECT_EQ(got[t], t % 2 == 0 ? even + 1000 * odd : odd + 1000 * even);
  }
}

// The last warp of a block may have fewer lanes; those that returned take no part.
__global__ void partial_warp(int* out, int n) {
  const int i = static_cast<int>(threadIdx.x);
  const unsigned mask = __ballot_sync(0xffffffffu, i < n);
  if (i >= n) return;
  int v = 1;
  for (int d = 16; d > 0; d /= 2) {
    const int other = __shfl_down_sync(mask, v, static_cast<unsigned>(d));
    if (i % 32 + d < 32 && i + d < n) v += other;
  }
  out[i] = v;
}

TEST(Masks, LanesThatReturnedTakeNoPart) {
  for (const int n : {1, 17, 31, 33, 40, 63}) {
    DeviceArray<int> out(64, -1);
    partial_warp<<<1, 64>>>(out.data(), n);
    const std::vector<int> got = out.host();
    EXPECT_EQ(got[0], std::min(n, 32)) << n;
    if (n > 32) {
      EXPECT_EQ(got[32], n - 32) << n;
    }
    EXPECT_EQ(got[static_cast<std::size_t>(n)], -1) << n;
  }
}

__global__ void aggregate(int* count, unsigned* masks, int modulus) {
  if (static_cast<int>(threadIdx.x) % modulus == 0) {
    const unsigned active = __activemask();
    masks[threadIdx.x] = active;
    const int leader = __ffs(static_cast<int>(active)) - 1;
    if (static_cast<int>(threadIdx.x % 32) == leader) atomicAdd(count, __popc(active));
  }
}

TEST(Masks, ActiveMaskIsTheLanesThatTakeTheBranch) {
  for (const int modulus : {1, 2, 3, 5}) {
    DeviceArray<int> count(1, 0);
    DeviceArray<unsigned> masks(64, 0u);
    aggregate<<<1, 64>>>(count.data(), masks.data(), modulus);
    int want = 0;
    for (int t = 0; t < 64; ++t) want += t % modulus == 0;
    EXPECT_EQ(count.host()[0], want);
  }
}

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
#define HAS_REDUCE 1
#endif
__global__ void reductions(unsigned* out, const int* in) {
#ifdef HAS_REDUCE
  const int v = in[threadIdx.x];
  const unsigned u = static_cast<unsigned>(v);
  unsigned* o = out + 9 * threadIdx.x;
  o[0] = static_cast<unsigned>(__reduce_add_sync(0xffffffffu, v));
  o[1] = static_cast<unsigned>(__reduce_min_sync(0xffffffffu, v));
  o[2] = static_cast<unsigned>(__reduce_max_sync(0xffffffffu, v));
  o[3] = __reduce_add_sync(0xffffffffu, u);
  o[4] = __reduce_min_sync(0xffffffffu, u);
  o[5] = __reduce_max_sync(0xffffffffu, u);
  o[6] = __reduce_and_sync(0xffffffffu, u);
  o[7] = __reduce_or_sync(0xffffffffu, u);
  o[8] = __reduce_xor_sync(0xffffffffu, u);
#endif
}

TEST(Reduce, AgainstAModel) {
  std::mt19937 random(3);
  std::vector<int> in(32);
  for (int& v : in) v = static_cast<int>(random());
  DeviceArray<int> d_in(in);
  DeviceArray<unsigned> out(9 * 32);
  reductions<<<1, 32>>>(out.data(), d_in.data());
  unsigned sum = 0, low = ~0u, high = 0, all = ~0u, any = 0, odd = 0;
  int smallest = in[0], largest = in[0];
  for (const int v : in) {
    const unsigned u = static_cast<unsigned>(v);
    sum += u, low = std::min(low, u), high = std::max(high, u);
    all &= u, any |= u, odd ^= u;
    smallest = std::min(smallest, v), largest = std::max(largest, v);
  }
  const std::vector<unsigned> want{sum,
                                   static_cast<unsigned>(smallest),
                                   static_cast<unsigned>(largest),
                                   sum,
                                   low,
                                   high,
                                   all,
                                   any,
                                   odd};
  const std::vector<unsigned> got = out.host();
  for (std::ptrdiff_t lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(std::vector<unsigned>(got.begin() + 9 * lane, got.begin() + 9 * lane + 9), want);
  }
}

// Warp-synchronous code is right with __syncwarp between writes and reads.
__global__ void warp_scan(int* x) {
  __shared__ int s_x[64];
  const unsigned t = threadIdx.x, lane = t % 32;
  s_x[t] = x[t];
  __syncwarp();
  for (unsigned d = 1; d < 32; d *= 2) {
    const int left = lane >= d ? s_x[t - d] : 0;
    __syncwarp();  // all have read before anyone writes
    s_x[t] += left;
    __syncwarp();  // all have written before anyone reads
  }
  x[t] = s_x[t];
}

TEST(Warp, SyncwarpOrdersSharedMemory) {
  std::vector<int> in(64, 1);
  DeviceArray<int> x(in);
  warp_scan<<<1, 64>>>(x.data());
  const std::vector<int> got = x.host();
  for (std::size_t t = 0; t < 64; ++t) EXPECT_EQ(got[t], static_cast<int>(t % 32) + 1);
}

}  // namespace
