// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 15_grid_sync 15_grid_sync.cu
//
// Synchronisation of a whole grid inside one kernel.  The kernel smooths a vector
// on a ring, finds its norm and divides by it, over and over; each step needs the
// results of all blocks.  The grid is made as large as may be resident at once,
// by asking for the occupancy, and started with cudaLaunchCooperativeKernel.
//
// usage: 15_grid_sync [--n=..] [--steps=..]

#include <cooperative_groups.h>

#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "helper_check.h"

namespace cg = cooperative_groups;

constexpr int kThreads = 256;

// norms[step] must be zero when the kernel starts.
__global__ void smoothAndNormalise(float* a, float* b, double* norms, int n, int steps) {
  cg::grid_group grid = cg::this_grid();
  __shared__ double partial[kThreads / 32];

  float* from = a;
  float* to = b;

  for (int step = 0; step < steps; ++step) {
    double mine = 0.0;
    for (unsigned long long i = grid.thread_rank(); i < (unsigned long long)n; i += grid.size()) {
      const int left = i == 0 ? n - 1 : int(i) - 1;
      const int right = int(i) == n - 1 ? 0 : int(i) + 1;
      const float v = 0.25f * from[left] + 0.5f * from[i] + 0.25f * from[right];
      to[i] = v;
      mine += double(v) * v;
    }

    // Sum over the block, then one atomic per block.
    for (int d = 16; d > 0; d /= 2) mine += __shfl_down_sync(0xffffffffu, mine, d);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = mine;
    __syncthreads();
    if (threadIdx.x == 0) {
      double sum = 0.0;
      for (double p : partial) sum += p;
      atomicAdd(&norms[step], sum);
    }

    // All of `to` is written and the norm is complete behind this point.
    grid.sync();

    const float factor = float(1.0 / sqrt(*(volatile double*)&norms[step]));
    for (unsigned long long i = grid.thread_rank(); i < (unsigned long long)n; i += grid.size())
      to[i] *= factor;

    // The neighbours read what was scaled here.
    grid.sync();

    float* t = from;
    from = to;
    to = t;
  }
}

// Writes how the grid looks from inside.
__global__ void describeGrid(unsigned long long* out) {
  cg::grid_group grid = cg::this_grid();
  __shared__ int token;

  if (threadIdx.x == 0) token = int(blockIdx.x);
  grid.sync();  // synchronises the threads of a block as well
  if (grid.thread_rank() == 0) {
    out[0] = grid.size();
    out[1] = grid.num_blocks();
    out[2] = grid.is_valid();
  }
  if (threadIdx.x == blockDim.x - 1) atomicAdd(&out[3], (unsigned long long)token);
}

static void smoothHost(std::vector<double>& x, int steps, std::vector<double>& norms) {
  const int n = int(x.size());
  std::vector<double> y(n);
  for (int step = 0; step < steps; ++step) {
    double sum = 0.0;
    for (int i = 0; i < n; ++i) {
      y[i] = 0.25 * x[(i + n - 1) % n] + 0.5 * x[i] + 0.25 * x[(i + 1) % n];
      sum += y[i] * y[i];
    }
    norms[step] = sum;
    for (double& v : y) v /= std::sqrt(sum);
    std::swap(x, y);
  }
}

