// build: nvcc -std=c++20 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 17_templates 17_templates.cu
//
// Templates and dynamic shared memory.  An `extern __shared__` array has one type
// per name, so a template asks a small helper for memory of the type it needs.  The
// kernel itself is generic over the element type and over the operation, which is
// handed over as a functor; C++20 concepts say what that has to look like.
//
// usage: 17_templates [--threads=..]

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <type_traits>
#include <vector>

#include "helper_check.h"

// ------------------------------------------------- dynamic shared memory by type

template <typename T>
struct SharedMemory {
  __device__ T* data() const {
    // Raw storage with the strictest alignment used here.
    extern __shared__ __align__(16) std::byte storage[];
    return reinterpret_cast<T*>(storage);
  }
};

// ----------------------------------------------------------- two element types

struct Complex {
  double re, im;
  __host__ __device__ Complex operator*(Complex o) const {
    return {re * o.re - im * o.im, re * o.im + im * o.re};
  }
  __host__ __device__ Complex operator+(Complex o) const { return {re + o.re, im + o.im}; }
  __host__ __device__ bool operator==(Complex o) const { return re == o.re && im == o.im; }
};

struct alignas(16) Wide {
  float v[16];
  __host__ __device__ operator double() const { return v[0] + v[15]; }
};

// ----------------------------------------------------------------- operations

template <typename Op, typename T>
concept BinaryOperation = std::is_trivially_copyable_v<Op> && requires(const Op op, T a, T b) {
  { op(a, b) } -> std::convertible_to<T>;
};

struct Plus {
  template <typename T>
  __host__ __device__ T operator()(T a, T b) const {
    return static_cast<T>(a + b);
  }
};

struct Times {
  template <typename T>
  __host__ __device__ T operator()(T a, T b) const {
    return static_cast<T>(a * b);
  }
};

struct Larger {
  template <typename T>
  requires std::totally_ordered<T> __host__ __device__ T operator()(T a, T b) const {
    return a < b ? b : a;
  }
};

// --------------------------------------------------------------------- kernel

// Every thread combines its element with the mirror image's and with its
// neighbour's (on a ring): result[i] = op(op(x[i], x[n-1-i]), x[i+1]).
template <typename T, BinaryOperation<T> Op>
__global__ void combine(const T* in, T* out, Op op) {
  SharedMemory<T> shared;
  T* s = shared.data();
  const unsigned tid = threadIdx.x;
  const unsigned n = blockDim.x;
  const size_t first = size_t(blockIdx.x) * n;

  s[tid] = in[first + tid];
  __syncthreads();
  out[first + tid] = op(op(s[tid], s[n - 1 - tid]), s[(tid + 1) % n]);
}

// Two arrays of different types in one piece of dynamic shared memory.
template <typename A, typename B>
__global__ void interleave(const A* a, const B* b, double* out) {
  static_assert(alignof(A) >= alignof(B), "the stricter alignment comes first");
  A* sa = SharedMemory<A>().data();
  B* sb = reinterpret_cast<B*>(sa + blockDim.x);
  const unsigned tid = threadIdx.x, other = blockDim.x - 1 - tid;

  sa[tid] = a[tid];
  sb[tid] = b[tid];
  __syncthreads();
  out[tid] = double(sa[other]) * 1000.0 + double(sb[other]);
}

// ----------------------------------------------------------------------- host

template <typename T>
T makeValue(int i) {
  if constexpr (std::is_same_v<T, Complex>)
    return {double(i % 13) - 6.0, double(i % 7) - 3.0};
  else if constexpr (std::is_floating_point_v<T>)
    return T(i % 29) * T(0.25) - T(2);
  else
    return static_cast<T>(i % 11);
}

