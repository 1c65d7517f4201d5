// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 14_cooperative_groups 14_cooperative_groups.cu
//
// Cooperative groups below the level of the grid:
//   * tiles of 4 to 32 threads: ranks, shuffles, votes, reduce, scans
//   * coalesced groups: the threads that happen to be active in a branch
//   * warp-aggregated atomics: one atomicAdd for all active threads
//   * labeled and binary partitions
//
// usage: 14_cooperative_groups [--n=..]

#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "helper_check.h"

namespace cg = cooperative_groups;

constexpr int kBlock = 128;

// ------------------------------------------------------------------ tiles
// Works for any group that has the members used, whatever its size.
template <typename Group>
__device__ int sumByShuffles(const Group& group, int value) {
  for (int d = group.size() / 2; d > 0; d /= 2) value += group.shfl_down(value, d);
  return group.shfl(value, 0);  // rank 0 has the sum, now all have it
}

template <int SIZE>
__global__ void tileKernel(const int* in, int* sums, int* scans, unsigned* ballots, int* ranks) {
  cg::thread_block block = cg::this_thread_block();
  cg::thread_block_tile<SIZE> tile = cg::tiled_partition<SIZE>(block);
  const unsigned i = block.group_index().x * block.size() + block.thread_rank();

  const int value = in[i];
  const int sum = sumByShuffles(tile, value);
  const int again = cg::reduce(tile, value, cg::plus<int>());
  const int least = cg::reduce(tile, value, cg::less<int>());

  sums[i] = sum == again ? sum : -1;
  scans[i] = cg::inclusive_scan(tile, value);
  ballots[i] = tile.ballot(value == least);
  ranks[i] = static_cast<int>(tile.meta_group_rank() * 1000 + tile.thread_rank());
}

// -------------------------------------------------- warp-aggregated atomics
__device__ int aggregatedIncrement(int* counter) {
  cg::coalesced_group active = cg::coalesced_threads();
  int base = 0;
  if (active.thread_rank() == 0) base = atomicAdd(counter, static_cast<int>(active.size()));
  return active.shfl(base, 0) + static_cast<int>(active.thread_rank());
}

// Copies the elements above the limit; their order is not defined.
__global__ void filter(const int* in, int n, int limit, int* out, int* count) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    const int value = in[i];
    if (value > limit) out[aggregatedIncrement(count)] = value;
  }
}

// --------------------------------------------------------------- partitions
// Counts values per class; one atomic per class and warp.
__global__ void countClasses(const int* in, int n, int classes, int* counts) {
  cg::thread_block_tile<32> warp = cg::tiled_partition<32>(cg::this_thread_block());
  const int i = blockIdx.x * blockDim.x + threadIdx.x;

  // No thread may leave before the partition; those beyond the end get a label of their own.
  const int label = i < n ? in[i] % classes : classes;
  cg::coalesced_group same = cg::labeled_partition(warp, label);
  if (same.thread_rank() == 0 && label < classes)
    atomicAdd(&counts[label], static_cast<int>(same.size()));
}

// sums[0]: of the odd values, sums[1]: of the even ones
__global__ void oddEvenSums(const int* in, int n, int* sums) {
  cg::thread_block_tile<32> warp = cg::tiled_partition<32>(cg::this_thread_block());
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  const int value = i < n ? in[i] : 0;  // zero adds nothing to the even ones
  const bool odd = value & 1;

  cg::coalesced_group half = cg::binary_partition(warp, odd);
  const int sum = cg::reduce(half, value, cg::plus<int>());
  if (half.thread_rank() == 0) atomicAdd(&sums[odd ? 0 : 1], sum);
}

static bool report(const char* what, bool good) {
  std::printf("%-36s %s\n", what, good ? "ok" : "WRONG");
  return good;
}

