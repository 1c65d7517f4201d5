// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 03_matrix_mul 03_matrix_mul.cu
//
// C (m x n) = A (m x k) * B (k x n) by tiles kept in shared memory.  The sizes
// need not be multiples of the tile: elements outside a matrix are read as zero.
//
// usage: 03_matrix_mul [--m=..] [--k=..] [--n=..] [--repeat=..]

#include <cstdio>
#include <random>
#include <vector>

#include "helper_check.h"

// TILE x TILE threads compute a TILE x TILE tile of C.
template <int TILE>
__global__ void matrixMulTiled(float* C, const float* A, const float* B, int m, int k, int n) {
  __shared__ float As[TILE][TILE];
  __shared__ float Bs[TILE][TILE];

  const int tx = threadIdx.x;
  const int ty = threadIdx.y;
  const int row = blockIdx.y * TILE + ty;
  const int col = blockIdx.x * TILE + tx;

  float sum = 0.0f;

  for (int t = 0; t < (k + TILE - 1) / TILE; ++t) {
    const int aCol = t * TILE + tx;
    const int bRow = t * TILE + ty;

    As[ty][tx] = (row < m && aCol < k) ? A[row * k + aCol] : 0.0f;
    Bs[ty][tx] = (bRow < k && col < n) ? B[bRow * n + col] : 0.0f;

    // Both tiles are complete before any thread reads from them ...
    __syncthreads();

#pragma unroll
    for (int i = 0; i < TILE; ++i) sum += As[ty][i] * Bs[i][tx];

    // ... and are no longer needed before any thread overwrites them.
    __syncthreads();
  }

  if (row < m && col < n) C[row * n + col] = sum;
}

// The same without shared memory, for comparison.
__global__ void matrixMulPlain(float* C, const float* A, const float* B, int m, int k, int n) {
  const int row = blockIdx.y * blockDim.y + threadIdx.y;
  const int col = blockIdx.x * blockDim.x + threadIdx.x;

  if (row >= m || col >= n) return;

  float sum = 0.0f;
  for (int i = 0; i < k; ++i) sum += A[row * k + i] * B[i * n + col];
  C[row * n + col] = sum;
}

static void matrixMulHost(std::vector<double>& C, const std::vector<float>& A,
                          const std::vector<float>& B, int m, int k, int n) {
  for (int r = 0; r < m; ++r)
    for (int i = 0; i < k; ++i) {
      const double a = A[size_t(r) * k + i];
      for (int c = 0; c < n; ++c) C[size_t(r) * n + c] += a * B[size_t(i) * n + c];
    }
}

static bool compare(const char* name, const std::vector<float>& got,
                    const std::vector<double>& want, int n) {
  double worst = 0.0;
  size_t where = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    const double diff = std::fabs(got[i] - want[i]);
    if (!(diff <= worst)) {  // also true for a NaN
      worst = worse(worst, diff);
      where = i;
    }
  }
  const bool ok = worst < 1e-3;
  std::printf("%-24s largest error %.3e at (%zu, %zu): %s\n", name, worst, where / n, where % n,
              ok ? "ok" : "WRONG");
  return ok;
}

int main(int argc, char** argv) {
  const int m = intOption(argc, argv, "m", 187);
  const int k = intOption(argc, argv, "k", 121);
  const int n = intOption(argc, argv, "n", 150);
  const int repeat = intOption(argc, argv, "repeat", 1);

  if (m < 1 || k < 1 || n < 1 || m > 8192 || k > 8192 || n > 8192 || repeat < 1) {
    std::fprintf(stderr, "sizes must lie between 1 and 8192\n");
    return finish(false);
  }
  std::printf("A is %d x %d, B is %d x %d, C is %d x %d\n", m, k, k, n, m, n);

  std::mt19937 engine(17);
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  std::vector<float> A(size_t(m) * k), B(size_t(k) * n), C(size_t(m) * n);
  for (float& x : A) x = uniform(engine);
  for (float& x : B) x = uniform(engine);

  std::vector<double> reference(size_t(m) * n, 0.0);
  matrixMulHost(reference, A, B, m, k, n);

  float *dA, *dB, *dC;
  CHECK(cudaMalloc(&dA, A.size() * sizeof(float)));
  CHECK(cudaMalloc(&dB, B.size() * sizeof(float)));
  CHECK(cudaMalloc(&dC, C.size() * sizeof(float)));
  CHECK(cudaMemcpy(dA, A.data(), A.size() * sizeof(float), cudaMemcpyHostToDevice));
  CHECK(cudaMemcpy(dB, B.data(), B.size() * sizeof(float), cudaMemcpyHostToDevice));

  cudaEvent_t start, stop;
  CHECK(cudaEventCreate(&start));
  CHECK(cudaEventCreate(&stop));

  bool ok = true;

  // kind 0: plain, otherwise the width of the tile
  for (int kind : {0, 8, 16, 32}) {
    const int side = kind == 0 ? 16 : kind;
    const dim3 block(side, side);
    const dim3 grid((n + side - 1) / side, (m + side - 1) / side);

    CHECK(cudaMemset(dC, 0xff, C.size() * sizeof(float)));
    CHECK(cudaEventRecord(start));
    for (int r = 0; r < repeat; ++r) {
      switch (kind) {
        case 0:
          matrixMulPlain<<<grid, block>>>(dC, dA, dB, m, k, n);
          break;
        case 8:
          matrixMulTiled<8><<<grid, block>>>(dC, dA, dB, m, k, n);
          break;
        case 16:
          matrixMulTiled<16><<<grid, block>>>(dC, dA, dB, m, k, n);
          break;
        default:
          matrixMulTiled<32><<<grid, block>>>(dC, dA, dB, m, k, n);
          break;
      }
      CHECK_LAUNCH();
    }
    CHECK(cudaEventRecord(stop));
    CHECK(cudaEventSynchronize(stop));

    float ms = 0.0f;
    CHECK(cudaEventElapsedTime(&ms, start, stop));
    CHECK(cudaMemcpy(C.data(), dC, C.size() * sizeof(float), cudaMemcpyDeviceToHost));

    char name[40];
    if (kind == 0)
      std::snprintf(name, sizeof name, "plain");
    else
      std::snprintf(name, sizeof name, "tiles of %d x %d", kind, kind);
    ok = compare(name, C, reference, n) && ok;
    const double flops = 2.0 * m * n * k * repeat;
    std::printf("    %.3f ms, %.2f GFLOP/s\n", ms, ms > 0 ? flops / (ms * 1e6) : 0.0);
  }

  CHECK(cudaEventDestroy(start));
  CHECK(cudaEventDestroy(stop));
  CHECK(cudaFree(dA));
  CHECK(cudaFree(dB));
  CHECK(cudaFree(dC));
  return finish(ok);
}
