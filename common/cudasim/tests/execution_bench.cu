// The bench's kernels, as a program that runs them on request, so that bench/main.cc can let
// builds and settings of the simulator take turns. One request a line, one answer a line:
//   run NAME      runs the kernel once; answers with the nanoseconds it took
//   cpu NAME      the same in processor time, which waiting for a turn does not lengthen
//   verify NAME   runs it on a poisoned output; "ok", or what is wrong
//   bytes NAME    the kernel's device memory, allocated by then
//   resident      the memory the process has now (VmRSS), in bytes
#include <malloc.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "common/check.h"
#include "common/cudasim/tests/bench/problems.h"
#include "common/timing.h"

namespace nn::simbench {
namespace {

__global__ void gelu(float* y, const float* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i >= n) return;
  y[i] = 0.5f * x[i] * (1.0f + tanhf(0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i])));
}

__global__ void vector_sum(float* c, const float* a, const float* b, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) c[i] = a[i] + b[i];
}

__global__ void naive_product(float* c, const float* a, const float* b, int M, int K, int N) {
  const int m = static_cast<int>(blockIdx.y * blockDim.y + threadIdx.y);
  const int n = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (m >= M || n >= N) return;
  float sum = 0;
  for (int k = 0; k < K; ++k) sum += a[m * K + k] * b[k * N + n];
  c[m * N + n] = sum;
}

// N is a multiple of the tile.
__global__ void tiled_product(float* c, const float* a, const float* b, int N) {
  __shared__ float s_a[kTile][kTile], s_b[kTile][kTile];
  const int ty = static_cast<int>(threadIdx.y), tx = static_cast<int>(threadIdx.x);
  const int m = static_cast<int>(blockIdx.y) * kTile + ty;
  const int n = static_cast<int>(blockIdx.x) * kTile + tx;
  float sum = 0;
  for (int k0 = 0; k0 < N; k0 += kTile) {
    s_a[ty][tx] = a[m * N + k0 + tx];
    s_b[ty][tx] = b[(k0 + ty) * N + n];
    __syncthreads();  // both tiles are complete before any thread reads them
    for (int k = 0; k < kTile; ++k) sum += s_a[ty][k] * s_b[k][tx];
    __syncthreads();  // all have read them before the next tile overwrites them
  }
  c[m * N + n] = sum;
}

__global__ void stencil(float* out, const float* image, int H, int W) {
  const int h = static_cast<int>(blockIdx.y * blockDim.y + threadIdx.y);
  const int w = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (h >= H || w >= W) return;
  float sum = image[h * W + w];
  if (h > 0) sum += image[(h - 1) * W + w];
  if (h < H - 1) sum += image[(h + 1) * W + w];
  if (w > 0) sum += image[h * W + w - 1];
  if (w < W - 1) sum += image[h * W + w + 1];
  out[h * W + w] = 0.2f * sum;
}

__global__ void reversed_tiles(float* out, const float* in) {
  __shared__ float s_tile[kTileElements];
  const unsigned i = blockIdx.x * kTileElements + threadIdx.x;
  s_tile[threadIdx.x] = in[i];
  __syncthreads();  // the tile is complete before any thread reads another's element
  out[i] = s_tile[kTileElements - 1 - threadIdx.x];
}

__global__ void empty() {}
__global__ void barriers(int n) {
  for (int i = 0; i < n; ++i) __syncthreads();
}

void check(cudaError_t error) {
  NN_CHECK(error == cudaSuccess, "CUDA: ", cudaGetErrorString(error));
}

float* device_copy(const std::vector<float>& values) {
  if (values.empty()) return nullptr;
  float* copy = nullptr;
  check(cudaMalloc(&copy, values.size() * sizeof(float)));
  check(cudaMemcpy(copy, values.data(), values.size() * sizeof(float), cudaMemcpyHostToDevice));
  return copy;
}

// A problem with its arrays on the device.
struct Work {
  Problem problem;
  float *a, *b, *out;
  std::size_t bytes;
  explicit Work(const std::string& name) : problem(make_problem(name)) {
    a = device_copy(problem.a);
    b = device_copy(problem.b);
    out = device_copy(
        std::vector<float>(problem.want.size(), std::numeric_limits<float>::quiet_NaN()));
    bytes = (problem.a.size() + problem.b.size() + problem.want.size()) * sizeof(float);
  }
  ~Work() {
    for (float* array : {a, b, out}) cudaFree(array);
  }
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  std::vector<float> result() const {
    std::vector<float> values(problem.want.size());
    check(cudaMemcpy(values.data(), out, values.size() * sizeof(float), cudaMemcpyDeviceToHost));
    return values;
  }
};

