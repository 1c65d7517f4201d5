// Cooperative groups: ranks, tiles, coalesced groups, reductions and scans, and the grid's barrier.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace cg = cooperative_groups;

namespace {

template <unsigned Size>
__global__ void tile_functions(int* out) {
  const cg::thread_block block = cg::this_thread_block();
  const auto tile = cg::tiled_partition<Size>(block);
  const int i = static_cast<int>(block.thread_rank());
  int* o = out + 9 * i;
  o[0] = static_cast<int>(tile.thread_rank());
  o[1] = static_cast<int>(tile.meta_group_rank());
  o[2] = static_cast<int>(tile.meta_group_size());
  o[3] = tile.shfl(i, 1);
  o[4] = tile.shfl_down(i, 1);
  o[5] = tile.shfl_xor(i, 1);
  o[6] = static_cast<int>(tile.ballot(i % 3 == 0));
  o[7] = cg::reduce(tile, i, cg::plus<int>());
  o[8] = cg::inclusive_scan(tile, i);
}

template <int Size>
void check_tile() {
  const int threads = 64;
  DeviceArray<int> out(9 * threads);
  tile_functions<Size><<<1, dim3(16, 4)>>>(out.data());
  const std::vector<int> got = out.host();
  for (int i = 0; i < threads; ++i) {
    const int first = i / Size * Size, last = first + Size - 1;
    int ballot = 0, sum = 0, before = 0;
    for (int t = first; t <= last; ++t) {
      if (t % 3 == 0) ballot |= static_cast<int>(1u << (t - first));
      sum += t;
      if (t <= i) before += t;
    }
    const std::vector<int> want{i % Size,
                                i / Size,
                                threads / Size,
                                first + 1 % Size,
                                i == last ? i : i + 1,
                                first + ((i - first) ^ 1),
                                ballot,
                                sum,
                                before};
    EXPECT_EQ(std::vector<int>(got.begin() + 9 * i, got.begin() + 9 * i + 9), want)
        << Size << " " << i;
  }
}

TEST(Tiles, RanksShufflesVotesReductionsScans) {
  check_tile<2>();
  check_tile<4>();
  check_tile<8>();
  check_tile<16>();
  check_tile<32>();
}

__global__ void compact(int* out, int* count, const int* in) {
  const int v = in[threadIdx.x];
  if (v > 0) {
    const cg::coalesced_group active = cg::coalesced_threads();
    int first = 0;
    if (active.thread_rank() == 0) first = atomicAdd(count, static_cast<int>(active.size()));
    first = active.shfl(first, 0);
    out[first + static_cast<int>(active.thread_rank())] = v;
  }
}

TEST(Coalesced, AggregatedAtomicsKeepEveryElement) {
  std::vector<int> in(32);
  for (int i = 0; i < 32; ++i) in[static_cast<std::size_t>(i)] = i % 3 == 1 ? i : -i;
  DeviceArray<int> d_in(in), out(32, 0), count(1, 0);
  compact<<<1, 32>>>(out.data(), count.data(), d_in.data());
  EXPECT_EQ(count.host()[0], 11);
  std::vector<int> got = out.host();
  int sum = 0, want = 0;
  for (const int v : got) sum += v;
  for (const int v : in) want += v > 0 ? v : 0;
  EXPECT_EQ(sum, want);
}

__device__ int sum_group(cg::thread_group group, int* s_slots, int value) {
  s_slots[group.thread_rank()] = value;
  group.sync();
  int sum = 0;
  for (unsigned i = 0; i < static_cast<unsigned>(group.size()); ++i) sum += s_slots[i];
  group.sync();
  return sum;
}
__global__ void any_group(int* out) {
  __shared__ int s_slots[64];
  const cg::thread_block block = cg::this_thread_block();
  out[threadIdx.x] = sum_group(block, s_slots, static_cast<int>(threadIdx.x));
  const cg::thread_group tile = cg::tiled_partition(block, 16);
  out[64 + threadIdx.x] = sum_group(tile, s_slots + threadIdx.x / 16 * 16, 1);
}

TEST(ThreadGroup, IsABlockOrATile) {
  DeviceArray<int> out(128, -1);
  any_group<<<1, 64>>>(out.data());
  const std::vector<int> got = out.host();
  for (std::size_t t = 0; t < 64; ++t) {
    EXPECT_EQ(got[t], 63 * 32);
    EXPECT_EQ(got[64 + t], 16);
  }
}

__global__ void by_label(int* sizes, unsigned* ranks, int* one) {
  const auto warp = cg::tiled_partition<32>(cg::this_thread_block());
  const cg::coalesced_group same = cg::labeled_partition(warp, static_cast<int>(threadIdx.x % 3));
  sizes[threadIdx.x] = static_cast<int>(same.size());
  ranks[threadIdx.x] = static_cast<unsigned>(same.thread_rank());
  one[threadIdx.x] = cg::invoke_one_broadcast(
      same, [](int x) { return x; }, static_cast<int>(threadIdx.x));
  cg::invoke_one(same, [&] { sizes[threadIdx.x] += 100; });
}

TEST(CoalescedGroup, OfLanesWithTheSameLabel) {
  DeviceArray<int> sizes(32, -1), one(32, -1);
  DeviceArray<unsigned> ranks(32, 99u);
  by_label<<<1, 32>>>(sizes.data(), ranks.data(), one.data());
  const std::vector<int> size = sizes.host(), first = one.host();
  const std::vector<unsigned> rank = ranks.host();
  for (std::size_t t = 0; t < 32; ++t) {
    EXPECT_EQ(size[t], (t % 3 == 2 ? 10 : 11) + (t < 3 ? 100 : 0)) << t;
    EXPECT_EQ(rank[t], t / 3) << t;
    if (t < 3) {
      EXPECT_EQ(first[t], static_cast<int>(t));
    }
  }
}

// Each round every block adds what the block after it wrote in the last round.
__global__ void ring(int* value, int* next, int rounds) {
  const cg::grid_group grid = cg::this_grid();
  __shared__ int s_rounds_seen;
  extern __shared__ int s_own[];
  if (threadIdx.x == 0) s_rounds_seen = 0;
  s_own[threadIdx.x] = static_cast<int>(blockIdx.x);
  for (int r = 0; r < rounds; ++r) {
    if (threadIdx.x == 0)
      next[blockIdx.x] = value[blockIdx.x] + value[(blockIdx.x + 1) % gridDim.x];
    grid.sync();
    if (threadIdx.x == 0) {
      value[blockIdx.x] = next[blockIdx.x];
      ++s_rounds_seen;
    }
    grid.sync();
  }
  // Shared memory is the block's own across the grid's barriers.
  if (threadIdx.x == 0 && (s_rounds_seen != rounds || s_own[5] != static_cast<int>(blockIdx.x))) {
    value[blockIdx.x] = -1;
  }
}

TEST(Grid, BarriersHoldForAllBlocks) {
  const int blocks = 12;
  int rounds = 5;
  std::vector<int> want(blocks), next(blocks);
  std::iota(want.begin(), want.end(), 1);
  DeviceArray<int> value(want), d_next(blocks, 0);
  int *p = value.data(), *q = d_next.data();
  void* args[] = {&p, &q, &rounds};
  ASSERT_EQ(cudaLaunchCooperativeKernel(reinterpret_cast<void*>(ring), dim3(blocks), dim3(40), args,
                                        40 * sizeof(int), nullptr),
            cudaSuccess);
  for (int r = 0; r < rounds; ++r) {
    for (std::size_t b = 0; b < blocks; ++b) next[b] = want[b] + want[(b + 1) % blocks];
    std::swap(want, next);
  }
  EXPECT_EQ(value.host(), want);
}

TEST(Grid, TooManyBlocksAreRefused) {
  int rounds = 0;
  int* p = nullptr;
  void* args[] = {&p, &p, &rounds};
  EXPECT_EQ(cudaLaunchCooperativeKernel(reinterpret_cast<void*>(ring), dim3(1000000), dim3(40),
                                        args, 160, nullptr),
            cudaErrorCooperativeLaunchTooLarge);
  EXPECT_EQ(cudaGetLastError(), cudaErrorCooperativeLaunchTooLarge);
}

#ifdef CUDASIM
TEST(Grid, SyncNeedsACooperativeLaunch) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        int* p = nullptr;
        int* q = nullptr;
        cudaMalloc(&p, 64);
        cudaMalloc(&q, 64);
        ring<<<2, 40, 160>>>(p, q, 1);
        std::exit(cudaDeviceSynchronize() == cudaErrorLaunchFailure ? 0 : 1);
      },
      testing::ExitedWithCode(0), "not launched with cudaLaunchCooperativeKernel");
}
#endif

}  // namespace
