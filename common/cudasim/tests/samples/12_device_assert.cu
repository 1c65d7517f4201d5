// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 12_device_assert 12_device_assert.cu
/*
 * assert() in device code.
 *
 * A kernel checks its input with assert().  The first runs get input in order and
 * must succeed.  The last run gets bad input: the assertion fires, its message is
 * written to stderr and the next synchronising call returns cudaErrorAssert.  That
 * error leaves the context unusable, so it comes at the very end.
 *
 * usage: 12_device_assert [numElements]
 */
#undef NDEBUG /* assertions are what this is about */
#include <assert.h>
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(call)                                                        \
  do {                                                                     \
    cudaError_t err = (call);                                              \
    if (err != cudaSuccess) {                                              \
      fprintf(stderr, "%s:%d: %s failed: %s\n", __FILE__, __LINE__, #call, \
              cudaGetErrorString(err));                                    \
      printf("FAILED\n");                                                  \
      exit(EXIT_FAILURE);                                                  \
    }                                                                      \
  } while (0)

/* The index list must name elements of the table only. */
__global__ void gather(const int* table, int tableSize, const int* index, int* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;

  if (i < n) {
    assert(index[i] >= 0 && index[i] < tableSize);
    out[i] = table[index[i]];
  }
}

/* Invariants inside of a block: the sum in shared memory has a closed form. */
__global__ void checkedSum(int* out) {
  __shared__ int s[128];

  assert(blockDim.x == 128);
  s[threadIdx.x] = (int)threadIdx.x + 1;
  __syncthreads();
  for (int d = 64; d > 0; d /= 2) {
    if ((int)threadIdx.x < d) s[threadIdx.x] += s[threadIdx.x + d];
    __syncthreads();
  }
  assert(s[0] == 128 * 129 / 2);
  if (threadIdx.x == 0) out[blockIdx.x] = s[0];
}

/* Only the given thread of the grid fails, all others are content. */
__global__ void failInThread(int which) {
  int id = blockIdx.x * blockDim.x + threadIdx.x;
  assert(id != which);
}

static cudaError_t runGather(const int* dTable, int tableSize, const int* hIndex, int* dIndex,
                             int* dOut, int n) {
  const int threads = 96;

  CHECK(cudaMemcpy(dIndex, hIndex, n * sizeof(int), cudaMemcpyHostToDevice));
  gather<<<(n + threads - 1) / threads, threads>>>(dTable, tableSize, dIndex, dOut, n);
  cudaError_t launch = cudaGetLastError();
  cudaError_t sync = cudaDeviceSynchronize();
  return launch != cudaSuccess ? launch : sync;
}

int main(int argc, char** argv) {
  int n = argc > 1 ? atoi(argv[1]) : 5000;
  if (n < 1 || n > 10000000) {
    fprintf(stderr, "usage: %s [1..10000000]\n", argv[0]);
    printf("FAILED\n");
    return EXIT_FAILURE;
  }
  const int tableSize = 1000;
  int ok = 1;

  int* hTable = (int*)malloc(tableSize * sizeof(int));
  int* hIndex = (int*)malloc(n * sizeof(int));
  int* hOut = (int*)malloc(n * sizeof(int));
  for (int i = 0; i < tableSize; i++) hTable[i] = 3 * i + 1;
  for (int i = 0; i < n; i++) hIndex[i] = (int)((i * 7919LL) % tableSize);

  int *dTable, *dIndex, *dOut;
  CHECK(cudaMalloc((void**)&dTable, tableSize * sizeof(int)));
  CHECK(cudaMalloc((void**)&dIndex, n * sizeof(int)));
  CHECK(cudaMalloc((void**)&dOut, (n < 8 ? 8 : n) * sizeof(int)));
  CHECK(cudaMemcpy(dTable, hTable, tableSize * sizeof(int), cudaMemcpyHostToDevice));

  /* Run 1: all indices are inside the table. */
  cudaError_t err = runGather(dTable, tableSize, hIndex, dIndex, dOut, n);
  printf("run 1, indices in order:        %s\n", cudaGetErrorName(err));
  ok = ok && err == cudaSuccess;
  CHECK(cudaMemcpy(hOut, dOut, n * sizeof(int), cudaMemcpyDeviceToHost));
  for (int i = 0; i < n && ok; i++)
    if (hOut[i] != hTable[hIndex[i]]) {
      printf("    element %d is %d, expected %d\n", i, hOut[i], hTable[hIndex[i]]);
      ok = 0;
    }

  /* Run 2: assertions that hold, between barriers. */
  checkedSum<<<8, 128>>>(dOut);
  CHECK(cudaGetLastError());
  err = cudaDeviceSynchronize();
  printf("run 2, invariants that hold:    %s\n", cudaGetErrorName(err));
  ok = ok && err == cudaSuccess;
  int sums[8];
  CHECK(cudaMemcpy(sums, dOut, sizeof sums, cudaMemcpyDeviceToHost));
  for (int b = 0; b < 8; b++) ok = ok && sums[b] == 8256;

  /* Run 3: no thread has the number looked for. */
  failInThread<<<4, 64>>>(4 * 64);
  CHECK(cudaGetLastError());
  err = cudaDeviceSynchronize();
  printf("run 3, nobody is to fail:       %s\n", cudaGetErrorName(err));
  ok = ok && err == cudaSuccess;

  /* Last run: one bad index. */
  hIndex[n / 2] = tableSize;
  printf("last run, an index out of range; an assertion message follows on stderr\n");
  fflush(stdout);
  err = runGather(dTable, tableSize, hIndex, dIndex, dOut, n);
  printf("last run:                       %s (%s)\n", cudaGetErrorName(err),
         cudaGetErrorString(err));
  ok = ok && err == cudaErrorAssert;

  /* The error stays: the context is of no use any more. */
  err = cudaDeviceSynchronize();
  printf("synchronised once more:         %s\n", cudaGetErrorName(err));
  ok = ok && err != cudaSuccess;
  err = cudaMemcpy(hOut, dOut, sizeof(int), cudaMemcpyDeviceToHost);
  printf("copy after the assertion:       %s\n", cudaGetErrorName(err));
  ok = ok && err != cudaSuccess;

  free(hTable);
  free(hIndex);
  free(hOut);
  printf("%s\n", ok ? "PASSED" : "FAILED");
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
