// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 24_heat_jacobi 24_heat_jacobi.cu
//
// Steady temperature of a plate: Jacobi iteration for Laplace's equation on a
// rectangle with given values on its border.  Two arrays take turns as input and
// output; every so often the largest change is looked at.
//
// The sweep comes in two versions: a plain one and one that loads its tiles with
// asynchronous copies to shared memory, the next tile while working on this one
// (cuda_pipeline.h).  The border's values are set by a kernel that gets the function
// as a pointer to a device function.
//
// usage: 24_heat_jacobi [--nx=..] [--ny=..] [--max=sweeps]

#include <cuda_pipeline.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "helper_check.h"

// ------------------------------------------------ border values by function pointer

using BorderFunction = float (*)(float x, float y);

// Both are solutions of the difference equations, so the answer is known.
__host__ __device__ inline float saddleValue(float x, float y) { return x * x - y * y + 0.5f; }
__host__ __device__ inline float planeValue(float x, float y) {
  return 1.0f + 2.0f * x - 3.0f * y + x * y;
}

__device__ float saddle(float x, float y) { return saddleValue(x, y); }
__device__ float plane(float x, float y) { return planeValue(x, y); }

// Addresses of device functions are known on the device only; the host copies them.
__device__ BorderFunction saddlePointer = saddle;
__device__ BorderFunction planePointer = plane;

__global__ void setBorder(float* u, int nx, int ny, float h, BorderFunction f) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  const int j = blockIdx.y * blockDim.y + threadIdx.y;
  if (i >= nx || j >= ny) return;
  const bool border = i == 0 || j == 0 || i == nx - 1 || j == ny - 1;
  u[j * nx + i] = border ? f(i * h, j * h) : 0.0f;
}

// -------------------------------------------------------------------- sweeps

// Largest change of a sweep; the bits of non-negative floats are ordered as integers.
__device__ void noteChange(float change, int* largest) {
  const int bits = __reduce_max_sync(0xffffffffu, __float_as_int(change));
  if ((threadIdx.y * blockDim.x + threadIdx.x) % 32 == 0 && bits > 0) atomicMax(largest, bits);
}

__global__ void sweepPlain(float* to, const float* from, int nx, int ny, int* largest) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x + 1;
  const int j = blockIdx.y * blockDim.y + threadIdx.y + 1;
  float change = 0.0f;

  if (i < nx - 1 && j < ny - 1) {
    const int c = j * nx + i;
    const float v = 0.25f * (from[c - 1] + from[c + 1] + from[c - nx] + from[c + nx]);
    change = fabsf(v - from[c]);
    to[c] = v;
  }
  if (largest) noteChange(change, largest);  // all threads of the warp are here
}

constexpr int kTileX = 32;
constexpr int kTileY = 8;
constexpr int kWidth = kTileX + 2;
constexpr int kHeight = kTileY + 2;
constexpr int kStages = 2;

// Starts the copies of the tile whose inner points begin in row j0, column i0.
__device__ void fetchTile(float (&tile)[kHeight][kWidth], const float* from, int i0, int j0, int nx,
                          int ny) {
  for (int k = threadIdx.y * kTileX + threadIdx.x; k < kWidth * kHeight; k += kTileX * kTileY) {
    const int ty = k / kWidth, tx = k % kWidth;
    const int i = i0 + tx - 1, j = j0 + ty - 1;
    if (i < nx && j < ny)  // never below zero, as i0 and j0 are at least 1
      __pipeline_memcpy_async(&tile[ty][tx], &from[j * nx + i], sizeof(float));
  }
}

// A block works through the tiles of one column of tiles, from top to bottom.
__global__ void sweepPipelined(float* to, const float* from, int nx, int ny, int* largest) {
  __shared__ float tiles[kStages][kHeight][kWidth];

  const int i0 = blockIdx.x * kTileX + 1;
  const int count = (ny - 2 + kTileY - 1) / kTileY;
  const int stride = gridDim.y;
  const int i = i0 + threadIdx.x;
  float change = 0.0f;

  // All stages but one are on their way before the loop starts.
  int fetched = blockIdx.y;
  for (int s = 0; s < kStages - 1; ++s, fetched += stride) {
    if (fetched < count) fetchTile(tiles[s], from, i0, fetched * kTileY + 1, nx, ny);
    __pipeline_commit();
  }

  int stage = 0;
  for (int t = blockIdx.y; t < count; t += stride, fetched += stride) {
    if (fetched < count)
      fetchTile(tiles[(stage + kStages - 1) % kStages], from, i0, fetched * kTileY + 1, nx, ny);
    __pipeline_commit();  // empty at the end, so that the number below stays right

    __pipeline_wait_prior(kStages - 1);  // my copies of this tile are complete ...
    __syncthreads();                     // ... and those of the others as well

    const int j = t * kTileY + 1 + threadIdx.y;
    if (i < nx - 1 && j < ny - 1) {
      const auto& tile = tiles[stage];
      const int x = threadIdx.x + 1, y = threadIdx.y + 1;
      const float v = 0.25f * (tile[y][x - 1] + tile[y][x + 1] + tile[y - 1][x] + tile[y + 1][x]);
      change = fmaxf(change, fabsf(v - tile[y][x]));
      to[j * nx + i] = v;
    }
    __syncthreads();  // the tile is overwritten in the next round
    stage = (stage + 1) % kStages;
  }
  if (largest) noteChange(change, largest);
}

