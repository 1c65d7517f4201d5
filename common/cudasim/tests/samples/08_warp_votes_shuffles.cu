// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 08_warp_votes_shuffles 08_warp_votes_shuffles.cu
//
// Warp-level primitives: votes, matches, shuffles in all four forms (with and
// without a width, for several types) and the reductions of compute capability
// 8.0.  Every kernel writes what each lane saw; the host knows what that must be.

#include <cstdio>
#include <functional>
#include <vector>

#include "helper_check.h"

constexpr unsigned kAll = 0xffffffffu;
constexpr int kLanes = 32;
constexpr int kWarps = 3;
constexpr int kThreads = kLanes * kWarps;

// --------------------------------------------------------------------- kernels

// out: per thread four words
__global__ void votes(const int* in, unsigned* out) {
  const int t = threadIdx.x;
  const int value = in[t];

  out[4 * t + 0] = __all_sync(kAll, value > 0) != 0;
  out[4 * t + 1] = __any_sync(kAll, value > 90) != 0;
  out[4 * t + 2] = __ballot_sync(kAll, value & 1);
  out[4 * t + 3] = __popc(__ballot_sync(kAll, value > 50));
}

// Only some lanes take part: the others are not named in the mask.
__global__ void votesInBranch(unsigned* out) {
  const int lane = threadIdx.x % warpSize;
  const unsigned oddLanes = 0xaaaaaaaau;

  unsigned result = 0;
  if (lane & 1)
    result = __ballot_sync(oddLanes, lane > 9);
  else
    result = __ballot_sync(~oddLanes, lane < 9);
  __syncwarp();
  out[threadIdx.x] = result;
}

__global__ void matches(const int* in, unsigned* anyMask, unsigned* allMask, int* allPred) {
  const int t = threadIdx.x;

  anyMask[t] = __match_any_sync(kAll, in[t] % 5);

  // The same in all lanes of warp 0, different in the others.
  const long long value = t / kLanes == 0 ? 77ll : static_cast<long long>(t % 2);
  int pred = -1;
  allMask[t] = __match_all_sync(kAll, value, &pred);
  allPred[t] = pred;
}

template <typename T>
__global__ void shuffles(const T* in, T* idx, T* up, T* down, T* bfly, int amount, int width) {
  const int t = threadIdx.x;
  const T value = in[t];

  idx[t] = __shfl_sync(kAll, value, amount, width);
  up[t] = __shfl_up_sync(kAll, value, amount, width);
  down[t] = __shfl_down_sync(kAll, value, amount, width);
  bfly[t] = __shfl_xor_sync(kAll, value, amount, width);
}

// Reverses the values within the warp: every lane names its own source.
__global__ void reverseWarp(double* data) {
  const int lane = threadIdx.x % warpSize;
  data[threadIdx.x] = __shfl_sync(kAll, data[threadIdx.x], warpSize - 1 - lane);
}

__global__ void reductions(const int* in, int* sum, int* low, int* high, unsigned* bits) {
  const int t = threadIdx.x;

  sum[t] = __reduce_add_sync(kAll, in[t]);
  low[t] = __reduce_min_sync(kAll, in[t]);
  high[t] = __reduce_max_sync(kAll, in[t]);
  bits[3 * t + 0] = __reduce_and_sync(kAll, static_cast<unsigned>(in[t]));
  bits[3 * t + 1] = __reduce_or_sync(kAll, static_cast<unsigned>(in[t]));
  bits[3 * t + 2] = __reduce_xor_sync(kAll, static_cast<unsigned>(in[t]));
}

// ------------------------------------------------------------------------ host

template <typename T>
class DeviceArray {
 public:
  explicit DeviceArray(size_t n) : n_(n) {
    CHECK(cudaMalloc(&ptr_, n * sizeof(T)));
    CHECK(cudaMemset(ptr_, 0xa5, n * sizeof(T)));
  }
  explicit DeviceArray(const std::vector<T>& host) : DeviceArray(host.size()) {
    CHECK(cudaMemcpy(ptr_, host.data(), n_ * sizeof(T), cudaMemcpyHostToDevice));
  }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  ~DeviceArray() { cudaFree(ptr_); }

  operator T*() { return ptr_; }
  std::vector<T> host() const {
    std::vector<T> h(n_);
    CHECK(cudaMemcpy(h.data(), ptr_, n_ * sizeof(T), cudaMemcpyDeviceToHost));
    return h;
  }

 private:
  T* ptr_ = nullptr;
  size_t n_;
};

static bool allOk = true;

template <typename T>
void verify(const char* name, const std::vector<T>& got, const std::function<T(int)>& want) {
  int wrong = 0;
  for (size_t i = 0; i < got.size(); ++i)
    if (got[i] != want(int(i)) && wrong++ < 3)
      std::printf("    [%zu] got %g, expected %g\n", i, double(got[i]), double(want(int(i))));
  std::printf("%-34s %s\n", name, wrong ? "WRONG" : "ok");
  allOk = allOk && wrong == 0;
}