template <typename T, BinaryOperation<T> Op>
bool test(std::string_view type, std::string_view opName, int threads, Op op) {
  const int blocks = 7;
  const int n = blocks * threads;
  std::vector<T> in(n), out(n);
  for (int i = 0; i < n; ++i) in[i] = makeValue<T>(i);

  T *dIn = nullptr, *dOut = nullptr;
  CHECK(cudaMalloc(&dIn, n * sizeof(T)));
  CHECK(cudaMalloc(&dOut, n * sizeof(T)));
  CHECK(cudaMemcpy(dIn, in.data(), n * sizeof(T), cudaMemcpyHostToDevice));
  combine<<<blocks, threads, threads * sizeof(T)>>>(dIn, dOut, op);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(out.data(), dOut, n * sizeof(T), cudaMemcpyDeviceToHost));
  CHECK(cudaFree(dIn));
  CHECK(cudaFree(dOut));

  // All values and results are small multiples of 1/64: exact on either side.
  int wrong = 0;
  for (int b = 0; b < blocks; ++b)
    for (int t = 0; t < threads; ++t) {
      const T* x = &in[size_t(b) * threads];
      const T want = op(op(x[t], x[threads - 1 - t]), x[(t + 1) % threads]);
      wrong += !(out[size_t(b) * threads + t] == want);
    }
  std::printf("%-16.*s %-7.*s %2zu bytes each: %d of %d wrong\n", int(type.size()), type.data(),
              int(opName.size()), opName.data(), sizeof(T), wrong, n);
  return wrong == 0;
}

// One block with more dynamic shared memory than one gets without asking.
bool testLarge() {
  const int threads = 1024;
  const size_t bytes = threads * (sizeof(Wide) + sizeof(short));  // 66 KiB

  int device = 0, optIn = 0;
  CHECK(cudaGetDevice(&device));
  CHECK(cudaDeviceGetAttribute(&optIn, cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
  if (size_t(optIn) < bytes) {
    std::printf("large: the device has only %d bytes, left out\n", optIn);
    return true;
  }

  std::vector<Wide> a(threads);
  std::vector<short> b(threads);
  std::vector<double> out(threads);
  for (int i = 0; i < threads; ++i) {
    for (int k = 0; k < 16; ++k) a[i].v[k] = float(i + k);
    b[i] = short(i % 100);
  }
  Wide* dA = nullptr;
  short* dB = nullptr;
  double* dOut = nullptr;
  CHECK(cudaMalloc(&dA, threads * sizeof(Wide)));
  CHECK(cudaMalloc(&dB, threads * sizeof(short)));
  CHECK(cudaMalloc(&dOut, threads * sizeof(double)));
  CHECK(cudaMemcpy(dA, a.data(), threads * sizeof(Wide), cudaMemcpyHostToDevice));
  CHECK(cudaMemcpy(dB, b.data(), threads * sizeof(short), cudaMemcpyHostToDevice));

  // Without the attribute the launch is refused ...
  auto kernel = interleave<Wide, short>;
  kernel<<<1, threads, bytes>>>(dA, dB, dOut);
  const cudaError_t refused = cudaGetLastError();
  std::printf("large: %zu bytes without asking: %s\n", bytes, cudaGetErrorName(refused));
  // ... and with it, it is not.
  CHECK(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(bytes)));
  kernel<<<1, threads, bytes>>>(dA, dB, dOut);
  CHECK_LAUNCH();
  CHECK(cudaMemcpy(out.data(), dOut, threads * sizeof(double), cudaMemcpyDeviceToHost));

  int wrong = 0;
  for (int i = 0; i < threads; ++i) {
    const int o = threads - 1 - i;
    wrong += out[i] != double(2 * o + 15) * 1000.0 + o % 100;
  }
  std::printf("large: %d of %d wrong\n", wrong, threads);
  CHECK(cudaFree(dA));
  CHECK(cudaFree(dB));
  CHECK(cudaFree(dOut));
  return wrong == 0 && refused == cudaErrorInvalidValue;
}

template <typename T>
bool testAll(std::string_view type, int threads) {
  bool ok = test<T>(type, "plus", threads, Plus{});
  ok = test<T>(type, "times", threads, Times{}) && ok;
  if constexpr (BinaryOperation<Larger, T>) ok = test<T>(type, "larger", threads, Larger{}) && ok;
  return ok;
}

int main(int argc, char** argv) {
  const int threads = intOption(argc, argv, "threads", 173);
  if (threads < 1 || threads > 1024) {
    std::fprintf(stderr, "threads must lie between 1 and 1024\n");
    return finish(false);
  }

  bool ok = testAll<int>("int", threads);
  ok = testAll<float>("float", threads) && ok;
  ok = testAll<double>("double", threads) && ok;
  ok = testAll<short>("short", threads) && ok;
  ok = testAll<unsigned char>("unsigned char", threads) && ok;
  ok = testAll<std::uint64_t>("uint64_t", threads) && ok;
  ok = testAll<Complex>("Complex", threads) && ok;
  ok = testLarge() && ok;
  return finish(ok);
}
