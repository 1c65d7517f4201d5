// What every file of random programs begins with (programs.py): the functions that generated
// kernels call, each with a sequential counterpart `model_..`, and the host code that compares.
#ifndef __CUDACC__
#error "program_preamble.cuh holds device code; it is the beginning of a .cu file"
#endif
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#define SQUARE(x) ((x) * (x))
#define SYNC __syncthreads()
#define CONFIGURED(grid, block, bytes, stream) <<<grid, block, bytes, stream>>>
#define CHECK(...)                                                                    \
  do {                                                                                \
    const cudaError_t check_code = (__VA_ARGS__);                                     \
    if (check_code != cudaSuccess) {                                                  \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, cudaGetErrorString(check_code)); \
      std::exit(1);                                                                   \
    }                                                                                 \
  } while (0)

struct Parameters {
  unsigned n;
  float scale;
  unsigned table[3];
};
struct Tagged {
  unsigned char tag;
  unsigned value;
};
struct Affine {
  unsigned a, b;
  __host__ __device__ unsigned operator()(unsigned x) const { return a * x + b; }
};

__device__ unsigned ones(unsigned x) { return static_cast<unsigned>(__popc(x)); }
static unsigned model_ones(unsigned x) {
  unsigned count = 0;
  for (; x != 0; x >>= 1) count += x & 1;
  return count;
}
// Every NaN is the same, since processors differ in which one they make.
__device__ unsigned bits_of(float x) { return isnan(x) ? 0x7fffffffu : __float_as_uint(x); }
static unsigned model_bits_of(float x) {
  if (x != x) return 0x7fffffffu;
  unsigned bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}
__device__ __forceinline__ void wait_for_all() { __syncthreads(); }
template <class T>
__device__ T warp_sum(T value) {
  for (int lanes = 16; lanes > 0; lanes >>= 1) value += __shfl_xor_sync(0xffffffffu, value, lanes);
  return value;
}

static unsigned model_min(unsigned a, unsigned b) { return a < b ? a : b; }
static unsigned model_max(unsigned a, unsigned b) { return a < b ? b : a; }
[[maybe_unused]] static void model_atomicAdd(unsigned* x, unsigned value) { *x = *x + value; }
[[maybe_unused]] static void model_atomicXor(unsigned* x, unsigned value) { *x = *x ^ value; }
[[maybe_unused]] static void model_atomicOr(unsigned* x, unsigned value) { *x = *x | value; }
[[maybe_unused]] static void model_atomicMin(unsigned* x, unsigned value) {
  *x = model_min(*x, value);
}
[[maybe_unused]] static void model_atomicMax(unsigned* x, unsigned value) {
  *x = model_max(*x, value);
}
[[maybe_unused]] static unsigned model_warp_sum(const std::vector<unsigned>& given, unsigned tid) {
  unsigned sum = 0;
  for (unsigned t = tid / 32 * 32; t < tid / 32 * 32 + 32; ++t) sum += given[t];
  return sum;
}
[[maybe_unused]] static unsigned model_ballot(const std::vector<unsigned>& given, unsigned tid) {
  unsigned lanes = 0;
  for (unsigned lane = 0; lane < 32; ++lane) lanes += (given[tid / 32 * 32 + lane] & 1) << lane;
  return lanes;
}

// The model's grid: its blocks, one after another, and a block's threads.
struct Extents {
  unsigned gx, gy, dx, dy, dz;
};
struct Place : Extents {  // of a block
  unsigned x, y;
};
struct Thread {
  unsigned x, y, z, tid, gid, u0, u1, u2, u3;
  float f0, f1;
  double d0;
  bool returned;
};
static std::vector<Place> places(const Extents& e) {
  std::vector<Place> all;
  for (unsigned y = 0; y < e.gy; ++y) {
    for (unsigned x = 0; x < e.gx; ++x) all.push_back({e, x, y});
  }
  return all;
}
static void begin(std::vector<Thread>& threads, const Place& b, const unsigned* in,
                  const float* fin, float scale) {
  const unsigned first = (b.y * b.gx + b.x) * static_cast<unsigned>(threads.size());
  for (unsigned tid = 0; tid < threads.size(); ++tid) {
    threads[tid] = {tid % b.dx,
                    tid / b.dx % b.dy,
                    tid / (b.dx * b.dy),
                    tid,
                    first + tid,
                    in[(first + tid) % 257],
                    tid,
                    first + tid,
                    0,
                    fin[tid % 131],
                    scale,
                    0.5,
                    false};
  }
}

static std::vector<unsigned> numbers(unsigned seed, std::size_t count) {
  std::vector<unsigned> values(count);
  for (unsigned& v : values) v = (seed = seed * 1664525u + 1013904223u) ^ seed >> 13;
  return values;
}
static std::vector<float> singles(unsigned seed, std::size_t count) {
  std::vector<float> values;
  for (const unsigned v : numbers(seed + 1, count)) {
    values.push_back(static_cast<float>(v % 2001) / 16 - 60);
  }
  return values;
}
template <class T>
T* upload(const std::vector<T>& values) {
  T* memory = nullptr;
  CHECK(cudaMalloc(&memory, values.size() * sizeof(T)));
  CHECK(cudaMemcpy(memory, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
  return memory;
}
template <class T>
void download(std::vector<T>& values, T* memory) {
  CHECK(cudaMemcpy(values.data(), memory, values.size() * sizeof(T), cudaMemcpyDeviceToHost));
  CHECK(cudaFree(memory));
}

static bool same(int program, const char* what, const std::vector<unsigned>& want,
                 const std::vector<unsigned>& got, unsigned long long* digest) {
  for (const unsigned v : got) *digest = (*digest ^ v) * 0x100000001b3ull;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (want[i] == got[i]) continue;
    std::printf("program %d DIFFERS: %s[%zu]: want %08x, got %08x\n", program, what, i, want[i],
                got[i]);
    return false;
  }
  return true;
}

struct Entry {
  int seed;
  bool (*run)(unsigned long long* digest);
};
static int run_all(const Entry* programs, std::size_t count, int argc, char** argv) {
  bool all = true;
  for (std::size_t i = 0; i < count; ++i) {
    if (argc > 1 && programs[i].seed != std::atoi(argv[1])) continue;
    unsigned long long digest = 0xcbf29ce484222325ull;
    if (programs[i].run(&digest)) {
      std::printf("program %d: digest %016llx\n", programs[i].seed, digest);
    } else {
      all = false;
    }
  }
  return all ? 0 : 1;
}
