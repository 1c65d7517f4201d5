// Parts of the runtime API that are asked for now and then: advice about managed memory, memory pools, launches by
// configuration structures, kernels' attributes and occupancy, limits, 3-D copies, pointers' attributes.
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

cudaMemLocation device_zero() {
  cudaMemLocation l{};
  l.type = cudaMemLocationTypeDevice;
  return l;
}
cudaMemLocation host() {
  cudaMemLocation l{};
  l.type = cudaMemLocationTypeHost;
  return l;
}

TEST(Managed, AdviceIsRemembered) {
  const std::size_t bytes = 1 << 20;
  char* p = nullptr;
  ASSERT_EQ(cudaMallocManaged(&p, bytes), cudaSuccess);
  const auto ask = [&](cudaMemRangeAttribute attribute, std::size_t first, std::size_t count) {
    int value = -77;
    EXPECT_EQ(cudaMemRangeGetAttribute(&value, sizeof value, attribute, p + first, count),
              cudaSuccess);
    return value;
  };
  EXPECT_EQ(ask(cudaMemRangeAttributeReadMostly, 0, bytes), 0);
  EXPECT_EQ(ask(cudaMemRangeAttributePreferredLocation, 0, bytes), cudaInvalidDeviceId);
  EXPECT_EQ(ask(cudaMemRangeAttributeLastPrefetchLocation, 0, bytes), cudaInvalidDeviceId);
  ASSERT_EQ(cudaMemAdvise(p, bytes / 2, cudaMemAdviseSetReadMostly, device_zero()), cudaSuccess);
  EXPECT_EQ(ask(cudaMemRangeAttributeReadMostly, 0, bytes / 2), 1);
  EXPECT_EQ(ask(cudaMemRangeAttributeReadMostly, 0, bytes), 0);  // not of the whole range
  ASSERT_EQ(cudaMemAdvise(p, bytes, cudaMemAdviseSetPreferredLocation, host()), cudaSuccess);
  ASSERT_EQ(cudaMemAdvise(p, bytes, cudaMemAdviseSetAccessedBy, device_zero()), cudaSuccess);
  ASSERT_EQ(cudaMemPrefetchAsync(p, bytes, device_zero(), 0, nullptr), cudaSuccess);
  int preferred = 0, prefetched = -9, accessed[2] = {5, 5};
  void* data[] = {&preferred, &prefetched, accessed};
  std::size_t sizes[] = {sizeof preferred, sizeof prefetched, sizeof accessed};
  cudaMemRangeAttribute attributes[] = {cudaMemRangeAttributePreferredLocation,
                                        cudaMemRangeAttributeLastPrefetchLocation,
                                        cudaMemRangeAttributeAccessedBy};
  ASSERT_EQ(cudaMemRangeGetAttributes(data, sizes, attributes, 3, p, bytes), cudaSuccess);
  EXPECT_EQ(preferred, cudaCpuDeviceId);
  EXPECT_EQ(prefetched, 0);
  EXPECT_EQ(accessed[0], 0);
  EXPECT_EQ(accessed[1], cudaInvalidDeviceId);
  ASSERT_EQ(cudaMemAdvise(p, bytes, cudaMemAdviseUnsetPreferredLocation, host()), cudaSuccess);
  EXPECT_EQ(ask(cudaMemRangeAttributePreferredLocation, 0, bytes), cudaInvalidDeviceId);
  // Past the end, and what is no managed memory.
  int value = 0;
  EXPECT_EQ(
      cudaMemRangeGetAttribute(&value, sizeof value, cudaMemRangeAttributeReadMostly, p, bytes + 1),
      cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemPrefetchAsync(&value, sizeof value, device_zero(), 0, nullptr),
            cudaErrorInvalidValue);
  cudaGetLastError();
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  EXPECT_EQ(cudaStreamAttachMemAsync(stream, p), cudaSuccess);
  EXPECT_EQ(cudaStreamAttachMemAsync(stream, &value), cudaErrorInvalidValue);
  cudaGetLastError();
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  EXPECT_EQ(cudaFree(p), cudaSuccess);
}

