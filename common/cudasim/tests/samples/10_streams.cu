// build: nvcc -std=c++17 -arch=sm_80 -Xcompiler -Wall,-Wextra -o 10_streams 10_streams.cu
//
// A large array is cut into chunks; copying a chunk in, working on it and copying
// it out go into one stream per chunk, so that the copies of one chunk may overlap
// the kernel of another.  Overlap needs pinned host memory: both ways of getting
// it are used, cudaMallocHost and cudaHostRegister.  Streams with priorities, a
// dependency between streams through an event and a host function at the end of a
// stream are shown on the way.
//
// usage: 10_streams [--n=..] [--streams=..] [--iterations=..]

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <vector>

#include "helper_check.h"

__global__ void work(int* data, int n, int iterations, int offset) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;

  unsigned int x = static_cast<unsigned int>(data[i] + offset + i);
  for (int k = 0; k < iterations; ++k) x = x * 1664525u + 1013904223u;
  data[i] = static_cast<int>(x >> 1);
}

static int workHost(int value, int index, int iterations) {
  unsigned int x = static_cast<unsigned int>(value + index);
  for (int k = 0; k < iterations; ++k) x = x * 1664525u + 1013904223u;
  return static_cast<int>(x >> 1);
}

__global__ void addUp(const int* data, int n, unsigned long long* sum) {
  unsigned long long mine = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    mine += static_cast<unsigned int>(data[i]);
  for (int d = 16; d > 0; d /= 2) mine += __shfl_xor_sync(0xffffffffu, mine, d);
  if (threadIdx.x % 32 == 0) atomicAdd(sum, mine);
}

// Called by the runtime when a stream has come that far; no CUDA calls in here.
static void CUDART_CB chunkDone(void* counter) {
  static_cast<std::atomic<int>*>(counter)->fetch_add(1);
}

struct Plan {
  int n;
  int chunks;
  int iterations;

  int begin(int chunk) const {
    return static_cast<int>(static_cast<long long>(n) * chunk / chunks);
  }
  int size(int chunk) const { return begin(chunk + 1) - begin(chunk); }
};

static bool check(const char* name, const int* out, const std::vector<int>& expected) {
  size_t wrong = 0;
  for (size_t i = 0; i < expected.size(); ++i)
    if (out[i] != expected[i] && wrong++ < 3)
      std::printf("    [%zu] %d, expected %d\n", i, out[i], expected[i]);
  std::printf("%-28s %zu wrong\n", name, wrong);
  return wrong == 0;
}

