// Floating-point kernels without races whose results must be the same bits however they are
// compiled and scheduled: products that could be fused with sums, sums whose order is written down,
// divisions, library functions. Prints a digest of each.
#include <cuda_runtime.h>

#include <cstdio>
#include <cstring>
#include <vector>

constexpr int kCount = 5 * 256 + 77;  // the last block is partly filled

template <class T>
__global__ void dot_products(T* out, const T* a, const T* b, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  T sum = 0;
  for (int k = 0; k < n; ++k) sum += a[(i + k) % n] * b[(i * 3 + k) % n];
  out[i] = sum;
}

template <class T>
__global__ void tree_sum(T* out, const T* a, const T* b, int n) {
  __shared__ T s_sum[256];
  const int t = static_cast<int>(threadIdx.x), i = static_cast<int>(blockIdx.x) * 256 + t;
  s_sum[t] = i < n ? a[i] * b[i] - a[n - 1 - i] * b[n - 1 - i] : T(0);
  __syncthreads();  // all products are there
  for (int half = 128; half > 0; half /= 2) {
    if (t < half) s_sum[t] += s_sum[t + half];
    __syncthreads();  // this half is summed before it is read
  }
  if (i < n) out[i] = s_sum[0] + a[i];
}

template <class T>
__global__ void warp_sum(T* out, const T* a, const T* b, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  T value = i < n ? a[i] / (b[i] * b[i] + T(1)) : T(0);
  for (int d = 16; d > 0; d /= 2) value = value * T(0.75) + __shfl_xor_sync(0xffffffffu, value, d);
  if (i < n) out[i] = value;
}

template <class T>
__global__ void functions(T* out, const T* a, const T* b, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  const T x = a[i], y = b[i];
  out[i] = exp(-x * x) + sin(x) * cos(y) + sqrt(fabs(x)) / (y * y + T(0.5)) + tanh(x * y) +
           log(fabs(y) + T(1)) * pow(fabs(x), T(0.3)) + fma(x, y, x);
}

template <class T>
__global__ void recurrence(T* out, const T* a, const T* b, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  T x = a[i], y = b[i];
  for (int k = 0; k < 50; ++k) {
    const T z = x * x - y * y + a[k];
    y = T(2) * x * y + b[k];
    x = z / (T(1) + fabs(z));
  }
  out[i] = x + y;
}

template <class T>
void all(const char* type) {
  std::vector<T> h_a(kCount), h_b(kCount), h_out(kCount);
  unsigned random = 12345;
  for (int i = 0; i < kCount; ++i) {
    random = random * 1664525u + 1013904223u;
    h_a[static_cast<std::size_t>(i)] =
        static_cast<T>(static_cast<int>(random >> 8)) / T(8388608) - T(1);
    random = random * 1664525u + 1013904223u;
    h_b[static_cast<std::size_t>(i)] =
        static_cast<T>(static_cast<int>(random >> 8)) / T(4194304) - T(2);
  }
  T *a = nullptr, *b = nullptr, *out = nullptr;
  const std::size_t bytes = kCount * sizeof(T);
  cudaMalloc(&a, bytes);
  cudaMalloc(&b, bytes);
  cudaMalloc(&out, bytes);
  cudaMemcpy(a, h_a.data(), bytes, cudaMemcpyHostToDevice);
  cudaMemcpy(b, h_b.data(), bytes, cudaMemcpyHostToDevice);
  struct {
    const char* name;
    void (*kernel)(T*, const T*, const T*, int);
  } const kernels[] = {{"dot products", dot_products<T>},
                       {"tree sum", tree_sum<T>},
                       {"warp sum", warp_sum<T>},
                       {"functions", functions<T>},
                       {"recurrence", recurrence<T>}};
  for (const auto& entry : kernels) {
    entry.kernel<<<(kCount + 255) / 256, 256>>>(out, a, b, kCount);
    cudaMemcpy(h_out.data(), out, bytes, cudaMemcpyDeviceToHost);
    unsigned long long digest = 0xcbf29ce484222325ull;
    for (const T& value : h_out) {
      unsigned char parts[sizeof(T)];
      std::memcpy(parts, &value, sizeof(T));
      for (const unsigned char part : parts) digest = (digest ^ part) * 0x100000001b3ull;
    }
    std::printf("%s of %s: %s, %016llx\n", entry.name, type, cudaGetErrorString(cudaGetLastError()),
                digest);
  }
  cudaFree(a);
  cudaFree(b);
  cudaFree(out);
}

int main() {
  all<float>("float");
  all<double>("double");
  return 0;
}
