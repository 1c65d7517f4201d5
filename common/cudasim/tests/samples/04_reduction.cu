// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 04_reduction 04_reduction.cu
//
// Sum of an array by a row of kernels, each a little better than the last:
//   0  tree in shared memory, neighbouring partners, divergent
//   1  tree in shared memory, halving stride
//   2  like 1, every thread adds two elements while loading
//   3  like 2, the last 32 values by warp shuffles
//   4  grid-stride loop, warp shuffles only, block size as template parameter
//   5  cooperative groups: tiled partition and cg::reduce
// Every kernel leaves one partial sum per block; they are added up by a further
// launch of kernel 4 with a single block.
//
// usage: 04_reduction [--n=..] [--threads=64|128|256|512]

#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>

#include <cstdio>
#include <random>
#include <type_traits>
#include <vector>

#include "helper_check.h"

namespace cg = cooperative_groups;

// Dynamic shared memory of any type under one symbol.
template <typename T>
__device__ T* sharedArray() {
  extern __shared__ __align__(sizeof(double)) unsigned char rawShared[];
  return reinterpret_cast<T*>(rawShared);
}

template <typename T>
__device__ __forceinline__ T warpSum(T value) {
  for (int offset = warpSize / 2; offset > 0; offset /= 2)
    value += __shfl_down_sync(0xffffffffu, value, offset);
  return value;
}

template <typename T>
__global__ void reduce0(const T* in, T* out, unsigned int n) {
  T* s = sharedArray<T>();
  const unsigned int tid = threadIdx.x;
  const unsigned int i = blockIdx.x * blockDim.x + tid;

  s[tid] = i < n ? in[i] : T(0);
  __syncthreads();

  for (unsigned int stride = 1; stride < blockDim.x; stride *= 2) {
    if (tid % (2 * stride) == 0) s[tid] += s[tid + stride];
    __syncthreads();
  }
  if (tid == 0) out[blockIdx.x] = s[0];
}

template <typename T>
__global__ void reduce1(const T* in, T* out, unsigned int n) {
  T* s = sharedArray<T>();
  const unsigned int tid = threadIdx.x;
  const unsigned int i = blockIdx.x * blockDim.x + tid;

  s[tid] = i < n ? in[i] : T(0);
  __syncthreads();

  for (unsigned int stride = blockDim.x / 2; stride > 0; stride >>= 1) {
    if (tid < stride) s[tid] += s[tid + stride];
    __syncthreads();
  }
  if (tid == 0) out[blockIdx.x] = s[0];
}

template <typename T, bool useShuffle>
__global__ void reduce23(const T* in, T* out, unsigned int n) {
  T* s = sharedArray<T>();
  const unsigned int tid = threadIdx.x;
  const unsigned int i = blockIdx.x * blockDim.x * 2 + tid;

  T mine = i < n ? in[i] : T(0);
  if (i + blockDim.x < n) mine += in[i + blockDim.x];
  s[tid] = mine;
  __syncthreads();

  const unsigned int last = useShuffle ? 32 : 0;
  for (unsigned int stride = blockDim.x / 2; stride > last; stride >>= 1) {
    if (tid < stride) s[tid] = mine = mine + s[tid + stride];
    __syncthreads();
  }

  if constexpr (useShuffle) {
    if (tid < 32) {  // the whole first warp; blocks have at least 64 threads
      mine += s[tid + 32];
      mine = warpSum(mine);
    }
  }
  if (tid == 0) out[blockIdx.x] = mine;
}

template <typename T, unsigned int blockSize>
__global__ void reduce4(const T* __restrict__ in, T* __restrict__ out, unsigned int n) {
  __shared__ T warpSums[blockSize / 32];
  const unsigned int lane = threadIdx.x % 32;
  const unsigned int warp = threadIdx.x / 32;

  T mine = T(0);
  for (size_t i = size_t(blockIdx.x) * blockSize + threadIdx.x; i < n;
       i += size_t(gridDim.x) * blockSize)
    mine += in[i];

  mine = warpSum(mine);
  if (lane == 0) warpSums[warp] = mine;
  __syncthreads();

  if (warp == 0) {
    mine = lane < blockSize / 32 ? warpSums[lane] : T(0);
    mine = warpSum(mine);
    if (lane == 0) out[blockIdx.x] = mine;
  }
}