template <typename T>
void testShuffles(const char* type, int amount, int width) {
  std::vector<T> in(kThreads);
  for (int i = 0; i < kThreads; ++i) in[i] = T(1000 + 3 * i) + T(i % 4) / T(4);

  DeviceArray<T> dIn(in), idx(kThreads), up(kThreads), down(kThreads), bfly(kThreads);
  shuffles<T><<<1, kThreads>>>(dIn, idx, up, down, bfly, amount, width);
  CHECK_LAUNCH();

  std::printf("shuffles of %s by %d, width %d\n", type, amount, width);
  // Where the source lies outside the lane's section, the lane keeps its own value.
  auto section = [=](int i) { return i / width * width; };
  verify<T>("    __shfl_sync", idx.host(), [&](int i) { return in[section(i) + amount % width]; });
  verify<T>("    __shfl_up_sync", up.host(),
            [&](int i) { return i - amount < section(i) ? in[i] : in[i - amount]; });
  verify<T>("    __shfl_down_sync", down.host(),
            [&](int i) { return i + amount >= section(i) + width ? in[i] : in[i + amount]; });
  verify<T>("    __shfl_xor_sync", bfly.host(), [&](int i) { return in[i ^ amount]; });
}

int main() {
  std::vector<int> in(kThreads);
  unsigned seed = 7;
  for (int& x : in) {
    seed = seed * 1103515245u + 12345u;
    x = int(seed >> 16) % 100;  // 0 .. 99
  }
  for (int i = 0; i < kLanes; ++i) in[i] = in[i] % 90 + 1;  // warp 0: all positive, none beyond 90
  in[kLanes + 5] = 0;                                       // warp 1: not all positive
  in[2 * kLanes + 9] = 99;                                  // warp 2: one beyond 90

  auto warpFold = [&](int thread, auto start, auto fold) {
    const int first = thread / kLanes * kLanes;
    for (int i = first; i < first + kLanes; ++i) start = fold(start, in[i], i - first);
    return start;
  };

  DeviceArray<int> dIn(in);

  DeviceArray<unsigned> dVotes(4 * kThreads);
  votes<<<1, kThreads>>>(dIn, dVotes);
  CHECK_LAUNCH();
  verify<unsigned>("votes: all, any, ballot, count", dVotes.host(), [&](int i) -> unsigned {
    switch (i % 4) {
      case 0:
        return warpFold(i / 4, 1u, [](unsigned s, int v, int) { return s & unsigned(v > 0); });
      case 1:
        return warpFold(i / 4, 0u, [](unsigned s, int v, int) { return s | unsigned(v > 90); });
      case 2:
        return warpFold(i / 4, 0u,
                        [](unsigned s, int v, int l) { return s | (unsigned(v & 1) << l); });
      default:
        return warpFold(i / 4, 0u, [](unsigned s, int v, int) { return s + unsigned(v > 50); });
    }
  });

  DeviceArray<unsigned> dBranch(kThreads);
  votesInBranch<<<1, kThreads>>>(dBranch);
  CHECK_LAUNCH();
  verify<unsigned>("votes inside a branch", dBranch.host(), [](int i) -> unsigned {
    unsigned expected = 0;
    for (int l = 0; l < kLanes; ++l)
      if (l % 2 == i % 2 && (l % 2 ? l > 9 : l < 9)) expected |= 1u << l;
    return expected;
  });

  DeviceArray<unsigned> dAny(kThreads), dAll(kThreads);
  DeviceArray<int> dPred(kThreads);
  matches<<<1, kThreads>>>(dIn, dAny, dAll, dPred);
  CHECK_LAUNCH();
  verify<unsigned>("__match_any_sync", dAny.host(), [&](int i) {
    return warpFold(
        i, 0u, [&](unsigned s, int v, int l) { return v % 5 == in[i] % 5 ? s | (1u << l) : s; });
  });
  verify<unsigned>("__match_all_sync", dAll.host(), [](int i) { return i < kLanes ? kAll : 0u; });
  verify<int>("__match_all_sync, predicate", dPred.host(),
              [](int i) { return i < kLanes ? 1 : 0; });

  testShuffles<int>("int", 1, 32);
  testShuffles<unsigned long long>("unsigned long long", 4, 32);
  testShuffles<float>("float", 3, 8);
  testShuffles<double>("double", 1, 2);
  testShuffles<double>("double", 15, 16);

  const std::vector<double> ramp(in.begin(), in.end());
  DeviceArray<double> dRamp(ramp);
  reverseWarp<<<1, kThreads>>>(dRamp);
  CHECK_LAUNCH();
  verify<double>("reversed warp", dRamp.host(), [&](int i) { return ramp[i ^ (kLanes - 1)]; });

  DeviceArray<int> dSum(kThreads), dLow(kThreads), dHigh(kThreads);
  DeviceArray<unsigned> dBits(3 * kThreads);
  reductions<<<1, kThreads>>>(dIn, dSum, dLow, dHigh, dBits);
  CHECK_LAUNCH();
  verify<int>("__reduce_add_sync", dSum.host(),
              [&](int i) { return warpFold(i, 0, [](int s, int v, int) { return s + v; }); });
  verify<int>("__reduce_min_sync", dLow.host(), [&](int i) {
    return warpFold(i, 1 << 30, [](int s, int v, int) { return v < s ? v : s; });
  });
  verify<int>("__reduce_max_sync", dHigh.host(), [&](int i) {
    return warpFold(i, -1, [](int s, int v, int) { return v > s ? v : s; });
  });
  verify<unsigned>("__reduce_and/or/xor_sync", dBits.host(), [&](int i) -> unsigned {
    switch (i % 3) {
      case 0:
        return warpFold(i / 3, kAll, [](unsigned s, int v, int) { return s & unsigned(v); });
      case 1:
        return warpFold(i / 3, 0u, [](unsigned s, int v, int) { return s | unsigned(v); });
      default:
        return warpFold(i / 3, 0u, [](unsigned s, int v, int) { return s ^ unsigned(v); });
    }
  });

  CHECK(cudaDeviceSynchronize());
  return finish(allOk);
}