int main(int argc, char** argv) {
  int n = intOption(argc, argv, "n", 20011);
  int steps = intOption(argc, argv, "steps", 20);
  if (n < 3 || steps < 1 || steps > 10000) {
    std::fprintf(stderr, "n must be at least 3, steps 1 to 10000\n");
    return finish(false);
  }

  int device = 0, cooperative = 0, multiprocessors = 0;
  CHECK(cudaGetDevice(&device));
  CHECK(cudaDeviceGetAttribute(&cooperative, cudaDevAttrCooperativeLaunch, device));
  CHECK(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device));
  if (!cooperative) {
    std::printf("device %d has no cooperative launch\n", device);
    return finish(false);
  }

  int perSm = 0, suggestedGrid = 0, suggestedBlock = 0;
  CHECK(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&perSm, smoothAndNormalise, kThreads, 0));
  CHECK(cudaOccupancyMaxPotentialBlockSize(&suggestedGrid, &suggestedBlock, smoothAndNormalise));
  std::printf("%d blocks of %d threads fit on each of %d multiprocessors\n", perSm, kThreads,
              multiprocessors);
  std::printf("block size of best occupancy: %d (grid %d)\n", suggestedBlock, suggestedGrid);
  bool ok = perSm > 0 && suggestedBlock > 0;

  // No more blocks than there is work for, and no more than fit at once.
  int blocks = perSm * multiprocessors;
  const int useful = (n + kThreads - 1) / kThreads;
  if (blocks > useful) blocks = useful;
  std::printf("grid of %d blocks, %d elements, %d steps\n", blocks, n, steps);

  std::vector<float> x(n);
  std::vector<double> gold(n), goldNorms(steps), norms(steps);
  for (int i = 0; i < n; ++i)
    gold[i] = x[i] = 1.0f + 0.5f * std::sin(0.37f * float(i % 1000)) + (i % 5 == 0 ? 1.0f : 0.0f);

  float *dA = nullptr, *dB = nullptr;
  double* dNorms = nullptr;
  CHECK(cudaMalloc(&dA, n * sizeof(float)));
  CHECK(cudaMalloc(&dB, n * sizeof(float)));
  CHECK(cudaMalloc(&dNorms, steps * sizeof(double)));
  CHECK(cudaMemcpy(dA, x.data(), n * sizeof(float), cudaMemcpyHostToDevice));
  CHECK(cudaMemset(dNorms, 0, steps * sizeof(double)));

  void* args[] = {&dA, &dB, &dNorms, &n, &steps};
  CHECK(cudaLaunchCooperativeKernel((void*)smoothAndNormalise, dim3(blocks), dim3(kThreads), args,
                                    0, nullptr));
  CHECK(cudaDeviceSynchronize());

  const float* dResult = steps % 2 == 0 ? dA : dB;
  CHECK(cudaMemcpy(x.data(), dResult, n * sizeof(float), cudaMemcpyDeviceToHost));
  CHECK(cudaMemcpy(norms.data(), dNorms, steps * sizeof(double), cudaMemcpyDeviceToHost));

  smoothHost(gold, steps, goldNorms);
  double worst = 0.0, scale = 0.0, worstNorm = 0.0;
  for (int i = 0; i < n; ++i) {
    worst = worse(worst, std::fabs(x[i] - gold[i]));
    scale = std::fmax(scale, std::fabs(gold[i]));
  }
  for (int s = 0; s < steps; ++s)
    worstNorm = worse(worstNorm, std::fabs(norms[s] - goldNorms[s]) / goldNorms[s]);
  std::printf("largest difference %.3e of %.3e, of the norms %.3e\n", worst, scale, worstNorm);
  ok = ok && worst <= 1e-4 * scale && worstNorm <= 1e-4;

  // The grid seen from inside.
  unsigned long long *dOut = nullptr, seen[4] = {};
  CHECK(cudaMalloc(&dOut, sizeof seen));
  CHECK(cudaMemset(dOut, 0, sizeof seen));
  void* describeArgs[] = {&dOut};
  const int few = multiprocessors < 8 ? multiprocessors : 8;
  CHECK(cudaLaunchCooperativeKernel((void*)describeGrid, few, 64, describeArgs, 0, nullptr));
  CHECK(cudaMemcpy(seen, dOut, sizeof seen, cudaMemcpyDeviceToHost));
  std::printf("inside: %llu threads, %llu blocks, valid %llu, sum of tokens %llu\n", seen[0],
              seen[1], seen[2], seen[3]);
  ok = ok && seen[0] == 64ull * few && seen[1] == (unsigned long long)few && seen[2] == 1 &&
       seen[3] == (unsigned long long)few * (few - 1) / 2;

  // One block more than can be resident: refused, nothing runs.
  const int tooMany = perSm * multiprocessors + 1;
  const cudaError_t refused = cudaLaunchCooperativeKernel((void*)smoothAndNormalise, dim3(tooMany),
                                                          dim3(kThreads), args, 0, nullptr);
  std::printf("grid of %d blocks: %s\n", tooMany, cudaGetErrorName(refused));
  ok = ok && refused == cudaErrorCooperativeLaunchTooLarge;
  (void)cudaGetLastError();
  CHECK(cudaDeviceSynchronize());

  CHECK(cudaFree(dA));
  CHECK(cudaFree(dB));
  CHECK(cudaFree(dNorms));
  CHECK(cudaFree(dOut));
  return finish(ok);
}
