// Errors that a program can go on after: what each misuse of the API answers, and what
// cudaGetLastError and cudaPeekAtLastError remember.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "common/cudasim/tests/device_array.h"

namespace {

// A value that the enumeration has no name for, from outside the compiler's sight.
template <class E>
E from_int(int value) {
  volatile int hidden = value;
  return static_cast<E>(hidden);
}

__global__ void nothing() {}
__global__ void needs_pointer(int* p, int value) {
  if (p != nullptr) *p = value;
}

TEST(LastError, GetResetsAndPeekDoesNot) {
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  nothing<<<0, 1>>>();
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);  // nothing of it stays
}

TEST(LastError, ALaterSuccessDoesNotHideIt) {
  nothing<<<1, 2000>>>();
  nothing<<<1, 1>>>();
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration);
}

struct BadLaunch {
  dim3 grid, block;
  std::size_t shared;
};

TEST(Launch, ConfigurationsThatNoDeviceCanRun) {
  const BadLaunch bad[] = {
      {0, 1, 0},
      {1, 0, 0},
      {dim3(1, 0), 1, 0},
      {dim3(1, 1, 0), 1, 0},
      {1, dim3(1, 0), 0},
      {1, 1025, 0},
      {1, dim3(33, 32), 0},
      {1, dim3(1, 1, 65), 0},
      {dim3(1, 65536), 1, 0},
      {dim3(1, 1, 65536), 1, 0},
      {2147483648u, 1, 0},  // 2^31 blocks: one more than there may be
      {4294967295u, 1, 0},
  };
  for (const BadLaunch& b : bad) {
    nothing<<<b.grid, b.block, b.shared>>>();
    EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidConfiguration)
        << b.grid.x << "," << b.grid.y << "," << b.grid.z << " " << b.block.x << "," << b.block.y;
  }
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

TEST(Launch, ArgumentsThatThrowLeaveNothingBehind) {
  DeviceArray<int> x(1, 0);
  const auto thrower = []() -> int { throw std::runtime_error("no value"); };
  const auto launch = [&](bool fails) { needs_pointer<<<1, 1>>>(x.data(), fails ? thrower() : 7); };
  EXPECT_THROW(launch(true), std::runtime_error);
  launch(false);
  EXPECT_EQ(x.host()[0], 7);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST(Launch, DynamicSharedMemoryPastTheDefaultLimit) {
  nothing<<<1, 1, 49152>>>();
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  nothing<<<1, 1, 49153>>>();
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFuncSetAttribute(needs_pointer, cudaFuncAttributeMaxDynamicSharedMemorySize, 65536),
            cudaSuccess);
  needs_pointer<<<1, 1, 65536>>>(nullptr, 0);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
  EXPECT_EQ(
      cudaFuncSetAttribute(needs_pointer, cudaFuncAttributeMaxDynamicSharedMemorySize, 100 << 20),
      cudaErrorInvalidValue);
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidValue);
}

TEST(Launch, ByAddressWithAnArrayOfArguments) {
  DeviceArray<int> x(1, 0);
  int* p = x.data();
  int value = 11;
  void* args[] = {&p, &value};
  EXPECT_EQ(cudaLaunchKernel(needs_pointer, dim3(1), dim3(1), args, 0, nullptr), cudaSuccess);
  EXPECT_EQ(x.host()[0], 11);
  value = 12;
  EXPECT_EQ(cudaLaunchKernel(reinterpret_cast<const void*>(&needs_pointer), dim3(1), dim3(1), args,
                             0, nullptr),
            cudaSuccess);
  EXPECT_EQ(x.host()[0], 12);
}

