// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 16_atomics 16_atomics.cu
//
// Atomic operations: the built-in ones on their various types, in global and in
// shared memory and with different scopes, and operations that do not exist as
// such and are made from a compare-and-swap loop.
//
// usage: 16_atomics [--blocks=..] [--threads=..]

#include <algorithm>
#include <climits>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "helper_check.h"

struct Counters {
  int addInt, subInt, minInt, maxInt, andInt, exchInt, exchSeen, casInt, addSystem, addBlock;
  unsigned addUint, minUint, inc, dec;
  unsigned long long addUll, minUll, orUll, xorUll;
  long long maxLl;
  float addFloat, maxFloat, minFloat;
  double addDouble, addDoubleCas, mulDouble;
  unsigned short addShort;
};

// ------------------------------------------------- made from compare-and-swap

__device__ float atomicMaxFloat(float* address, float value) {
  int* asInt = reinterpret_cast<int*>(address);
  int old = *asInt;
  while (__int_as_float(old) < value) {
    const int assumed = old;
    old = atomicCAS(asInt, assumed, __float_as_int(value));
    if (old == assumed) break;
  }
  return __int_as_float(old);
}

// Without a loop: floats compare like integers, negative ones the other way round.
__device__ void atomicMinFloatByInt(float* address, float value) {
  if (value >= 0.0f)
    atomicMin(reinterpret_cast<int*>(address), __float_as_int(value));
  else
    atomicMax(reinterpret_cast<unsigned*>(address), __float_as_uint(value));
}

template <typename Op>
__device__ double atomicUpdateDouble(double* address, Op op) {
  auto* bits = reinterpret_cast<unsigned long long*>(address);
  unsigned long long old = *bits, assumed;
  do {
    assumed = old;
    const double next = op(__longlong_as_double(static_cast<long long>(assumed)));
    old = atomicCAS(bits, assumed, static_cast<unsigned long long>(__double_as_longlong(next)));
  } while (assumed != old);
  return __longlong_as_double(static_cast<long long>(old));
}

__device__ unsigned short atomicAddShort(unsigned short* address, unsigned short value) {
  unsigned short old = *address, assumed;
  do {
    assumed = old;
    old = atomicCAS(address, assumed, static_cast<unsigned short>(assumed + value));
  } while (assumed != old);
  return old;
}

// ------------------------------------------------------------------ kernels

__global__ void exercise(Counters* c) {
  const int tid = blockIdx.x * blockDim.x + threadIdx.x;
  const unsigned utid = tid;
  const unsigned long long big = (1ull << 40) + utid;

  atomicAdd(&c->addInt, 10);
  atomicSub(&c->subInt, 3);
  atomicMin(&c->minInt, -tid);
  atomicMax(&c->maxInt, tid);
  atomicAnd(&c->andInt, 2 * tid + 7);
  const int before = atomicExch(&c->exchInt, tid + 1);
  if (before != 0) atomicAdd(&c->exchSeen, 1);  // all but the very first see another's value
  atomicCAS(&c->casInt, tid - 1, tid);          // 0 -> 1 -> ..., some of the way

  atomicAdd(&c->addUint, utid);
  atomicMin(&c->minUint, utid + 5u);
  atomicInc(&c->inc, 17u);
  atomicDec(&c->dec, 137u);

  atomicAdd(&c->addUll, big);
  atomicMin(&c->minUll, big);
  atomicOr(&c->orUll, 1ull << (utid % 64u));
  atomicXor(&c->xorUll, big);
  atomicMax(&c->maxLl, (long long)utid - 1000000ll);

  atomicAdd(&c->addFloat, 0.5f);
  atomicMaxFloat(&c->maxFloat, sinf((float)tid) - 2.0f);
  atomicMinFloatByInt(&c->minFloat, 3.0f * cosf((float)tid));
  atomicAdd(&c->addDouble, 0.125);
  atomicUpdateDouble(&c->addDoubleCas, [=](double x) { return x + 1.0 / 64.0; });
  if (tid < 64) atomicUpdateDouble(&c->mulDouble, [](double x) { return x * 1.5; });
  atomicAddShort(&c->addShort, 3);

  atomicAdd_system(&c->addSystem, 1);
}

// Every block adds in shared memory and with block scope in its own slot.
__global__ void inBlocks(Counters* c, int* slots) {
  __shared__ int count;
  __shared__ unsigned long long sum;
  __shared__ double sumDouble;

  if (threadIdx.x == 0) {
    count = 0;
    sum = 0;
    sumDouble = 0.0;
  }
  __syncthreads();

  atomicAdd(&count, 1);
  atomicAdd(&sum, (unsigned long long)threadIdx.x);
  atomicAdd(&sumDouble, 0.25 * threadIdx.x);
  atomicAdd_block(&slots[blockIdx.x], 2);
  __syncthreads();

  if (threadIdx.x == 0) {
    const unsigned long long expected = (unsigned long long)blockDim.x * (blockDim.x - 1) / 2;
    const bool good = count == (int)blockDim.x && sum == expected && sumDouble == 0.25 * expected;
    if (good) atomicAdd(&c->addBlock, slots[blockIdx.x]);
  }
}

