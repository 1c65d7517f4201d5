// Execution: every thread runs once with its own indices; barriers, early exits and shared memory, in
// orders the seed sets. CTest runs this under several seeds and numbers of workers.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

__global__ void record_indices(int* seen, dim3* block_dim, dim3* grid_dim) {
  const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  atomicAdd(&seen[block * blockDim.x * blockDim.y * blockDim.z + thread], 1);
  if (block == 0 && thread == 0) {
    *block_dim = blockDim;
    *grid_dim = gridDim;
  }
}

struct Shape {
  dim3 grid, block;
};

TEST(Execution, EveryThreadRunsOnceWithItsOwnIndices) {
  const Shape shapes[] = {{1, 1},
                          {1, 1024},
                          {7, 33},
                          {1000, 1},
                          {300, 127},
                          {dim3(3, 5), 31},
                          {dim3(2, 3, 4), dim3(5, 3, 7)},
                          {1, dim3(1, 1, 64)},
                          {dim3(1, 1, 9), dim3(2, 32, 16)}};
  for (const Shape& s : shapes) {
    const unsigned n = s.grid.x * s.grid.y * s.grid.z * s.block.x * s.block.y * s.block.z;
    DeviceArray<int> seen(n, 0);
    DeviceArray<dim3> extents(2);
    record_indices<<<s.grid, s.block>>>(seen.data(), extents.data(), extents.data() + 1);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    EXPECT_EQ(seen.host(), std::vector<int>(n, 1)) << n;
    const dim3 block = extents.host()[0], grid = extents.host()[1];
    EXPECT_TRUE(block.x == s.block.x && block.y == s.block.y && block.z == s.block.z);
    EXPECT_TRUE(grid.x == s.grid.x && grid.y == s.grid.y && grid.z == s.grid.z);
  }
}

// Each thread reads what its neighbour wrote before the barrier, many times.
__global__ void rotate(int* out, int rounds) {
  __shared__ int s_value[2][256];
  const unsigned t = threadIdx.x;
  s_value[0][t] = static_cast<int>(t + blockIdx.x);
  __syncthreads();  // all of s_value[0] is written before anyone reads it
  for (int r = 0; r < rounds; ++r) {
    s_value[(r + 1) & 1][t] = s_value[r & 1][(t + 1) % blockDim.x];
    __syncthreads();  // the next buffer is complete
  }
  out[blockIdx.x * blockDim.x + t] = s_value[rounds & 1][t];
}

TEST(Barriers, OrderWritesBeforeReads) {
  for (const unsigned threads : {1u, 2u, 31u, 32u, 33u, 255u, 256u}) {
    const unsigned blocks = 17;
    const int rounds = 9;
    DeviceArray<int> out(blocks * threads, -1);
    rotate<<<blocks, threads>>>(out.data(), rounds);
    ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    std::vector<int> want;
    for (unsigned b = 0; b < blocks; ++b) {
      for (unsigned t = 0; t < threads; ++t)
        want.push_back(static_cast<int>((t + 9) % threads + b));
    }
    EXPECT_EQ(out.host(), want) << threads;
  }
}

// Threads leave at different times; those that remain still meet.
__global__ void leave_early(int* out) {
  __shared__ int s_sum;
  if (threadIdx.x == 0) s_sum = 0;
  __syncthreads();
  for (unsigned round = 0; round < blockDim.x; ++round) {
    if (threadIdx.x + round >= blockDim.x) return;  // the last of those left leaves each round
    atomicAdd(&s_sum, 1);
    __syncthreads();  // all that are left have added
    if (threadIdx.x == 0) out[blockIdx.x * blockDim.x + round] = s_sum;
    __syncthreads();  // thread 0 has read the sum
  }
}

TEST(Barriers, DoNotWaitForThreadsThatReturned) {
  const unsigned threads = 70;
  DeviceArray<int> out(3 * threads, -1);
  leave_early<<<3, threads>>>(out.data());
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  const std::vector<int> got = out.host();
  int sum = 0;
  for (unsigned round = 0; round < threads; ++round) {
    sum += static_cast<int>(threads - round);
    EXPECT_EQ(got[round], sum);
    EXPECT_EQ(got[2 * threads + round], sum);
  }
}

__global__ void guard_then_sync(int* out, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  __syncthreads();
  out[i] = i;
}

TEST(Barriers, FollowAGuardThatReturns) {
  DeviceArray<int> out(1000, -1);
  guard_then_sync<<<8, 128>>>(out.data(), 1000);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  std::vector<int> want(1000);
  std::iota(want.begin(), want.end(), 0);
  EXPECT_EQ(out.host(), want);
}

__global__ void predicates(int* out) {
  const int t = static_cast<int>(threadIdx.x);
  int* mine = out + 6 * t;
  mine[0] = __syncthreads_count(t % 3 == 0);
  mine[1] = __syncthreads_and(t < 1000);
  mine[2] = __syncthreads_and(t != 5);
  mine[3] = __syncthreads_or(t == 7);
  mine[4] = __syncthreads_or(t > 1000);
  mine[5] = __syncthreads_count(1);
}

TEST(Barriers, CountAndOr) {
  DeviceArray<int> out(6 * 100, -1);
  predicates<<<1, 100>>>(out.data());
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  const std::vector<int> got = out.host();
  for (int t = 0; t < 100; ++t) {
    EXPECT_EQ(got[6 * t], 34);
    EXPECT_NE(got[6 * t + 1], 0);
    EXPECT_EQ(got[6 * t + 2], 0);
    EXPECT_NE(got[6 * t + 3], 0);
    EXPECT_EQ(got[6 * t + 4], 0);
    EXPECT_EQ(got[6 * t + 5], 100);
  }
}

