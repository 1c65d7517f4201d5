// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 01_vector_add 01_vector_add.cu
/*
 * Vector addition: C = A + B.
 *
 * The first program one writes: allocate, copy in, launch, copy out, compare.
 * Two kernels are shown, one thread per element and a grid-stride loop.
 *
 * usage: 01_vector_add [numElements]
 */
#include <cuda_runtime.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CHECK(call)                                                                           \
  do {                                                                                        \
    cudaError_t err_ = (call);                                                                \
    if (err_ != cudaSuccess) {                                                                \
      fprintf(stderr, "CUDA error %d (%s) at %s:%d: %s\n", (int)err_, cudaGetErrorName(err_), \
              __FILE__, __LINE__, cudaGetErrorString(err_));                                  \
      printf("FAILED\n");                                                                     \
      exit(EXIT_FAILURE);                                                                     \
    }                                                                                         \
  } while (0)

/* One thread handles one element. */
__global__ void vectorAdd(const float* a, const float* b, float* c, int n) {
  int i = blockDim.x * blockIdx.x + threadIdx.x;

  if (i < n) {
    c[i] = a[i] + b[i];
  }
}

/* A fixed number of threads walks over the whole array. */
__global__ void vectorAddStride(const float* __restrict__ a, const float* __restrict__ b,
                                float* __restrict__ c, int n) {
  const size_t step = (size_t)gridDim.x * blockDim.x;

  for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < (size_t)n; i += step) {
    c[i] = a[i] + b[i];
  }
}

static int compare(const float* a, const float* b, const float* c, int n, const char* label) {
  int wrong = 0;

  for (int i = 0; i < n; i++) {
    if (!(fabsf(a[i] + b[i] - c[i]) <= 1e-5f)) { /* a NaN counts as well */
      if (wrong < 5) {
        printf("%s: element %d is %f, expected %f\n", label, i, c[i], a[i] + b[i]);
      }
      wrong++;
    }
  }
  printf("%s: %d of %d elements differ\n", label, wrong, n);
  return wrong;
}

int main(int argc, char** argv) {
  int numElements = 50000;

  if (argc > 1) {
    numElements = atoi(argv[1]);
    if (numElements <= 0 || numElements > (1 << 28)) {
      fprintf(stderr, "numElements must be between 1 and %d\n", 1 << 28);
      printf("FAILED\n");
      return EXIT_FAILURE;
    }
  }

  const size_t bytes = (size_t)numElements * sizeof(float);
  printf("Vector addition of %d elements (%zu bytes each)\n", numElements, bytes);

  float* hA = (float*)malloc(bytes);
  float* hB = (float*)malloc(bytes);
  float* hC = (float*)malloc(bytes);
  if (hA == NULL || hB == NULL || hC == NULL) {
    fprintf(stderr, "cannot allocate host vectors\n");
    printf("FAILED\n");
    return EXIT_FAILURE;
  }

  srand(2024);
  for (int i = 0; i < numElements; i++) {
    hA[i] = (float)rand() / (float)RAND_MAX;
    hB[i] = (float)rand() / (float)RAND_MAX;
  }

  float *dA = NULL, *dB = NULL, *dC = NULL;
  CHECK(cudaMalloc((void**)&dA, bytes));
  CHECK(cudaMalloc((void**)&dB, bytes));
  CHECK(cudaMalloc((void**)&dC, bytes));

  CHECK(cudaMemcpy(dA, hA, bytes, cudaMemcpyHostToDevice));
  CHECK(cudaMemcpy(dB, hB, bytes, cudaMemcpyHostToDevice));

  int wrong = 0;

  /* First kernel: enough blocks to cover the vector. */
  const int threadsPerBlock = 256;
  const int blocksPerGrid = (numElements + threadsPerBlock - 1) / threadsPerBlock;
  printf("Launching vectorAdd with %d blocks of %d threads\n", blocksPerGrid, threadsPerBlock);
  CHECK(cudaMemset(dC, 0xff, bytes)); /* NaNs: an element left out is noticed */
  vectorAdd<<<blocksPerGrid, threadsPerBlock>>>(dA, dB, dC, numElements);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(hC, dC, bytes, cudaMemcpyDeviceToHost));
  wrong += compare(hA, hB, hC, numElements, "vectorAdd");

  /* Second kernel: as many blocks as there are multiprocessors. */
  int device = 0, smCount = 0;
  CHECK(cudaGetDevice(&device));
  CHECK(cudaDeviceGetAttribute(&smCount, cudaDevAttrMultiProcessorCount, device));
  printf("Launching vectorAddStride with %d blocks of %d threads\n", smCount, threadsPerBlock);
  CHECK(cudaMemset(dC, 0xff, bytes));
  vectorAddStride<<<smCount, threadsPerBlock>>>(dA, dB, dC, numElements);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(hC, dC, bytes, cudaMemcpyDeviceToHost));
  wrong += compare(hA, hB, hC, numElements, "vectorAddStride");

  CHECK(cudaFree(dA));
  CHECK(cudaFree(dB));
  CHECK(cudaFree(dC));
  free(hA);
  free(hB);
  free(hC);

  printf("%s\n", wrong == 0 ? "PASSED" : "FAILED");
  return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
