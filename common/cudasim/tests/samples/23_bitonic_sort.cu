// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 23_bitonic_sort 23_bitonic_sort.cu
/*
 * Bitonic sort of key-value pairs.  Pieces of 1024 pairs are sorted in shared
 * memory; for longer arrays the long strides are done in global memory and the
 * short ones in shared memory again.  A merge-based variant joins sorted pieces by
 * having every element look up its rank in the piece next to its own.
 *
 * usage: 23_bitonic_sort [numElements] [numDistinctKeys]
 */
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(call)                                                       \
  do {                                                                    \
    cudaError_t status_ = (call);                                         \
    if (status_ != cudaSuccess) {                                         \
      fprintf(stderr, "CUDA error in line %d, %s: %s\n", __LINE__, #call, \
              cudaGetErrorString(status_));                               \
      printf("FAILED\n");                                                 \
      exit(EXIT_FAILURE);                                                 \
    }                                                                     \
  } while (0)

#define PIECE 1024u         /* pairs sorted in shared memory */
#define THREADS (PIECE / 2) /* every thread compares one pair of pairs */

typedef unsigned int uint;

__device__ inline void compareExchange(uint& keyA, uint& valA, uint& keyB, uint& valB, bool up) {
  if ((keyA > keyB) == up) {
    uint t = keyA;
    keyA = keyB;
    keyB = t;
    t = valA;
    valA = valB;
    valB = t;
  }
}

/* Steps of one bitonic merge, from the given stride down to 1, in shared memory. */
__device__ void mergeInShared(uint* key, uint* val, uint stride, bool up) {
  for (; stride > 0; stride >>= 1) {
    __syncthreads();
    uint pos = 2 * threadIdx.x - (threadIdx.x & (stride - 1));
    compareExchange(key[pos], val[pos], key[pos + stride], val[pos + stride], up);
  }
}

/* Sorts each piece; with `alternate`, as bitonic merges need it, the odd ones downwards. */
__global__ void sortPieces(uint* keys, uint* vals, bool alternate) {
  __shared__ uint key[PIECE];
  __shared__ uint val[PIECE];
  const uint base = blockIdx.x * PIECE;

  key[threadIdx.x] = keys[base + threadIdx.x];
  val[threadIdx.x] = vals[base + threadIdx.x];
  key[threadIdx.x + THREADS] = keys[base + threadIdx.x + THREADS];
  val[threadIdx.x + THREADS] = vals[base + threadIdx.x + THREADS];

  for (uint size = 2; size < PIECE; size <<= 1)
    mergeInShared(key, val, size / 2, (threadIdx.x & (size / 2)) == 0);
  mergeInShared(key, val, PIECE / 2, !(alternate && (blockIdx.x & 1)));
  __syncthreads();

  keys[base + threadIdx.x] = key[threadIdx.x];
  vals[base + threadIdx.x] = val[threadIdx.x];
  keys[base + threadIdx.x + THREADS] = key[threadIdx.x + THREADS];
  vals[base + threadIdx.x + THREADS] = val[threadIdx.x + THREADS];
}

/* One step with a stride beyond a piece. */
__global__ void mergeStepGlobal(uint* keys, uint* vals, uint size, uint stride) {
  uint t = blockIdx.x * blockDim.x + threadIdx.x;
  uint pos = 2 * t - (t & (stride - 1));
  bool up = (t & (size / 2)) == 0;
  uint ka = keys[pos], kb = keys[pos + stride];
  uint va = vals[pos], vb = vals[pos + stride];

  compareExchange(ka, va, kb, vb, up);
  keys[pos] = ka;
  vals[pos] = va;
  keys[pos + stride] = kb;
  vals[pos + stride] = vb;
}

/* All steps with strides inside of a piece. */
__global__ void mergeRestShared(uint* keys, uint* vals, uint size) {
  __shared__ uint key[PIECE];
  __shared__ uint val[PIECE];
  const uint base = blockIdx.x * PIECE;
  const uint t = blockIdx.x * THREADS + threadIdx.x;

  key[threadIdx.x] = keys[base + threadIdx.x];
  val[threadIdx.x] = vals[base + threadIdx.x];
  key[threadIdx.x + THREADS] = keys[base + threadIdx.x + THREADS];
  val[threadIdx.x + THREADS] = vals[base + threadIdx.x + THREADS];

  mergeInShared(key, val, PIECE / 2, (t & (size / 2)) == 0);
  __syncthreads();

  keys[base + threadIdx.x] = key[threadIdx.x];
  vals[base + threadIdx.x] = val[threadIdx.x];
  keys[base + threadIdx.x + THREADS] = key[threadIdx.x + THREADS];
  vals[base + threadIdx.x + THREADS] = val[threadIdx.x + THREADS];
}

static void bitonicSort(uint* dKeys, uint* dVals, uint n) {
  sortPieces<<<n / PIECE, THREADS>>>(dKeys, dVals, true);
  for (uint size = 2 * PIECE; size <= n; size <<= 1) {
    for (uint stride = size / 2; stride >= PIECE; stride >>= 1)
      mergeStepGlobal<<<n / 2 / 256, 256>>>(dKeys, dVals, size, stride);
    mergeRestShared<<<n / PIECE, THREADS>>>(dKeys, dVals, size);
  }
  CHECK(cudaGetLastError());
}

