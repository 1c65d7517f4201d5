// What the simulator costs, side by side with plain C++ doing the same arithmetic: a kernel without
// barriers, the 16 x 16 tiled product, and empty blocks. Minima of interleaved rounds.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

namespace {

constexpr int kTile = 16;
constexpr int kRounds = 15;

__global__ void gelu(float* y, const float* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n)
    y[i] = 0.5f * x[i] * (1.0f + tanhf(0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i])));
}
void gelu_host(float* y, const float* x, int n) {
  for (int i = 0; i < n; ++i) {
    y[i] = 0.5f * x[i] * (1.0f + tanhf(0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i])));
  }
}

__global__ void add(float* c, const float* a, const float* b, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) c[i] = a[i] + b[i];
}
void add_host(float* c, const float* a, const float* b, int n) {
  for (int i = 0; i < n; ++i) c[i] = a[i] + b[i];
}

// c (N,N) = a (N,N) . b (N,N), N a multiple of the tile.
__global__ void product(float* c, const float* a, const float* b, int N) {
  __shared__ float s_a[kTile][kTile], s_b[kTile][kTile];
  const int ty = static_cast<int>(threadIdx.y), tx = static_cast<int>(threadIdx.x);
  const int m = static_cast<int>(blockIdx.y) * kTile + ty,
            n = static_cast<int>(blockIdx.x) * kTile + tx;
  float acc = 0;
  for (int k0 = 0; k0 < N; k0 += kTile) {
    s_a[ty][tx] = a[m * N + k0 + tx];
    s_b[ty][tx] = b[(k0 + ty) * N + n];
    __syncthreads();  // both tiles are complete
    for (int k = 0; k < kTile; ++k) acc += s_a[ty][k] * s_b[k][tx];
    __syncthreads();  // all have read them
  }
  c[m * N + n] = acc;
}
// The same sums in the same order, one element after another.
void product_host(float* c, const float* a, const float* b, int N) {
  for (int m = 0; m < N; ++m) {
    for (int n = 0; n < N; ++n) {
      float acc = 0;
      for (int k = 0; k < N; ++k) acc += a[m * N + k] * b[k * N + n];
      c[m * N + n] = acc;
    }
  }
}

__global__ void empty() {}
__global__ void one_barrier() { __syncthreads(); }

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Minima of both, measured in turn.
void compare(const char* name, const std::function<void()>& device,
             const std::function<void()>& host, const char* wanted) {
  double d = 1e9, h = 1e9;
  for (int r = 0; r < kRounds; ++r) {
    d = std::min(d, seconds([&] { device(), cudaDeviceSynchronize(); }));
    h = std::min(h, seconds(host));
  }
  std::printf("%-28s %9.3f ms   plain C++ %9.3f ms   speed %5.3f of it   (%s)\n", name, d * 1e3,
              h * 1e3, h / d, wanted);
}

}  // namespace

int main() {
  const int n = 1 << 20, N = 256;
  float *a = nullptr, *b = nullptr, *c = nullptr;
  cudaMalloc(&a, n * sizeof(float));
  cudaMalloc(&b, n * sizeof(float));
  cudaMalloc(&c, n * sizeof(float));
  std::vector<float> x(n), y(n), z(n);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = y[i] = static_cast<float>(std::rand()) / 1e9f - 1.0f;
  cudaMemcpy(a, x.data(), n * sizeof(float), cudaMemcpyHostToDevice);
  cudaMemcpy(b, y.data(), n * sizeof(float), cudaMemcpyHostToDevice);
  compare(
      "GELU, no barrier", [&] { gelu<<<n / 256, 256>>>(c, a, n); },
      [&] { gelu_host(z.data(), x.data(), n); }, "wanted: 0.33");
  compare(
      "sum of vectors, no barrier", [&] { add<<<n / 256, 256>>>(c, a, b, n); },
      [&] { add_host(z.data(), x.data(), y.data(), n); }, "wanted: 0.33");
  compare(
      "16x16 tiled product, N 256",
      [&] { product<<<dim3(N / kTile, N / kTile), dim3(kTile, kTile)>>>(c, a, b, N); },
      [&] { product_host(z.data(), x.data(), y.data(), N); }, "wanted: 0.25");
  std::vector<float> got(static_cast<std::size_t>(N) * N);
  cudaMemcpy(got.data(), c, got.size() * sizeof(float), cudaMemcpyDeviceToHost);
  if (!std::equal(got.begin(), got.end(), z.begin())) {
    std::printf("the product differs from plain C++'s\n");
    return 1;
  }
  const auto per_block = [](const char* name, unsigned threads,
                            const std::function<void()>& launch) {
    double best = 1e9;
    for (int r = 0; r < kRounds; ++r)
      best = std::min(best, seconds([&] { launch(), cudaDeviceSynchronize(); }));
    std::printf("%-28s %9.1f ns a block of %u threads\n", name, best / 10000 * 1e9, threads);
  };
  per_block("empty block", 32, [] { empty<<<10000, 32>>>(); });
  per_block("empty block", 256, [] { empty<<<10000, 256>>>(); });
  per_block("block with one barrier", 256, [] { one_barrier<<<10000, 256>>>(); });
  cudaFree(a);
  cudaFree(b);
  cudaFree(c);
}