TEST(Memory, Misuse) {
  char host[16] = {};
  int local = 0;
  void* p = nullptr;
  EXPECT_EQ(cudaMalloc(&p, std::size_t{1} << 60), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaGetLastError(), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaFree(nullptr), cudaSuccess);
  EXPECT_EQ(cudaFree(&local), cudaErrorInvalidValue);
  ASSERT_EQ(cudaMalloc(&p, 16), cudaSuccess);
  EXPECT_EQ(cudaMemcpy(p, host, 16, from_int<cudaMemcpyKind>(4 + 2)),
            cudaErrorInvalidMemcpyDirection);
  EXPECT_EQ(cudaMemcpy(p, nullptr, 16, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy2D(p, 2, host, 4, 4, 2, cudaMemcpyHostToDevice), cudaErrorInvalidPitchValue);
  EXPECT_EQ(cudaFree(p), cudaSuccess);
  EXPECT_EQ(cudaFree(p), cudaErrorInvalidValue);  // twice
  cudaGetLastError();
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

TEST(Names, OfCodes) {
  EXPECT_STREQ(cudaGetErrorName(cudaSuccess), "cudaSuccess");
  EXPECT_STREQ(cudaGetErrorString(cudaSuccess), "no error");
  EXPECT_STREQ(cudaGetErrorName(cudaErrorInvalidConfiguration), "cudaErrorInvalidConfiguration");
  EXPECT_STREQ(cudaGetErrorString(cudaErrorInvalidConfiguration), "invalid configuration argument");
  EXPECT_STREQ(cudaGetErrorName(from_int<cudaError_t>(997)), "unrecognized error code");
}

TEST(Device, ThereIsOne) {
  int count = 0, device = -1;
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaSuccess);
  ASSERT_GE(count, 1);
  EXPECT_EQ(cudaSetDevice(count), cudaErrorInvalidDevice);
  cudaGetLastError();
  EXPECT_EQ(cudaSetDevice(0), cudaSuccess);
  EXPECT_EQ(cudaGetDevice(&device), cudaSuccess);
  EXPECT_EQ(device, 0);
  cudaDeviceProp p;
  ASSERT_EQ(cudaGetDeviceProperties(&p, 0), cudaSuccess);
  EXPECT_EQ(p.warpSize, 32);
  EXPECT_EQ(p.maxThreadsPerBlock, 1024);
  EXPECT_EQ(p.sharedMemPerBlock, 49152u);
  int value = 0;
  EXPECT_EQ(cudaDeviceGetAttribute(&value, cudaDevAttrMultiProcessorCount, 0), cudaSuccess);
  EXPECT_EQ(value, p.multiProcessorCount);
  EXPECT_EQ(cudaDeviceGetAttribute(&value, cudaDevAttrComputeCapabilityMajor, 0), cudaSuccess);
  EXPECT_EQ(value, p.major);
}

TEST(Device, IsFoundByItsBusId) {
  char id[32];
  int device = -1;
  ASSERT_EQ(cudaDeviceGetPCIBusId(id, sizeof id, 0), cudaSuccess);
  EXPECT_EQ(cudaDeviceGetByPCIBusId(&device, id), cudaSuccess);
  EXPECT_EQ(device, 0);
  EXPECT_EQ(cudaDeviceGetByPCIBusId(&device, "ff:1f.0"), cudaErrorInvalidDevice);
  EXPECT_EQ(cudaDeviceGetByPCIBusId(&device, "no bus"), cudaErrorInvalidValue);
  EXPECT_EQ(cudaDeviceGetByPCIBusId(nullptr, id), cudaErrorInvalidValue);
  cudaGetLastError();
}

TEST(Occupancy, ThreadsAndSharedMemoryLimitIt) {
  int blocks = 0, grid = 0, block = 0;
  ASSERT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, nothing, 1024, 0), cudaSuccess);
  EXPECT_GE(blocks, 1);
  ASSERT_EQ(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, nothing, 32, 40000),
            cudaSuccess);
  EXPECT_LE(blocks, 6);
  ASSERT_EQ(cudaOccupancyMaxPotentialBlockSize(&grid, &block, nothing, 0, 0), cudaSuccess);
  EXPECT_EQ(block % 32, 0);
  EXPECT_GE(grid, 1);
}

#ifdef CUDASIM
// What the documentation leaves undefined, and the simulator names.
TEST(Handles, DestroyedStreamsAndEventsAreRefused) {
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  ASSERT_EQ(cudaStreamDestroy(stream), cudaSuccess);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaErrorInvalidResourceHandle);
  nothing<<<1, 1, 0, stream>>>();
  cudaEvent_t event = nullptr;
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidResourceHandle);
  ASSERT_EQ(cudaEventCreate(&event), cudaSuccess);
  ASSERT_EQ(cudaEventDestroy(event), cudaSuccess);
  EXPECT_EQ(cudaEventRecord(event), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaEventSynchronize(event), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaStreamWaitEvent(nullptr, event), cudaErrorInvalidResourceHandle);
  cudaGetLastError();
}

TEST(Memory, CopiesThatLeaveTheirArrays) {
  int host[8] = {};
  DeviceArray<int> x(8, 0);
  EXPECT_EQ(cudaMemcpy(x.data(), host, 36, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(host, x.data() + 1, 32, cudaMemcpyDeviceToHost), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpy(host, x.data(), 32, cudaMemcpyHostToDevice), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemset(host, 0, 32), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemset(x.data(), 0, 33), cudaErrorInvalidValue);
  cudaGetLastError();
}
#endif

}  // namespace