TEST(Pools, CountWhatIsTakenFromThem) {
  cudaMemPoolProps properties{};
  properties.allocType = cudaMemAllocationTypePinned;
  properties.location = device_zero();
  cudaMemPool_t pool = nullptr, current = nullptr, standard = nullptr;
  ASSERT_EQ(cudaMemPoolCreate(&pool, &properties), cudaSuccess);
  ASSERT_EQ(cudaDeviceGetDefaultMemPool(&standard, 0), cudaSuccess);
  ASSERT_EQ(cudaDeviceGetMemPool(&current, 0), cudaSuccess);
  EXPECT_EQ(current, standard);
  std::uint64_t threshold = 1 << 20, got = 0;
  ASSERT_EQ(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &threshold),
            cudaSuccess);
  ASSERT_EQ(cudaMemPoolGetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &got), cudaSuccess);
  EXPECT_EQ(got, threshold);
  const auto used = [&](cudaMemPoolAttr attribute) {
    std::uint64_t bytes = 0;
    EXPECT_EQ(cudaMemPoolGetAttribute(pool, attribute, &bytes), cudaSuccess);
    return bytes;
  };
  int *a = nullptr, *b = nullptr;
  ASSERT_EQ(cudaMallocFromPoolAsync(&a, 4096, pool, nullptr), cudaSuccess);
  EXPECT_EQ(used(cudaMemPoolAttrUsedMemCurrent), 4096u);
  ASSERT_EQ(cudaDeviceSetMemPool(0, pool), cudaSuccess);
  ASSERT_EQ(cudaMallocAsync(&b, 8192, nullptr), cudaSuccess);
  EXPECT_EQ(used(cudaMemPoolAttrUsedMemCurrent), 4096u + 8192u);
  ASSERT_EQ(cudaMemsetAsync(b, 7, 8192, nullptr), cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(a, nullptr), cudaSuccess);
  ASSERT_EQ(cudaFreeAsync(b, nullptr), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  EXPECT_EQ(used(cudaMemPoolAttrUsedMemCurrent), 0u);
  EXPECT_EQ(used(cudaMemPoolAttrUsedMemHigh), 4096u + 8192u);
  ASSERT_EQ(cudaMemPoolTrimTo(pool, 0), cudaSuccess);
  ASSERT_EQ(cudaDeviceSetMemPool(0, standard), cudaSuccess);
  ASSERT_EQ(cudaMemPoolDestroy(pool), cudaSuccess);
}

__global__ void scale(float* x, float factor, int n) {
  extern __shared__ float s_x[];
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  s_x[threadIdx.x] = i < n ? x[i] : 0;
  __syncthreads();
  if (i < n) x[i] = factor * s_x[threadIdx.x];
}
__global__ void no_shared(int* x) { *x = 1; }

TEST(Launch, ByConfigurationStructures) {
  const int n = 100;
  DeviceArray<float> x(n, 2.0f);
  cudaLaunchConfig_t config{};
  config.gridDim = 4;
  config.blockDim = 32;
  config.dynamicSmemBytes = 32 * sizeof(float);
  ASSERT_EQ(cudaLaunchKernelEx(&config, scale, x.data(), 3.0f, n), cudaSuccess);
  cudaLaunchAttribute attribute{};
  attribute.id = cudaLaunchAttributeCooperative;
  attribute.val.cooperative = 1;
  config.attrs = &attribute;
  config.numAttrs = 1;
  float* p = x.data();
  float factor = 5;
  int count = n;
  void* args[] = {&p, &factor, &count};
  ASSERT_EQ(cudaLaunchKernelExC(&config, reinterpret_cast<const void*>(scale), args), cudaSuccess);
  EXPECT_EQ(x.host(), std::vector<float>(n, 30.0f));
  config.blockDim = 2000;
  EXPECT_EQ(cudaLaunchKernelEx(&config, scale, x.data(), 3.0f, n), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
}

TEST(Kernels, AttributesAndOccupancy) {
  cudaFuncAttributes attributes{};
  ASSERT_EQ(cudaFuncGetAttributes(&attributes, no_shared), cudaSuccess);
  EXPECT_EQ(attributes.maxThreadsPerBlock, 1024);
  EXPECT_EQ(attributes.sharedSizeBytes, 0u);
  EXPECT_EQ(attributes.maxDynamicSharedSizeBytes, 48 * 1024);
  ASSERT_EQ(cudaFuncSetAttribute(no_shared, cudaFuncAttributeMaxDynamicSharedMemorySize, 65536),
            cudaSuccess);
  ASSERT_EQ(cudaFuncGetAttributes(&attributes, no_shared), cudaSuccess);
  EXPECT_EQ(attributes.maxDynamicSharedSizeBytes, 65536);
  cudaDeviceProp device;
  ASSERT_EQ(cudaGetDeviceProperties(&device, 0), cudaSuccess);
  for (const int threads : {1, 32, 33, 128, 1000, 1024}) {
    int blocks = 0, flagged = 0;
    ASSERT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, no_shared, threads, 0),
              cudaSuccess);
    ASSERT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(&flagged, no_shared, threads,
                                                                     0, cudaOccupancyDefault),
              cudaSuccess);
    const int warps = (threads + 31) / 32;  // a small kernel is limited by blocks and warps alone
    EXPECT_EQ(blocks, std::min(device.maxBlocksPerMultiProcessor,
                               device.maxThreadsPerMultiProcessor / 32 / warps));
    EXPECT_EQ(flagged, blocks);
  }
  int with_shared = 0;
  ASSERT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&with_shared, no_shared, 32, 60000),
            cudaSuccess);
  EXPECT_EQ(static_cast<std::size_t>(with_shared),
            device.sharedMemPerMultiprocessor / (60000 + device.reservedSharedMemPerBlock));
  int grid = 0, block = 0;
  ASSERT_EQ(cudaOccupancyMaxPotentialBlockSize(&grid, &block, no_shared, 0, 200), cudaSuccess);
  EXPECT_GT(block, 0);
  EXPECT_LE(block, 200);
  EXPECT_EQ(grid % device.multiProcessorCount, 0);
}