template <typename T>
__global__ void reduce5(const T* in, T* out, unsigned int n) {
  T* s = sharedArray<T>();
  cg::thread_block block = cg::this_thread_block();
  cg::thread_block_tile<32> tile = cg::tiled_partition<32>(block);

  T mine = T(0);
  for (size_t i = size_t(block.group_index().x) * block.size() + block.thread_rank(); i < n;
       i += size_t(gridDim.x) * block.size())
    mine += in[i];

  mine = cg::reduce(tile, mine, cg::plus<T>());
  if (tile.thread_rank() == 0) s[tile.meta_group_rank()] = mine;
  cg::sync(block);

  if (tile.meta_group_rank() == 0) {
    mine = tile.thread_rank() < tile.meta_group_size() ? s[tile.thread_rank()] : T(0);
    mine = cg::reduce(tile, mine, cg::plus<T>());
    if (tile.thread_rank() == 0) out[block.group_index().x] = mine;
  }
}

template <typename T>
void launch(int kind, const T* in, T* out, unsigned int n, unsigned int blocks,
            unsigned int threads) {
  const size_t shared = threads * sizeof(T);
  switch (kind) {
    case 0:
      reduce0<T><<<blocks, threads, shared>>>(in, out, n);
      break;
    case 1:
      reduce1<T><<<blocks, threads, shared>>>(in, out, n);
      break;
    case 2:
      reduce23<T, false><<<blocks, threads, shared>>>(in, out, n);
      break;
    case 3:
      reduce23<T, true><<<blocks, threads, shared>>>(in, out, n);
      break;
    case 4:
      switch (threads) {
        case 64:
          reduce4<T, 64><<<blocks, 64>>>(in, out, n);
          break;
        case 128:
          reduce4<T, 128><<<blocks, 128>>>(in, out, n);
          break;
        case 256:
          reduce4<T, 256><<<blocks, 256>>>(in, out, n);
          break;
        case 512:
          reduce4<T, 512><<<blocks, 512>>>(in, out, n);
          break;
      }
      break;
    case 5:
      reduce5<T><<<blocks, threads, shared>>>(in, out, n);
      break;
  }
  CHECK_LAUNCH();
}

template <typename T>
bool run(const char* typeName, unsigned int n, unsigned int threads) {
  std::mt19937 engine(5);
  std::vector<T> data(n);
  for (T& x : data) {
    if constexpr (std::is_integral_v<T>)
      x = T(engine() % 1000) - T(500);
    else
      x = T(engine() % 100000) / T(100000);
  }

  long double exact = 0;
  for (const T& x : data) exact += x;
  const double expected = double(exact);

  T *dIn, *dPartial, *dResult;
  const unsigned int mostBlocks = (n + threads - 1) / threads;
  CHECK(cudaMalloc(&dIn, n * sizeof(T)));
  CHECK(cudaMalloc(&dPartial, mostBlocks * sizeof(T)));
  CHECK(cudaMalloc(&dResult, sizeof(T)));
  CHECK(cudaMemcpy(dIn, data.data(), n * sizeof(T), cudaMemcpyHostToDevice));

  bool ok = true;
  for (int kind = 0; kind <= 5; ++kind) {
    const unsigned int perBlock = (kind == 2 || kind == 3) ? 2 * threads : threads;
    unsigned int blocks = (n + perBlock - 1) / perBlock;
    if (kind >= 4 && blocks > 64) blocks = 64;

    CHECK(cudaMemset(dPartial, 0xff, mostBlocks * sizeof(T)));
    launch(kind, dIn, dPartial, n, blocks, threads);
    reduce4<T, 256><<<1, 256>>>(dPartial, dResult, blocks);
    CHECK_LAUNCH();

    T result;
    CHECK(cudaMemcpy(&result, dResult, sizeof(T), cudaMemcpyDeviceToHost));
    const double tolerance = std::is_integral_v<T> ? 0.0 : std::is_same_v<T, float> ? 1e-5 : 1e-11;
    const bool same = nearlyEqual(double(result), expected, tolerance);
    std::printf("%-6s kernel %d, %5u blocks: %.6f (expected %.6f) %s\n", typeName, kind, blocks,
                double(result), expected, same ? "ok" : "WRONG");
    ok = ok && same;
  }

  CHECK(cudaFree(dIn));
  CHECK(cudaFree(dPartial));
  CHECK(cudaFree(dResult));
  return ok;
}

int main(int argc, char** argv) {
  const int n = intOption(argc, argv, "n", 200003);
  const int threads = intOption(argc, argv, "threads", 128);

  if (n < 1 || (threads != 64 && threads != 128 && threads != 256 && threads != 512)) {
    std::fprintf(stderr, "n must be positive, threads one of 64, 128, 256, 512\n");
    return finish(false);
  }
  std::printf("Sum of %d elements, %d threads per block\n", n, threads);

  bool ok = run<int>("int", n, threads);
  ok = run<float>("float", n, threads) && ok;
  ok = run<double>("double", n, threads) && ok;
  return finish(ok);
}