int main(int argc, char** argv) {
  Plan plan;
  plan.n = intOption(argc, argv, "n", 300007);
  plan.chunks = intOption(argc, argv, "streams", 4);
  plan.iterations = intOption(argc, argv, "iterations", 10);
  if (plan.n < plan.chunks || plan.chunks < 1 || plan.chunks > 64 || plan.iterations < 0) {
    std::fprintf(stderr, "bad arguments\n");
    return finish(false);
  }
  const size_t bytes = plan.n * sizeof(int);
  const int threads = 256;

  int *in = nullptr, *device = nullptr;
  CHECK(cudaMallocHost(&in, bytes));
  std::vector<int> out(plan.n, -1), expected(plan.n);
  CHECK(cudaHostRegister(out.data(), bytes, cudaHostRegisterDefault));
  CHECK(cudaMalloc(&device, bytes));
  for (int i = 0; i < plan.n; ++i) {
    in[i] = i % 1021;
    expected[i] = workHost(in[i], i, plan.iterations);
  }

  int least = 0, greatest = 0;
  CHECK(cudaDeviceGetStreamPriorityRange(&least, &greatest));
  std::vector<cudaStream_t> streams(plan.chunks);
  for (int c = 0; c < plan.chunks; ++c)
    CHECK(cudaStreamCreateWithPriority(&streams[c], cudaStreamNonBlocking,
                                       c == 0 ? greatest : least));
  std::printf("%d elements in %d chunks, stream priorities %d .. %d\n", plan.n, plan.chunks, least,
              greatest);

  cudaEvent_t start, stop;
  CHECK(cudaEventCreate(&start));
  CHECK(cudaEventCreate(&stop));
  bool ok = true;
  float ms = 0.0f;

  // One after the other, for comparison.
  CHECK(cudaEventRecord(start));
  CHECK(cudaMemcpyAsync(device, in, bytes, cudaMemcpyHostToDevice));
  work<<<(plan.n + threads - 1) / threads, threads>>>(device, plan.n, plan.iterations, 0);
  CHECK_LAUNCH();
  CHECK(cudaMemcpyAsync(out.data(), device, bytes, cudaMemcpyDeviceToHost));
  CHECK(cudaEventRecord(stop));
  CHECK(cudaEventSynchronize(stop));
  CHECK(cudaEventElapsedTime(&ms, start, stop));
  std::printf("one stream: %.3f ms\n", ms);
  ok = check("one stream", out.data(), expected) && ok;

  // A chunk per stream, depth first.
  std::atomic<int> done{0};
  CHECK(cudaMemset(device, 0, bytes));
  CHECK(cudaDeviceSynchronize());  // the streams do not wait for the legacy stream
  std::fill(out.begin(), out.end(), -1);
  const auto t0 = std::chrono::steady_clock::now();
  for (int c = 0; c < plan.chunks; ++c) {
    const int b = plan.begin(c), n = plan.size(c);
    CHECK(cudaMemcpyAsync(device + b, in + b, n * sizeof(int), cudaMemcpyHostToDevice, streams[c]));
    work<<<(n + threads - 1) / threads, threads, 0, streams[c]>>>(device + b, n, plan.iterations,
                                                                  b);
    CHECK_LAUNCH();
    CHECK(cudaMemcpyAsync(out.data() + b, device + b, n * sizeof(int), cudaMemcpyDeviceToHost,
                          streams[c]));
    CHECK(cudaLaunchHostFunc(streams[c], chunkDone, &done));
  }
  for (cudaStream_t s : streams) CHECK(cudaStreamSynchronize(s));
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - t0;
  std::printf("%d streams: %.3f ms, %d host functions called\n", plan.chunks, wall.count(),
              done.load());
  ok = check("several streams", out.data(), expected) && ok && done == plan.chunks;

  // Breadth first; the last stream waits for all the others and adds up.
  unsigned long long *dSum = nullptr, sum = 0, expectedSum = 0;
  CHECK(cudaMalloc(&dSum, sizeof *dSum));
  CHECK(cudaMemset(dSum, 0, sizeof *dSum));
  CHECK(cudaDeviceSynchronize());
  for (int c = 0; c < plan.chunks; ++c)
    CHECK(cudaMemcpyAsync(device + plan.begin(c), in + plan.begin(c), plan.size(c) * sizeof(int),
                          cudaMemcpyHostToDevice, streams[c]));
  for (int c = 0; c < plan.chunks; ++c) {
    const int n = plan.size(c);
    work<<<(n + threads - 1) / threads, threads, 0, streams[c]>>>(device + plan.begin(c), n,
                                                                  plan.iterations, plan.begin(c));
    CHECK_LAUNCH();
  }
  cudaStream_t last = streams.back();
  std::vector<cudaEvent_t> ready(plan.chunks);
  for (int c = 0; c < plan.chunks; ++c) {
    CHECK(cudaEventCreateWithFlags(&ready[c], cudaEventDisableTiming));
    CHECK(cudaEventRecord(ready[c], streams[c]));
    CHECK(cudaStreamWaitEvent(last, ready[c], 0));
  }
  addUp<<<32, threads, 0, last>>>(device, plan.n, dSum);
  CHECK_LAUNCH();
  CHECK(cudaMemcpyAsync(&sum, dSum, sizeof sum, cudaMemcpyDeviceToHost, last));
  CHECK(cudaStreamSynchronize(last));
  CHECK(cudaStreamQuery(last));
  for (int v : expected) expectedSum += static_cast<unsigned int>(v);
  std::printf("sum behind all streams: %llu, expected %llu\n", sum, expectedSum);
  ok = ok && sum == expectedSum;

  for (cudaEvent_t e : ready) CHECK(cudaEventDestroy(e));
  for (cudaStream_t s : streams) CHECK(cudaStreamDestroy(s));
  CHECK(cudaEventDestroy(start));
  CHECK(cudaEventDestroy(stop));
  CHECK(cudaHostUnregister(out.data()));
  CHECK(cudaFreeHost(in));
  CHECK(cudaFree(device));
  CHECK(cudaFree(dSum));
  return finish(ok);
}
