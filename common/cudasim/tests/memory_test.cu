// Memory: every way to allocate and copy, symbols, and what the device's variables hold.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <numeric>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

__constant__ float c_weights[4];
__constant__ int c_scale = 3;
__device__ int d_counter = 5;
__device__ float d_table[8];
__managed__ int m_total = 1;

__global__ void use_symbols(float* out) {
  out[threadIdx.x] = c_weights[threadIdx.x] * static_cast<float>(c_scale) + d_table[threadIdx.x];
  if (threadIdx.x == 0) {
    d_counter += 2;
    m_total += 40;
  }
}

TEST(Symbols, AreCopiedToAndFrom) {
  const float weights[4] = {1, 2, 3, 4}, table[2] = {10, 20};
  ASSERT_EQ(cudaMemcpyToSymbol(c_weights, weights, sizeof weights), cudaSuccess);
  const float zeros[8] = {};
  ASSERT_EQ(cudaMemcpyToSymbol(d_table, zeros, sizeof zeros), cudaSuccess);
  ASSERT_EQ(cudaMemcpyToSymbol(d_table, table, sizeof table, 2 * sizeof(float)), cudaSuccess);
  DeviceArray<float> out(4);
  use_symbols<<<1, 4>>>(out.data());
  EXPECT_EQ(out.host(), (std::vector<float>{3, 6, 19, 32}));
  int counter = 0;
  ASSERT_EQ(cudaMemcpyFromSymbol(&counter, d_counter, sizeof counter), cudaSuccess);
  EXPECT_EQ(counter, 7);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(m_total, 41);
  void* address = nullptr;
  std::size_t size = 0;
  ASSERT_EQ(cudaGetSymbolAddress(&address, d_table), cudaSuccess);
  ASSERT_EQ(cudaGetSymbolSize(&size, d_table), cudaSuccess);
  EXPECT_EQ(size, sizeof(float) * 8);
  float back[8];
  ASSERT_EQ(cudaMemcpy(back, address, sizeof back, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_EQ(back[3], 20);
  EXPECT_EQ(cudaMemcpyToSymbol(c_weights, weights, sizeof weights, 4), cudaErrorInvalidValue);
  cudaGetLastError();
}

__global__ void add_one(int* x, int n) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i < n) x[i] += 1;
}

TEST(Allocation, IsAligned) {
  std::vector<void*> all;
  for (const std::size_t bytes : {1u, 3u, 255u, 256u, 4095u, 4096u, 4097u, 100000u}) {
    void* p = nullptr;
    ASSERT_EQ(cudaMalloc(&p, bytes), cudaSuccess);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % 256, 0u) << bytes;
    EXPECT_EQ(cudaMemset(p, 7, bytes), cudaSuccess);
    all.push_back(p);
  }
  for (void* p : all) EXPECT_EQ(cudaFree(p), cudaSuccess);
}

TEST(Allocation, PinnedAndManagedAreSeenByBothSides) {
  int *pinned = nullptr, *managed = nullptr, *mapped = nullptr;
  ASSERT_EQ(cudaMallocHost(&pinned, 100 * sizeof(int)), cudaSuccess);
  ASSERT_EQ(cudaMallocManaged(&managed, 100 * sizeof(int)), cudaSuccess);
  for (int i = 0; i < 100; ++i) pinned[i] = managed[i] = i;
  ASSERT_EQ(cudaHostGetDevicePointer(&mapped, pinned, 0), cudaSuccess);
  add_one<<<1, 128>>>(mapped, 100);
  add_one<<<1, 128>>>(managed, 100);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(pinned[i], i + 1);
    EXPECT_EQ(managed[i], i + 1);
  }
  cudaPointerAttributes a;
  ASSERT_EQ(cudaPointerGetAttributes(&a, pinned + 3), cudaSuccess);
  EXPECT_EQ(a.type, cudaMemoryTypeHost);
  ASSERT_EQ(cudaPointerGetAttributes(&a, managed), cudaSuccess);
  EXPECT_EQ(a.type, cudaMemoryTypeManaged);
  int local = 0;
  ASSERT_EQ(cudaPointerGetAttributes(&a, &local), cudaSuccess);
  EXPECT_EQ(a.type, cudaMemoryTypeUnregistered);
  EXPECT_EQ(cudaFreeHost(pinned), cudaSuccess);
  EXPECT_EQ(cudaFree(managed), cudaSuccess);
}

TEST(Allocation, MemoryInfoCountsIt) {
  std::size_t before = 0, after = 0, total = 0;
  ASSERT_EQ(cudaMemGetInfo(&before, &total), cudaSuccess);
  EXPECT_LE(before, total);
  void* p = nullptr;
  ASSERT_EQ(cudaMalloc(&p, 64 << 20), cudaSuccess);
  ASSERT_EQ(cudaMemGetInfo(&after, &total), cudaSuccess);
  EXPECT_LE(after + (60 << 20), before);
  cudaFree(p);
}