// Barriers in different functions, and a loop each thread leaves at its own time.
__device__ __noinline__ int shared_sum(int value, int* s_slots) {
  s_slots[threadIdx.x] = value;
  __syncthreads();
  int sum = 0;
  for (unsigned t = 0; t < blockDim.x; ++t) sum += s_slots[t];
  __syncthreads();  // everyone has read before the next call writes
  return sum;
}

__global__ void barriers_in_functions(int* out) {
  extern __shared__ int s_slots[];
  int value = static_cast<int>(threadIdx.x);
  for (int i = 0; i < 3; ++i)
    value = shared_sum(value % 10, s_slots) + static_cast<int>(threadIdx.x);
  out[blockIdx.x * blockDim.x + threadIdx.x] = value;
}

TEST(SharedMemory, DynamicSizeIsTheLaunchs) {
  const int threads = 50, blocks = 5;
  DeviceArray<int> out(threads * blocks, -1);
  barriers_in_functions<<<blocks, threads, threads * sizeof(int)>>>(out.data());
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  std::vector<int> value(threads);
  std::iota(value.begin(), value.end(), 0);
  for (int i = 0; i < 3; ++i) {
    int sum = 0;
    for (const int v : value) sum += v % 10;
    for (int t = 0; t < threads; ++t) value[static_cast<std::size_t>(t)] = sum + t;
  }
  const std::vector<int> got = out.host();
  for (int b = 0; b < blocks; ++b) {
    EXPECT_EQ(std::vector<int>(got.begin() + b * threads, got.begin() + (b + 1) * threads), value);
  }
}

template <class T, int N>
__global__ void reverse_in_shared(T* x) {
  __shared__ T s_x[N];
  s_x[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  x[threadIdx.x] = s_x[N - 1 - threadIdx.x];
}

TEST(SharedMemory, WorksInTemplates) {
  DeviceArray<double> x(std::vector<double>{1, 2, 3, 4, 5});
  reverse_in_shared<double, 5><<<1, 5>>>(x.data());
  EXPECT_EQ(x.host(), (std::vector<double>{5, 4, 3, 2, 1}));
  DeviceArray<char> c(std::vector<char>{'a', 'b', 'c'});
  reverse_in_shared<char, 3><<<1, 3>>>(c.data());
  EXPECT_EQ(c.host(), (std::vector<char>{'c', 'b', 'a'}));
}

// A thread's locals survive the turns of all others.
__global__ void keep_locals(double* out) {
  double local[20];
  for (int i = 0; i < 20; ++i) {
    local[i] = threadIdx.x * 100.0 + i;
    __syncthreads();
  }
  double sum = 0;
  for (int i = 0; i < 20; ++i) {
    sum += local[i] * (i + 1);
    __syncthreads();
  }
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

TEST(Execution, LocalsSurviveBarriers) {
  const unsigned threads = 129, blocks = 9;
  DeviceArray<double> out(threads * blocks, -1);
  keep_locals<<<blocks, threads>>>(out.data());
  const std::vector<double> got = out.host();
  for (unsigned i = 0; i < threads * blocks; ++i) {
    EXPECT_EQ(got[i], (i % threads) * 100.0 * 210 + 2660);
  }
}

__device__ int add_to(int n, int value) { return n == 0 ? value : 1 + add_to(n - 1, value); }

__global__ void recurse(int* out, int depth) {
  out[threadIdx.x] = add_to(depth, static_cast<int>(threadIdx.x));
}

TEST(Execution, Recursion) {
  DeviceArray<int> out(64, -1);
  recurse<<<1, 64>>>(out.data(), 100);
  const std::vector<int> got = out.host();
  for (int t = 0; t < 64; ++t) EXPECT_EQ(got[static_cast<std::size_t>(t)], 100 + t);
}

struct Parameters {
  int a;
  double b[3];
  const char* text;
};
__global__ void take_struct(double* out, Parameters p, short s, bool flag) {
  *out = p.a + p.b[0] + p.b[1] + p.b[2] + p.text[0] + s + flag;
  p.a = 0;  // the thread's own copy
}

TEST(Execution, ParametersArriveByValue) {
  DeviceArray<double> out(1, -1.0);
  DeviceArray<char> text(std::vector<char>{'A'});
  take_struct<<<1, 40>>>(out.data(), Parameters{1, {0.25, 0.5, 2.0}, text.data()}, 3, true);
  EXPECT_EQ(out.host()[0], 1 + 2.75 + 65 + 3 + 1);
}

// The counter tells blocks apart whatever their order; the last to finish sums up.
__global__ void last_block_sums(int* partial, unsigned* finished, int* total) {
  __shared__ bool s_last;
  const unsigned t = threadIdx.x;
  if (t == 0) {
    partial[blockIdx.x] = static_cast<int>(blockIdx.x) + 1;
    __threadfence();  // the partial sum is seen before the count
    s_last = atomicAdd(finished, 1u) == gridDim.x - 1;
  }
  __syncthreads();  // s_last is written
  if (s_last && t == 0) {
    __threadfence();
    int sum = 0;
    for (unsigned b = 0; b < gridDim.x; ++b) sum += static_cast<volatile int*>(partial)[b];
    *total = sum;
  }
}

TEST(Execution, LastBlockSeesWhatAllBlocksWrote) {
  for (int repeat = 0; repeat < 20; ++repeat) {
    DeviceArray<int> partial(500, -1), total(1, -1);
    DeviceArray<unsigned> finished(1, 0u);
    last_block_sums<<<500, 64>>>(partial.data(), finished.data(), total.data());
    EXPECT_EQ(total.host()[0], 500 * 501 / 2);
  }
}

}  // namespace