template <int SIZE>
bool testTiles(const std::vector<int>& in, const int* dIn) {
  const int n = static_cast<int>(in.size());
  int* d[4];
  for (int*& p : d) CHECK(cudaMalloc(&p, n * sizeof(int)));

  tileKernel<SIZE>
      <<<n / kBlock, kBlock>>>(dIn, d[0], d[1], reinterpret_cast<unsigned*>(d[2]), d[3]);
  CHECK_LAUNCH();

  std::vector<int> h[4];
  for (int k = 0; k < 4; ++k) {
    h[k].resize(n);
    CHECK(cudaMemcpy(h[k].data(), d[k], n * sizeof(int), cudaMemcpyDeviceToHost));
    CHECK(cudaFree(d[k]));
  }

  bool good = true;
  for (int first = 0; first < n; first += SIZE) {
    int sum = 0;
    const int least = *std::min_element(in.begin() + first, in.begin() + first + SIZE);
    unsigned ballot = 0;
    for (int k = 0; k < SIZE; ++k) ballot |= unsigned(in[first + k] == least) << k;
    for (int k = 0; k < SIZE; ++k) {
      sum += in[first + k];
      good = good && h[1][first + k] == sum;
      good = good && unsigned(h[2][first + k]) == ballot;
      good = good && h[3][first + k] == first % kBlock / SIZE * 1000 + k;
    }
    for (int k = 0; k < SIZE; ++k) good = good && h[0][first + k] == sum;
  }
  char label[64];
  std::snprintf(label, sizeof label, "tiles of %d threads", SIZE);
  return report(label, good);
}

int main(int argc, char** argv) {
  const int n = intOption(argc, argv, "n", 100100);
  if (n < kBlock || n > (1 << 24)) {
    std::fprintf(stderr, "n must lie between %d and %d\n", kBlock, 1 << 24);
    return finish(false);
  }

  std::vector<int> in(n);
  unsigned seed = 1;
  for (int& x : in) {
    seed = seed * 1664525u + 1013904223u;
    x = int(seed >> 20) % 100;
  }
  int *dIn = nullptr, *dOut = nullptr, *dCounts = nullptr;
  CHECK(cudaMalloc(&dIn, n * sizeof(int)));
  CHECK(cudaMalloc(&dOut, n * sizeof(int)));
  CHECK(cudaMalloc(&dCounts, 16 * sizeof(int)));
  CHECK(cudaMemcpy(dIn, in.data(), n * sizeof(int), cudaMemcpyHostToDevice));

  // The tiles need whole blocks: a part of the array is enough for them.
  const int whole = std::min(n / kBlock, 64) * kBlock;
  const std::vector<int> part(in.begin(), in.begin() + whole);
  bool ok = testTiles<32>(part, dIn);
  ok = testTiles<16>(part, dIn) && ok;
  ok = testTiles<8>(part, dIn) && ok;
  ok = testTiles<4>(part, dIn) && ok;

  // Filter.
  const int limit = 60;
  int count = 0;
  CHECK(cudaMemset(dCounts, 0, 16 * sizeof(int)));
  filter<<<64, kBlock>>>(dIn, n, limit, dOut, dCounts);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(&count, dCounts, sizeof(int), cudaMemcpyDeviceToHost));
  std::vector<int> wanted;
  std::copy_if(in.begin(), in.end(), std::back_inserter(wanted), [=](int x) { return x > limit; });
  bool good = count == int(wanted.size());
  if (good) {
    std::vector<int> got(count);
    CHECK(cudaMemcpy(got.data(), dOut, count * sizeof(int), cudaMemcpyDeviceToHost));
    std::sort(got.begin(), got.end());
    std::sort(wanted.begin(), wanted.end());
    good = got == wanted;
  }
  std::printf("%d of %d elements pass the filter\n", count, n);
  ok = report("filter, warp-aggregated atomics", good) && ok;

  // Classes.
  const int blocks = (n + kBlock - 1) / kBlock;
  int counts[16] = {}, expected[16] = {};
  CHECK(cudaMemset(dCounts, 0, 16 * sizeof(int)));
  countClasses<<<blocks, kBlock>>>(dIn, n, 7, dCounts);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(counts, dCounts, sizeof counts, cudaMemcpyDeviceToHost));
  for (int x : in) ++expected[x % 7];
  ok = report("labeled partition", std::equal(counts, counts + 16, expected)) && ok;

  // Odd and even.
  CHECK(cudaMemset(dCounts, 0, 16 * sizeof(int)));
  oddEvenSums<<<blocks, kBlock>>>(dIn, n, dCounts);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(counts, dCounts, 2 * sizeof(int), cudaMemcpyDeviceToHost));
  int odd = 0, even = 0;
  for (int x : in) (x & 1 ? odd : even) += x;
  std::printf("odd %d (%d), even %d (%d)\n", counts[0], odd, counts[1], even);
  ok = report("binary partition", counts[0] == odd && counts[1] == even) && ok;

  CHECK(cudaFree(dIn));
  CHECK(cudaFree(dOut));
  CHECK(cudaFree(dCounts));
  return finish(ok);
}