// ---------------------------------------------------------------------- host

struct Problem {
  const char* name;
  BorderFunction onDevice;
  float (*onHost)(float, float);
};

static bool solve(const Problem& problem, bool pipelined, int nx, int ny, int maxSweeps) {
  const float h = 1.0f / (std::max(nx, ny) - 1);
  const size_t bytes = size_t(nx) * ny * sizeof(float);
  const int interval = 50;
  const float enough = 1e-5f;

  float *u = nullptr, *v = nullptr;
  int* dLargest = nullptr;
  CHECK(cudaMalloc(&u, bytes));
  CHECK(cudaMalloc(&v, bytes));
  CHECK(cudaMalloc(&dLargest, sizeof(int)));

  const dim3 block(kTileX, kTileY);
  const dim3 whole((nx + kTileX - 1) / kTileX, (ny + kTileY - 1) / kTileY);
  const dim3 inner((nx - 2 + kTileX - 1) / kTileX, (ny - 2 + kTileY - 1) / kTileY);
  const dim3 columns(inner.x, std::min(inner.y, 2u));
  for (float* p : {u, v}) {
    setBorder<<<whole, block>>>(p, nx, ny, h, problem.onDevice);
    CHECK_LAUNCH();
  }

  int sweeps = 0;
  float change = INFINITY;
  while (sweeps < maxSweeps && change > enough) {
    CHECK(cudaMemsetAsync(dLargest, 0, sizeof(int)));
    for (int k = 1; k <= interval; ++k, ++sweeps) {
      int* note = k == interval ? dLargest : nullptr;  // only the last one is looked at
      if (pipelined)
        sweepPipelined<<<columns, block>>>(v, u, nx, ny, note);
      else
        sweepPlain<<<inner, block>>>(v, u, nx, ny, note);
      CHECK_LAUNCH();
      std::swap(u, v);  // u is the newest again
    }
    int bits = 0;
    CHECK(cudaMemcpy(&bits, dLargest, sizeof bits, cudaMemcpyDeviceToHost));
    static_assert(sizeof bits == sizeof change);
    std::memcpy(&change, &bits, sizeof change);
  }

  std::vector<float> result(size_t(nx) * ny), gold(result.size(), 0.0f), next;
  CHECK(cudaMemcpy(result.data(), u, bytes, cudaMemcpyDeviceToHost));

  // The host does the same number of sweeps, and knows the solution as well.
  for (int j = 0; j < ny; ++j)
    for (int i = 0; i < nx; ++i)
      if (i == 0 || j == 0 || i == nx - 1 || j == ny - 1)
        gold[size_t(j) * nx + i] = problem.onHost(i * h, j * h);
  next = gold;
  for (int s = 0; s < sweeps; ++s) {
    for (int j = 1; j < ny - 1; ++j)
      for (int i = 1; i < nx - 1; ++i) {
        const size_t c = size_t(j) * nx + i;
        next[c] = 0.25f * (gold[c - 1] + gold[c + 1] + gold[c - nx] + gold[c + nx]);
      }
    std::swap(gold, next);
  }
  double apart = 0.0, fromSolution = 0.0;
  for (int j = 0; j < ny; ++j)
    for (int i = 0; i < nx; ++i) {
      const size_t c = size_t(j) * nx + i;
      apart = worse(apart, std::fabs(double(result[c]) - gold[c]));
      fromSolution = worse(fromSolution, std::fabs(result[c] - problem.onHost(i * h, j * h)));
    }
  const bool converged = change <= enough;
  // What is left of the error when a sweep changes that little: a geometric series.
  const double pi = 3.14159265358979323846;
  const double ratio = 0.5 * (std::cos(pi / (nx - 1)) + std::cos(pi / (ny - 1)));
  const double allowed = 1e-3 + 2.0 * enough / (1.0 - ratio);
  const bool good = apart < 1e-4 && (!converged || fromSolution < allowed);
  std::printf(
      "%-7s %-10s %5d sweeps, last change %.2e, from the host's %.2e, from the solution %.2e %s\n",
      problem.name, pipelined ? "pipelined" : "plain", sweeps, change, apart, fromSolution,
      good ? "ok" : "WRONG");

  CHECK(cudaFree(u));
  CHECK(cudaFree(v));
  CHECK(cudaFree(dLargest));
  return good;
}

int main(int argc, char** argv) {
  const int nx = intOption(argc, argv, "nx", 50), ny = intOption(argc, argv, "ny", 39);
  const int maxSweeps = intOption(argc, argv, "max", 3000);
  if (nx < 3 || ny < 3 || nx > 4096 || ny > 4096 || maxSweeps < 1) {
    std::fprintf(stderr, "nx and ny must lie between 3 and 4096\n");
    return finish(false);
  }
  std::printf("plate of %d x %d points\n", nx, ny);

  Problem problems[2] = {{"saddle", nullptr, saddleValue}, {"plane", nullptr, planeValue}};
  CHECK(cudaMemcpyFromSymbol(&problems[0].onDevice, saddlePointer, sizeof(BorderFunction)));
  CHECK(cudaMemcpyFromSymbol(&problems[1].onDevice, planePointer, sizeof(BorderFunction)));

  bool ok = true;
  for (const Problem& problem : problems)
    for (bool pipelined : {false, true}) ok = solve(problem, pipelined, nx, ny, maxSweeps) && ok;
  return finish(ok);
}