unsigned blocks(int elements, int of) { return static_cast<unsigned>((elements + of - 1) / of); }

std::map<std::string, std::function<void(const Work&)>> kernels() {
  return {
      {"gelu", [](const Work& w) { gelu<<<blocks(kGelu, 256), 256>>>(w.out, w.a, kGelu); }},
      {"vector sum",
       [](const Work& w) { vector_sum<<<blocks(kSum, 256), 256>>>(w.out, w.a, w.b, kSum); }},
      {"naive product",
       [](const Work& w) {
         const dim3 block(16, 16), grid(blocks(kN, 16), blocks(kM, 16));
         naive_product<<<grid, block>>>(w.out, w.a, w.b, kM, kK, kN);
       }},
      {"tiled product",
       [](const Work& w) {
         const dim3 block(kTile, kTile), grid(kTiledN / kTile, kTiledN / kTile);
         tiled_product<<<grid, block>>>(w.out, w.a, w.b, kTiledN);
       }},
      {"stencil",
       [](const Work& w) {
         const dim3 block(32, 8), grid(blocks(kW, 32), blocks(kH, 8));
         stencil<<<grid, block>>>(w.out, w.a, kH, kW);
       }},
      {"reversed tiles",
       [](const Work& w) { reversed_tiles<<<kTiles, kTileElements>>>(w.out, w.a); }},
  };
}

// Kernels without data. What each is measured by: kBareBlocks blocks, kBarrierBlocks times kBarriers
// barriers of 256 threads, kLaunches launches.
std::map<std::string, std::function<void()>> bare_kernels() {
  return {
      {"empty 32", [] { empty<<<kBareBlocks, 32>>>(); }},
      {"empty 256", [] { empty<<<kBareBlocks, 256>>>(); }},
      {"one barrier 32", [] { barriers<<<kBareBlocks, 32>>>(1); }},
      {"one barrier 256", [] { barriers<<<kBareBlocks, 256>>>(1); }},
      {"barriers", [] { barriers<<<kBarrierBlocks, 256>>>(kBarriers); }},
      {"launches",
       [] {
         for (int i = 0; i < kLaunches; ++i) {
           empty<<<1, 32>>>();
           check(cudaDeviceSynchronize());
         }
       }},
  };
}

std::size_t resident_bytes() {
  malloc_trim(0);  // what the host's own arrays left behind does not count
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stoul(line.substr(6)) * 1024;
  }
  NN_CHECK(false, "/proc/self/status has no VmRSS");
  return 0;
}

class Server {
 public:
  std::string answer(const std::string& request) {
    const std::size_t space = request.find(' ');
    const std::string verb = request.substr(0, space);
    if (verb == "resident") return std::to_string(resident_bytes());
    const std::string name = space == std::string::npos ? "" : request.substr(space + 1);
    const bool cpu = verb == "cpu", run = cpu || verb == "run";
    NN_CHECK(run || verb == "verify" || verb == "bytes", "'", verb, "' is no request");
    if (run && bare_.contains(name)) return timed(bare_.at(name), cpu);
    NN_CHECK(kernels_.contains(name), "no kernel is called '", name, "'");
    Work& work = works_.try_emplace(name, name).first->second;
    if (verb == "bytes") return std::to_string(work.bytes);
    const std::string nanoseconds = timed([&] { kernels_.at(name)(work); }, cpu);
    if (run) return nanoseconds;
    check_result(name, work.result(), work.problem);
    return "ok";
  }

 private:
  static std::string timed(const std::function<void()>& launch, bool cpu) {
    const double start = cpu ? processor_seconds() : steady_seconds();
    launch();
    check(cudaDeviceSynchronize());
    return std::to_string(((cpu ? processor_seconds() : steady_seconds()) - start) * 1e9);
  }
  std::map<std::string, std::function<void(const Work&)>> kernels_ = kernels();
  std::map<std::string, std::function<void()>> bare_ = bare_kernels();
  std::map<std::string, Work> works_;
};

}  // namespace
}  // namespace nn::simbench

int main() {
  nn::simbench::Server server;
  for (std::string request; std::getline(std::cin, request);) {
    std::string answer;
    try {
      answer = server.answer(request);
    } catch (const std::exception& error) {
      answer = error.what();
    }
    std::cout << answer << std::endl;
  }
}