__global__ void fill_pitched(char* base, std::size_t pitch, int width, int height) {
  const int x = static_cast<int>(threadIdx.x), y = static_cast<int>(blockIdx.x);
  if (x < width && y < height) {
    reinterpret_cast<float*>(base + static_cast<std::size_t>(y) * pitch)[x] =
        static_cast<float>(100 * y + x);
  }
}

TEST(Pitched, RowsAreApartAndCopiesLeaveThePaddingOut) {
  const int width = 33, height = 7;
  char* p = nullptr;
  std::size_t pitch = 0;
  ASSERT_EQ(cudaMallocPitch(&p, &pitch, width * sizeof(float), height), cudaSuccess);
  EXPECT_GE(pitch, width * sizeof(float));
  ASSERT_EQ(cudaMemset2D(p, pitch, 0, width * sizeof(float), height), cudaSuccess);
  fill_pitched<<<height, 64>>>(p, pitch, width, height);
  std::vector<float> got(width * height, -1);
  ASSERT_EQ(cudaMemcpy2D(got.data(), width * sizeof(float), p, pitch, width * sizeof(float), height,
                         cudaMemcpyDeviceToHost),
            cudaSuccess);
  for (int i = 0; i < width * height; ++i) {
    EXPECT_EQ(got[static_cast<std::size_t>(i)], static_cast<float>(i / width * 100 + i % width));
  }
  EXPECT_EQ(cudaFree(p), cudaSuccess);
}

TEST(Pitched, ThreeDimensions) {
  const cudaExtent extent = make_cudaExtent(5 * sizeof(int), 4, 3);
  cudaPitchedPtr device{};
  ASSERT_EQ(cudaMalloc3D(&device, extent), cudaSuccess);
  std::vector<int> in(60), out(60, -1);
  std::iota(in.begin(), in.end(), 0);
  cudaMemcpy3DParms p{};
  p.srcPtr = make_cudaPitchedPtr(in.data(), 5 * sizeof(int), 5, 4);
  p.dstPtr = device;
  p.extent = extent;
  p.kind = cudaMemcpyHostToDevice;
  ASSERT_EQ(cudaMemcpy3D(&p), cudaSuccess);
  cudaMemcpy3DParms back{};
  back.srcPtr = device;
  back.dstPtr = make_cudaPitchedPtr(out.data(), 5 * sizeof(int), 5, 4);
  back.extent = extent;
  back.kind = cudaMemcpyDeviceToHost;
  ASSERT_EQ(cudaMemcpy3D(&back), cudaSuccess);
  EXPECT_EQ(out, in);
  // One cell in the middle.
  ASSERT_EQ(cudaMemset3D(device, 0, extent), cudaSuccess);
  p.extent = make_cudaExtent(sizeof(int), 1, 1);
  p.srcPos = make_cudaPos(2 * sizeof(int), 1, 2);
  p.dstPos = make_cudaPos(3 * sizeof(int), 2, 0);
  ASSERT_EQ(cudaMemcpy3D(&p), cudaSuccess);
  ASSERT_EQ(cudaMemcpy3D(&back), cudaSuccess);
  std::vector<int> want(60, 0);
  want[2 * 5 + 3] = in[2 * 20 + 5 + 2];
  EXPECT_EQ(out, want);
  EXPECT_EQ(cudaFree(device.ptr), cudaSuccess);
}

TEST(Copies, EveryKind) {
  std::vector<int> in(1000), out(1000, 0), out2(1000, 0);
  std::iota(in.begin(), in.end(), 7);
  DeviceArray<int> a(1000), b(1000);
  ASSERT_EQ(cudaMemcpy(a.data(), in.data(), 4000, cudaMemcpyDefault), cudaSuccess);
  ASSERT_EQ(cudaMemcpy(b.data(), a.data(), 4000, cudaMemcpyDeviceToDevice), cudaSuccess);
  ASSERT_EQ(cudaMemcpy(out.data(), b.data(), 4000, cudaMemcpyDefault), cudaSuccess);
  EXPECT_EQ(out, in);
  ASSERT_EQ(cudaMemcpy(out2.data(), out.data(), 4000, cudaMemcpyHostToHost), cudaSuccess);
  EXPECT_EQ(out2, in);
}

// From pageable memory the source may be reused as soon as the call returns.
TEST(Copies, AsyncFromPageableMemoryTakesItsCopyFirst) {
  DeviceArray<int> x(1000);
  std::vector<int> in(1000, 1);
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(x.data(), in.data(), 4000, cudaMemcpyHostToDevice, stream),
            cudaSuccess);
  std::fill(in.begin(), in.end(), 2);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(x.host(), std::vector<int>(1000, 1));
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Allocation, InStreamOrder) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  int *p = nullptr, result = 0;
  ASSERT_EQ(cudaMallocAsync(&p, sizeof(int), stream), cudaSuccess);
  ASSERT_EQ(cudaMemsetAsync(p, 0, sizeof(int), stream), cudaSuccess);
  for (int i = 0; i < 10; ++i) add_one<<<1, 1, 0, stream>>>(p, 1);
  ASSERT_EQ(cudaMemcpyAsync(&result, p, sizeof(int), cudaMemcpyDeviceToHost, stream), cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(p, stream), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(result, 10);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

}  // namespace
