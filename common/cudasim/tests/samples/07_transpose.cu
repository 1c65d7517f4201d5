// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 07_transpose 07_transpose.cu
/*
 * Matrix transpose in several ways: a plain copy for comparison, the naive
 * transpose, one through a tile in shared memory, one with a padded tile (no
 * bank conflicts) and one with the blocks numbered along diagonals.
 * Tiles are 32 x 32, the blocks 32 x 8: every thread moves four elements.
 *
 * usage: 07_transpose [width height]
 */
#include <cuda_runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TILE_DIM 32
#define BLOCK_ROWS 8

#define CHECK(x)                                                                    \
  {                                                                                 \
    cudaError_t rc__ = (x);                                                         \
    if (rc__ != cudaSuccess) {                                                      \
      fprintf(stderr, "line %d: %s: %s\n", __LINE__, #x, cudaGetErrorString(rc__)); \
      printf("FAILED\n");                                                           \
      exit(1);                                                                      \
    }                                                                               \
  }

/* in: height rows of width elements; out (but for the copy): width rows of height */

__global__ void copyMatrix(float* out, const float* in, int width, int height) {
  int x = blockIdx.x * TILE_DIM + threadIdx.x;
  int y = blockIdx.y * TILE_DIM + threadIdx.y;

  for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
    if (x < width && y + j < height) out[(y + j) * width + x] = in[(y + j) * width + x];
}

__global__ void transposeNaive(float* out, const float* in, int width, int height) {
  int x = blockIdx.x * TILE_DIM + threadIdx.x;
  int y = blockIdx.y * TILE_DIM + threadIdx.y;

  for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
    if (x < width && y + j < height) out[x * height + y + j] = in[(y + j) * width + x];
}

/* PAD is 0 or 1; the padding puts the elements of a column into different banks. */
template <int PAD>
__device__ void transposeTile(float* out, const float* in, int width, int height, int bx, int by) {
  __shared__ float tile[TILE_DIM][TILE_DIM + PAD];

  int x = bx * TILE_DIM + threadIdx.x;
  int y = by * TILE_DIM + threadIdx.y;

  for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
    if (x < width && y + j < height) tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * width + x];

  __syncthreads();

  /* the tile's place in the result: rows and columns exchanged */
  x = by * TILE_DIM + threadIdx.x;
  y = bx * TILE_DIM + threadIdx.y;

  for (int j = 0; j < TILE_DIM; j += BLOCK_ROWS)
    if (x < height && y + j < width) out[(y + j) * height + x] = tile[threadIdx.x][threadIdx.y + j];
}

__global__ void transposeShared(float* out, const float* in, int width, int height) {
  transposeTile<0>(out, in, width, height, blockIdx.x, blockIdx.y);
}

__global__ void transposePadded(float* out, const float* in, int width, int height) {
  transposeTile<1>(out, in, width, height, blockIdx.x, blockIdx.y);
}

/* Blocks that follow one another work on different columns and different rows. */
__global__ void transposeDiagonal(float* out, const float* in, int width, int height) {
  int bx, by;

  if (gridDim.x == gridDim.y) {
    by = blockIdx.x;
    bx = (blockIdx.x + blockIdx.y) % gridDim.x;
  } else {
    int bid = blockIdx.x + gridDim.x * blockIdx.y;
    by = bid % gridDim.y;
    bx = (bid / gridDim.y + by) % gridDim.x;
  }
  transposeTile<1>(out, in, width, height, bx, by);
}

/* The same tile used in place on a square matrix: tiles on either side of the
 * main diagonal are exchanged by the block that owns the upper one. */
__global__ void transposeInPlace(float* data, int n) {
  __shared__ float upper[TILE_DIM][TILE_DIM + 1];
  __shared__ float lower[TILE_DIM][TILE_DIM + 1];

  if (blockIdx.x < blockIdx.y) return; /* the whole block leaves */

  const int ux = blockIdx.x * TILE_DIM, uy = blockIdx.y * TILE_DIM;
  const int tx = threadIdx.x;

  for (int ty = threadIdx.y; ty < TILE_DIM; ty += BLOCK_ROWS) {
    if (uy + ty < n && ux + tx < n) upper[ty][tx] = data[(uy + ty) * n + ux + tx];
    if (ux + ty < n && uy + tx < n) lower[ty][tx] = data[(ux + ty) * n + uy + tx];
  }
  __syncthreads();

  for (int ty = threadIdx.y; ty < TILE_DIM; ty += BLOCK_ROWS) {
    if (uy + ty < n && ux + tx < n) data[(uy + ty) * n + ux + tx] = lower[tx][ty];
    if (blockIdx.x != blockIdx.y && ux + ty < n && uy + tx < n)
      data[(ux + ty) * n + uy + tx] = upper[tx][ty];
  }
}