/* Number of elements of the sorted keys below `key`, or not above it. */
__device__ uint rankOf(const uint* keys, uint length, uint key, bool countEqual) {
  uint low = 0, high = length;
  while (low < high) {
    uint middle = (low + high) / 2;
    if (keys[middle] < key || (countEqual && keys[middle] == key))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Sorted runs of `run` elements are joined in pairs; equal keys keep their order. */
__global__ void mergeByRank(const uint* keys, const uint* vals, uint* outKeys, uint* outVals,
                            uint n, uint run) {
  uint i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;

  uint first = i / (2 * run) * (2 * run); /* begin of the pair of runs */
  bool left = i - first < run;
  uint own = left ? i - first : i - first - run;
  const uint* other = keys + first + (left ? run : 0);
  uint where = first + own + rankOf(other, run, keys[i], !left);

  outKeys[where] = keys[i];
  outVals[where] = vals[i];
}

/* Leaves the result in dKeys and dVals. */
static void mergeSort(uint* dKeys, uint* dVals, uint n) {
  uint *keys2, *vals2;
  CHECK(cudaMalloc((void**)&keys2, n * sizeof(uint)));
  CHECK(cudaMalloc((void**)&vals2, n * sizeof(uint)));
  sortPieces<<<n / PIECE, THREADS>>>(dKeys, dVals, false);
  uint *fromK = dKeys, *fromV = dVals, *toK = keys2, *toV = vals2;
  for (uint run = PIECE; run < n; run *= 2) {
    mergeByRank<<<n / 256, 256>>>(fromK, fromV, toK, toV, n, run);
    uint* t = fromK;
    fromK = toK;
    toK = t;
    t = fromV;
    fromV = toV;
    toV = t;
  }
  CHECK(cudaGetLastError());
  if (fromK != dKeys) {
    CHECK(cudaMemcpy(dKeys, fromK, n * sizeof(uint), cudaMemcpyDeviceToDevice));
    CHECK(cudaMemcpy(dVals, fromV, n * sizeof(uint), cudaMemcpyDeviceToDevice));
  }
  CHECK(cudaFree(keys2));
  CHECK(cudaFree(vals2));
}

static int compareKeys(const void* a, const void* b) {
  uint x = *(const uint*)a, y = *(const uint*)b;
  return (x > y) - (x < y);
}

/* Keys as expected; each value names a place of the input with that key, once. */
static int verify(const char* name, const uint* in, const uint* sorted, const uint* keys,
                  const uint* vals, uint n) {
  char* seen = (char*)calloc(n, 1);
  uint wrong = 0;
  for (uint i = 0; i < n; i++) {
    if (keys[i] != sorted[i] || vals[i] >= n || seen[vals[i]] || in[vals[i]] != keys[i]) {
      if (wrong++ < 3)
        printf("    [%u] key %u, expected %u, value %u\n", i, keys[i], sorted[i], vals[i]);
    } else {
      seen[vals[i]] = 1;
    }
  }
  free(seen);
  printf("%-8s %u of %u wrong\n", name, wrong, n);
  return wrong == 0;
}

int main(int argc, char** argv) {
  int wanted = argc > 1 ? atoi(argv[1]) : 20000;
  int distinct = argc > 2 ? atoi(argv[2]) : 5000;
  if (wanted < 1 || wanted > (1 << 24) || distinct < 1) {
    fprintf(stderr, "usage: %s [1..%d] [numDistinctKeys]\n", argv[0], 1 << 24);
    printf("FAILED\n");
    return EXIT_FAILURE;
  }

  /* The length is filled up to a power of two with the largest key. */
  uint n = PIECE;
  while (n < (uint)wanted) n <<= 1;
  const size_t bytes = n * sizeof(uint);
  printf("%d pairs, filled up to %u, %d distinct keys\n", wanted, n, distinct);

  uint *in = (uint*)malloc(bytes), *sorted = (uint*)malloc(bytes);
  uint *vals = (uint*)malloc(bytes), *keys = (uint*)malloc(bytes);
  uint *dKeys, *dVals;
  srand(1);
  for (uint i = 0; i < n; i++)
    in[i] = i < (uint)wanted ? (uint)(rand() % distinct) * 77777u % 0xfffffff0u : 0xffffffffu;
  memcpy(sorted, in, bytes);
  qsort(sorted, n, sizeof(uint), compareKeys);
  CHECK(cudaMalloc((void**)&dKeys, bytes));
  CHECK(cudaMalloc((void**)&dVals, bytes));

  int ok = 1;
  for (int method = 0; method < 2; method++) {
    for (uint i = 0; i < n; i++) vals[i] = i;
    CHECK(cudaMemcpy(dKeys, in, bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(dVals, vals, bytes, cudaMemcpyHostToDevice));
    if (method == 0)
      bitonicSort(dKeys, dVals, n);
    else
      mergeSort(dKeys, dVals, n);
    CHECK(cudaMemcpy(keys, dKeys, bytes, cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpy(vals, dVals, bytes, cudaMemcpyDeviceToHost));
    ok &= verify(method == 0 ? "bitonic" : "merge", in, sorted, keys, vals, n);
  }

  CHECK(cudaFree(dKeys));
  CHECK(cudaFree(dVals));
  free(in);
  free(sorted);
  free(vals);
  free(keys);
  printf("%s\n", ok ? "PASSED" : "FAILED");
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
