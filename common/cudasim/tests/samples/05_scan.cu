// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 05_scan 05_scan.cu
/*
 * Inclusive and exclusive prefix sums of an array of any length.
 *
 * Every block scans its own chunk and writes the chunk's total; the totals are
 * scanned in turn (recursively, until one block is enough), and the offsets
 * found are added to the chunks.
 *
 * usage: 05_scan [numElements]
 */
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

#define CHECK(call)                                                                               \
  do {                                                                                            \
    cudaError_t status = (call);                                                                  \
    if (status != cudaSuccess) {                                                                  \
      fprintf(stderr, "%s(%d): %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(status)); \
      puts("FAILED");                                                                             \
      exit(1);                                                                                    \
    }                                                                                             \
  } while (0)

typedef unsigned int uint;

enum { THREADS = 256, PER_THREAD = 4, CHUNK = THREADS * PER_THREAD };

/* Inclusive scan over the 32 lanes of a warp. */
__device__ uint warpScanInclusive(uint x, uint lane) {
  for (uint d = 1; d < 32; d <<= 1) {
    uint y = __shfl_up_sync(0xffffffffu, x, d);
    if (lane >= d) x += y;
  }
  return x;
}

/*
 * Exclusive scan of one value per thread over the block.  The sum of all values
 * is returned through 'total' to every thread.
 */
__device__ uint blockScanExclusive(uint x, uint* total) {
  __shared__ uint warpTotal[THREADS / 32];

  const uint lane = threadIdx.x & 31;
  const uint warp = threadIdx.x >> 5;

  uint inclusive = warpScanInclusive(x, lane);
  if (lane == 31) warpTotal[warp] = inclusive;
  __syncthreads();

  if (warp == 0) {
    uint t = lane < THREADS / 32 ? warpTotal[lane] : 0;
    t = warpScanInclusive(t, lane);
    if (lane < THREADS / 32) warpTotal[lane] = t;
  }
  __syncthreads();

  *total = warpTotal[THREADS / 32 - 1];
  return inclusive - x + (warp > 0 ? warpTotal[warp - 1] : 0);
}

template <bool INCLUSIVE>
__global__ void scanChunks(const uint* in, uint* out, uint* totals, uint n) {
  /* The thread's elements lie side by side, so that its own sum comes first. */
  const uint base = blockIdx.x * CHUNK + threadIdx.x * PER_THREAD;
  uint x[PER_THREAD];
  uint sum = 0;

#pragma unroll
  for (int i = 0; i < PER_THREAD; i++) {
    x[i] = base + i < n ? in[base + i] : 0;
    sum += x[i];
  }

  uint total;
  uint running = blockScanExclusive(sum, &total);

#pragma unroll
  for (int i = 0; i < PER_THREAD; i++) {
    if (base + i < n) out[base + i] = INCLUSIVE ? running + x[i] : running;
    running += x[i];
  }

  if (totals != NULL && threadIdx.x == 0) totals[blockIdx.x] = total;
}

/* Adds to every element of chunk b the value offsets[b]. */
__global__ void addOffsets(uint* data, const uint* offsets, uint n) {
  __shared__ uint offset;

  if (threadIdx.x == 0) offset = offsets[blockIdx.x];
  __syncthreads();

  for (uint i = threadIdx.x; i < CHUNK; i += blockDim.x) {
    uint where = blockIdx.x * CHUNK + i;
    if (where < n) data[where] += offset;
  }
}

/* in and out may be the same array. */
static void scan(const uint* dIn, uint* dOut, uint n, bool inclusive, int depth) {
  const uint blocks = (n + CHUNK - 1) / CHUNK;
  uint* dTotals = NULL;

  if (blocks > 1) CHECK(cudaMalloc((void**)&dTotals, blocks * sizeof(uint)));

  printf("    level %d: %u elements in %u block(s)\n", depth, n, blocks);
  if (inclusive)
    scanChunks<true><<<blocks, THREADS>>>(dIn, dOut, dTotals, n);
  else
    scanChunks<false><<<blocks, THREADS>>>(dIn, dOut, dTotals, n);
  CHECK(cudaGetLastError());

  if (blocks > 1) {
    /* The offset of a chunk is the sum of those before it: exclusive. */
    scan(dTotals, dTotals, blocks, false, depth + 1);
    addOffsets<<<blocks, THREADS>>>(dOut, dTotals, n);
    CHECK(cudaGetLastError());
    CHECK(cudaFree(dTotals));
  }
}

static bool test(uint n, bool inclusive) {
  std::vector<uint> input(n), expected(n), result(n, 0xdeadbeefu);
  uint seed = 12345u + n;

  for (uint i = 0; i < n; i++) {
    seed = seed * 1664525u + 1013904223u;
    input[i] = (seed >> 16) % 100u;
  }
  if (inclusive)
    std::inclusive_scan(input.begin(), input.end(), expected.begin());
  else
    std::exclusive_scan(input.begin(), input.end(), expected.begin(), 0u);

  uint *dIn = NULL, *dOut = NULL;
  CHECK(cudaMalloc((void**)&dIn, n * sizeof(uint)));
  CHECK(cudaMalloc((void**)&dOut, n * sizeof(uint)));
  CHECK(cudaMemcpy(dIn, input.data(), n * sizeof(uint), cudaMemcpyHostToDevice));
  CHECK(cudaMemset(dOut, 0xff, n * sizeof(uint)));

  printf("%s scan of %u elements\n", inclusive ? "inclusive" : "exclusive", n);
  scan(dIn, dOut, n, inclusive, 0);

  CHECK(cudaMemcpy(result.data(), dOut, n * sizeof(uint), cudaMemcpyDeviceToHost));
  auto where = std::mismatch(result.begin(), result.end(), expected.begin());
  bool ok = where.first == result.end();
  if (!ok)
    printf("    element %ld is %u, expected %u\n", long(where.first - result.begin()), *where.first,
           *where.second);

  /* Once more in place: input and output are the same array. */
  scan(dIn, dIn, n, inclusive, 0);
  CHECK(cudaMemcpy(result.data(), dIn, n * sizeof(uint), cudaMemcpyDeviceToHost));
  bool okInPlace = result == expected;
  printf("    %s, in place %s; last value %u\n", ok ? "ok" : "WRONG", okInPlace ? "ok" : "WRONG",
         result[n - 1]);

  CHECK(cudaFree(dIn));
  CHECK(cudaFree(dOut));
  return ok && okInPlace;
}

int main(int argc, char** argv) {
  std::vector<uint> sizes = {1, 31, 1000, CHUNK, CHUNK + 1, 50021};
  int large = argc > 1 ? atoi(argv[1]) : CHUNK * CHUNK / 4 * 5 + 77; /* three levels */

  if (large < 1 || large > 100000000) {
    fprintf(stderr, "usage: %s [numElements <= 100000000]\n", argv[0]);
    puts("FAILED");
    return 1;
  }
  sizes.push_back(uint(large));

  bool ok = true;
  for (uint n : sizes) {
    ok = test(n, true) && ok;
    ok = test(n, false) && ok;
  }

  puts(ok ? "PASSED" : "FAILED");
  return ok ? 0 : 1;
}