static int failures = 0;

template <typename T>
void expect(const char* name, T got, T want) {
  if (got != want) {
    std::printf("%-14s is %.17g, expected %.17g\n", name, double(got), double(want));
    ++failures;
  }
}

int main(int argc, char** argv) {
  const int blocks = intOption(argc, argv, "blocks", 24);
  const int threads = intOption(argc, argv, "threads", 160);
  if (blocks < 1 || threads < 1 || threads > 1024 || blocks > 100) {
    std::fprintf(stderr, "1 to 100 blocks of 1 to 1024 threads, please\n");
    return finish(false);
  }
  const int n = blocks * threads;
  std::printf("%d blocks of %d threads\n", blocks, threads);

  Counters h{};
  h.andInt = -1;
  h.minUint = UINT_MAX;
  h.dec = 5;
  h.minUll = ~0ull;
  h.maxLl = LLONG_MIN;
  h.maxFloat = -INFINITY;
  h.minFloat = INFINITY;
  h.mulDouble = 1.0;

  Counters* d = nullptr;
  int* dSlots = nullptr;
  CHECK(cudaMalloc(&d, sizeof h));
  CHECK(cudaMalloc(&dSlots, blocks * sizeof(int)));
  CHECK(cudaMemcpy(d, &h, sizeof h, cudaMemcpyHostToDevice));
  CHECK(cudaMemset(dSlots, 0, blocks * sizeof(int)));

  exercise<<<blocks, threads>>>(d);
  CHECK_LAUNCH();
  inBlocks<<<blocks, threads>>>(d, dSlots);
  CHECK_LAUNCH();

  Counters want = h;
  CHECK(cudaMemcpy(&h, d, sizeof h, cudaMemcpyDeviceToHost));

  // What is the outcome of the same operations in any order?
  float maxFloat = -INFINITY, minFloat = INFINITY;
  for (int t = 0; t < n; ++t) {
    const unsigned long long big = (1ull << 40) + t;
    want.addInt += 10;
    want.subInt -= 3;
    want.minInt = std::min(want.minInt, -t);
    want.maxInt = std::max(want.maxInt, t);
    want.andInt &= 2 * t + 7;
    want.addUint += unsigned(t);
    want.minUint = std::min(want.minUint, unsigned(t) + 5u);
    want.inc = want.inc >= 17u ? 0u : want.inc + 1u;
    want.dec = (want.dec == 0u || want.dec > 137u) ? 137u : want.dec - 1u;
    want.addUll += big;
    want.minUll = std::min(want.minUll, big);
    want.orUll |= 1ull << (t % 64);
    want.xorUll ^= big;
    want.maxLl = std::max(want.maxLl, t - 1000000ll);
    maxFloat = std::max(maxFloat, std::sin(float(t)) - 2.0f);
    minFloat = std::min(minFloat, 3.0f * std::cos(float(t)));
  }

#define EXPECT(field) expect(#field, h.field, want.field)
  EXPECT(addInt);
  EXPECT(subInt);
  EXPECT(minInt);
  EXPECT(maxInt);
  EXPECT(andInt);
  EXPECT(addUint);
  EXPECT(minUint);
  EXPECT(inc);
  EXPECT(dec);
  EXPECT(addUll);
  EXPECT(minUll);
  EXPECT(orUll);
  EXPECT(xorUll);
  EXPECT(maxLl);

  // Sums of powers of two: exact in any order.
  expect("addFloat", h.addFloat, 0.5f * n);
  expect("addDouble", h.addDouble, 0.125 * n);
  expect("addDoubleCas", h.addDoubleCas, n / 64.0);
  expect("addShort", unsigned(h.addShort), unsigned(3 * n) & 0xffffu);
  expect("addSystem", h.addSystem, n);
  expect("addBlock", h.addBlock, 2 * n);
  expect("exchSeen", h.exchSeen, n - 1);

  // These depend on the order, but not on everything.
  expect("exchInt", h.exchInt >= 1 && h.exchInt <= n, true);
  expect("casInt", h.casInt >= 0 && h.casInt < n, true);
  expect("maxFloat", std::fabs(h.maxFloat - maxFloat) < 1e-5f, true);
  expect("minFloat", std::fabs(h.minFloat - minFloat) < 1e-5f, true);
  const double product = std::pow(1.5, std::min(n, 64));
  expect("mulDouble", std::fabs(h.mulDouble / product - 1.0) < 1e-12, true);

  std::printf("%d results are wrong; max %.6f, min %.6f, product %.6g\n", failures, h.maxFloat,
              h.minFloat, h.mulDouble);
  CHECK(cudaFree(d));
  CHECK(cudaFree(dSlots));
  return finish(failures == 0);
}