TEST(Limits, AreWhatTheyWereSetTo) {
  std::size_t value = 0, before = 0;
  ASSERT_EQ(cudaDeviceGetLimit(&before, cudaLimitStackSize), cudaSuccess);
  ASSERT_EQ(cudaDeviceSetLimit(cudaLimitStackSize, 4096), cudaSuccess);
  ASSERT_EQ(cudaDeviceGetLimit(&value, cudaLimitStackSize), cudaSuccess);
  EXPECT_EQ(value, 4096u);
  ASSERT_EQ(cudaDeviceSetLimit(cudaLimitStackSize, before), cudaSuccess);
  ASSERT_EQ(cudaDeviceSetLimit(cudaLimitMallocHeapSize, 16 << 20), cudaSuccess);
  ASSERT_EQ(cudaDeviceGetLimit(&value, cudaLimitMallocHeapSize), cudaSuccess);
  EXPECT_GE(value, std::size_t{16} << 20);
}

// A box of 5 x 3 x 2 bytes from the middle of a host array of 7 x 4 x 3 into a 3-D allocation, and back.
TEST(Copies, BoxesOfThreeDimensions) {
  const std::size_t W = 7, H = 4, D = 3;
  std::vector<unsigned char> source(W * H * D), back(W * H * D, 0xee);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<unsigned char>(i + 1);
  cudaPitchedPtr device;
  ASSERT_EQ(cudaMalloc3D(&device, make_cudaExtent(W, H, D)), cudaSuccess);
  ASSERT_EQ(cudaMemset3D(device, 9, make_cudaExtent(W, H, D)), cudaSuccess);
  cudaMemcpy3DParms p{};
  p.srcPtr = make_cudaPitchedPtr(source.data(), W, W, H);
  p.srcPos = make_cudaPos(1, 1, 1);
  p.dstPtr = device;
  p.dstPos = make_cudaPos(2, 0, 0);
  p.extent = make_cudaExtent(5, 3, 2);
  p.kind = cudaMemcpyHostToDevice;
  ASSERT_EQ(cudaMemcpy3D(&p), cudaSuccess);
  cudaMemcpy3DParms q{};
  q.srcPtr = device;
  q.dstPtr = make_cudaPitchedPtr(back.data(), W, W, H);
  q.extent = make_cudaExtent(W, H, D);
  q.kind = cudaMemcpyDeviceToHost;
  ASSERT_EQ(cudaMemcpy3DAsync(&q, nullptr), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(nullptr), cudaSuccess);
  for (std::size_t z = 0; z < D; ++z) {
    for (std::size_t y = 0; y < H; ++y) {
      for (std::size_t x = 0; x < W; ++x) {
        const bool inside = x >= 2 && y < 3 && z < 2;
        const int want = inside ? source[(z + 1) * W * H + (y + 1) * W + (x - 1)] : 9;
        EXPECT_EQ(back[z * W * H + y * W + x], want) << x << "," << y << "," << z;
      }
    }
  }
  EXPECT_EQ(cudaFree(device.ptr), cudaSuccess);
}

TEST(Pointers, KnowWhereTheyLead) {
  int local = 0, *device = nullptr, *pinned = nullptr, *managed = nullptr;
  ASSERT_EQ(cudaMalloc(&device, 64), cudaSuccess);
  ASSERT_EQ(cudaMallocHost(&pinned, 64), cudaSuccess);
  ASSERT_EQ(cudaMallocManaged(&managed, 64), cudaSuccess);
  cudaPointerAttributes a{};
  ASSERT_EQ(cudaPointerGetAttributes(&a, device + 3), cudaSuccess);
  EXPECT_EQ(a.type, cudaMemoryTypeDevice);
  EXPECT_EQ(a.devicePointer, device + 3);
  EXPECT_EQ(a.hostPointer, nullptr);
  ASSERT_EQ(cudaPointerGetAttributes(&a, pinned), cudaSuccess);
  EXPECT_EQ(a.type, cudaMemoryTypeHost);
  EXPECT_EQ(a.hostPointer, pinned);
  ASSERT_EQ(cudaPointerGetAttributes(&a, managed), cudaSuccess);
  EXPECT_EQ(a.type, cudaMemoryTypeManaged);
  EXPECT_EQ(a.devicePointer, a.hostPointer);
  ASSERT_EQ(cudaPointerGetAttributes(&a, &local), cudaSuccess);
  EXPECT_EQ(a.type, cudaMemoryTypeUnregistered);
  EXPECT_EQ(a.devicePointer, nullptr);
  ASSERT_EQ(cudaMemcpyPeer(device, 0, managed, 0, 64), cudaSuccess);
  EXPECT_EQ(cudaMemcpyPeer(device, 1, managed, 0, 64), cudaErrorInvalidDevice);
  cudaGetLastError();
  int stream_device = -1;
  EXPECT_EQ(cudaStreamGetDevice(nullptr, &stream_device), cudaSuccess);
  EXPECT_EQ(stream_device, 0);
  cudaFree(device);
  cudaFreeHost(pinned);
  cudaFree(managed);
}

}  // namespace