typedef void (*Kernel)(float*, const float*, int, int);

static int differences(const float* a, const float* b, size_t n) {
  int count = 0;
  for (size_t i = 0; i < n; i++)
    if (a[i] != b[i]) count++;
  return count;
}

int main(int argc, char** argv) {
  int width = 500, height = 333, failures = 0;

  if (argc == 3) {
    width = atoi(argv[1]);
    height = atoi(argv[2]);
  }
  if (width < 1 || height < 1 || width > 16384 || height > 16384 || argc == 2) {
    fprintf(stderr, "usage: %s [width height]\n", argv[0]);
    printf("FAILED\n");
    return 1;
  }

  const int square = 200; /* for the version in place */
  size_t count = (size_t)width * height;
  if (count < (size_t)square * square) count = (size_t)square * square;
  const size_t bytes = count * sizeof(float);

  float* hIn = (float*)malloc(bytes);
  float* hOut = (float*)malloc(bytes);
  float* gold = (float*)malloc(bytes);
  float *dIn, *dOut;
  CHECK(cudaMalloc((void**)&dIn, bytes));
  CHECK(cudaMalloc((void**)&dOut, bytes));

  for (size_t i = 0; i < count; i++) hIn[i] = (float)(i % 1000003);
  CHECK(cudaMemcpy(dIn, hIn, bytes, cudaMemcpyHostToDevice));

  const struct {
    const char* name;
    Kernel kernel;
  } versions[] = {
      {"copy", copyMatrix},        {"naive", transposeNaive},       {"shared", transposeShared},
      {"padded", transposePadded}, {"diagonal", transposeDiagonal},
  };
  const size_t used = (size_t)width * height;
  const dim3 grid((width + TILE_DIM - 1) / TILE_DIM, (height + TILE_DIM - 1) / TILE_DIM);
  const dim3 threads(TILE_DIM, BLOCK_ROWS);

  printf("Matrix of %d rows and %d columns, grid %u x %u\n", height, width, grid.x, grid.y);
  for (size_t v = 0; v < sizeof versions / sizeof versions[0]; v++) {
    if (versions[v].kernel == copyMatrix)
      memcpy(gold, hIn, used * sizeof(float));
    else
      for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) gold[(size_t)x * height + y] = hIn[(size_t)y * width + x];

    CHECK(cudaMemset(dOut, 0xff, bytes));
    versions[v].kernel<<<grid, threads>>>(dOut, dIn, width, height);
    CHECK(cudaGetLastError());
    CHECK(cudaMemcpy(hOut, dOut, used * sizeof(float), cudaMemcpyDeviceToHost));

    int bad = differences(hOut, gold, used);
    printf("  %-10s %d elements differ\n", versions[v].name, bad);
    failures += bad != 0;
  }

  /* in place, on a square matrix cut from the same data */
  const int tiles = (square + TILE_DIM - 1) / TILE_DIM;
  for (int y = 0; y < square; y++)
    for (int x = 0; x < square; x++) gold[x * square + y] = hIn[y * square + x];
  transposeInPlace<<<dim3(tiles, tiles), threads>>>(dIn, square);
  CHECK(cudaGetLastError());
  CHECK(cudaMemcpy(hOut, dIn, sizeof(float) * square * square, cudaMemcpyDeviceToHost));
  int bad = differences(hOut, gold, (size_t)square * square);
  printf("  %-10s %d elements differ\n", "in place", bad);
  failures += bad != 0;

  CHECK(cudaFree(dIn));
  CHECK(cudaFree(dOut));
  free(hIn);
  free(hOut);
  free(gold);
  printf("%s\n", failures == 0 ? "PASSED" : "FAILED");
  return failures == 0 ? 0 : 1;
}
