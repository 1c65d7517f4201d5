// Streams and events: work goes on behind the host's back, in the order the streams set.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "common/cudasim/tests/device_array.h"

namespace {

// Spins until the host writes the flag; mapped memory is seen by both.
__global__ void wait_for_host(volatile int* flag, int* out, int value) {
  while (*flag == 0) {
  }
  *out = value;
}
__global__ void set_value(int* out, int value) { *out = value; }
__global__ void append(int* list, int* count, int value) { list[(*count)++] = value; }

class MappedFlag {
 public:
  MappedFlag() {
    EXPECT_EQ(cudaHostAlloc(&flag_, sizeof(int), cudaHostAllocMapped), cudaSuccess), *flag_ = 0;
  }
  ~MappedFlag() { cudaFreeHost(flag_); }
  MappedFlag(const MappedFlag&) = delete;
  MappedFlag& operator=(const MappedFlag&) = delete;
  int* device() {
    int* p = nullptr;
    EXPECT_EQ(cudaHostGetDevicePointer(&p, flag_, 0), cudaSuccess);
    return p;
  }
  void raise() { *static_cast<volatile int*>(flag_) = 1; }

 private:
  int* flag_ = nullptr;
};

TEST(Streams, LaunchesReturnBeforeTheKernelEnds) {
  MappedFlag flag;
  DeviceArray<int> out(1, 0);
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  wait_for_host<<<1, 1, 0, stream>>>(flag.device(), out.data(), 9);
  EXPECT_EQ(cudaStreamQuery(stream), cudaErrorNotReady);
  cudaGetLastError();
  flag.raise();
  EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(cudaStreamQuery(stream), cudaSuccess);
  EXPECT_EQ(out.host()[0], 9);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

TEST(Streams, WorkOfOneFollowsInOrder) {
  DeviceArray<int> list(200, -1), count(1, 0);
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
  std::vector<int> want;
  for (int i = 0; i < 200; ++i) {
    append<<<1, 1, 0, stream>>>(list.data(), count.data(), i);
    want.push_back(i);
  }
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(list.host(), want);
  EXPECT_EQ(cudaStreamDestroy(stream), cudaSuccess);
}

// A copy in another stream reaches a device that a kernel keeps busy.
TEST(Streams, CopiesOvertakeABusyKernel) {
  int* flag = nullptr;
  ASSERT_EQ(cudaMalloc(&flag, sizeof(int)), cudaSuccess);
  ASSERT_EQ(cudaMemset(flag, 0, sizeof(int)), cudaSuccess);
  DeviceArray<int> out(1, 0);
  int* one = nullptr;
  ASSERT_EQ(cudaMallocHost(&one, sizeof(int)), cudaSuccess);
  *one = 1;
  cudaStream_t a = nullptr, b = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&a, cudaStreamNonBlocking), cudaSuccess);
  ASSERT_EQ(cudaStreamCreateWithFlags(&b, cudaStreamNonBlocking), cudaSuccess);
  wait_for_host<<<1, 1, 0, a>>>(flag, out.data(), 4);
  ASSERT_EQ(cudaMemcpyAsync(flag, one, sizeof(int), cudaMemcpyHostToDevice, b), cudaSuccess);
  EXPECT_EQ(cudaStreamSynchronize(a), cudaSuccess);
  EXPECT_EQ(out.host()[0], 4);
  cudaStreamDestroy(a);
  cudaStreamDestroy(b);
  cudaFree(flag);
  cudaFreeHost(one);
}

TEST(Streams, TheLegacyDefaultStreamWaitsForBlockingOnes) {
  MappedFlag flag;
  DeviceArray<int> out(1, 0);
  cudaStream_t blocking = nullptr, free_stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&blocking), cudaSuccess);
  ASSERT_EQ(cudaStreamCreateWithFlags(&free_stream, cudaStreamNonBlocking), cudaSuccess);
  wait_for_host<<<1, 1, 0, blocking>>>(flag.device(), out.data(), 1);
  set_value<<<1, 1>>>(out.data(), 2);               // after the kernel in `blocking`
  set_value<<<1, 1, 0, blocking>>>(out.data(), 3);  // after the default stream's
  EXPECT_EQ(cudaStreamQuery(nullptr), cudaErrorNotReady);
  EXPECT_EQ(cudaStreamQuery(free_stream), cudaSuccess);
  cudaGetLastError();
  flag.raise();
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(out.host()[0], 3);
  cudaStreamDestroy(blocking);
  cudaStreamDestroy(free_stream);
}

TEST(Events, OrderStreams) {
  MappedFlag flag;
  DeviceArray<int> out(2, 0);
  cudaStream_t a = nullptr, b = nullptr;
  cudaEvent_t event = nullptr;
  ASSERT_EQ(cudaStreamCreateWithFlags(&a, cudaStreamNonBlocking), cudaSuccess);
  ASSERT_EQ(cudaStreamCreateWithFlags(&b, cudaStreamNonBlocking), cudaSuccess);
  ASSERT_EQ(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), cudaSuccess);
  EXPECT_EQ(cudaEventQuery(event), cudaSuccess);  // never recorded: nothing to wait for
  wait_for_host<<<1, 1, 0, a>>>(flag.device(), out.data(), 1);
  ASSERT_EQ(cudaEventRecord(event, a), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(b, event, 0), cudaSuccess);
  set_value<<<1, 1, 0, b>>>(out.data(), 2);
  EXPECT_EQ(cudaEventQuery(event), cudaErrorNotReady);
  EXPECT_EQ(cudaStreamQuery(b), cudaErrorNotReady);
  cudaGetLastError();
  flag.raise();
  EXPECT_EQ(cudaEventSynchronize(event), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(b), cudaSuccess);
  EXPECT_EQ(out.host()[0], 2);
  float ms = 0;
  EXPECT_EQ(cudaEventElapsedTime(&ms, event, event), cudaErrorInvalidResourceHandle);
  cudaGetLastError();
  cudaEventDestroy(event);
  cudaStreamDestroy(a);
  cudaStreamDestroy(b);
}

__global__ void spin_nanoseconds(long long ns) {
  const long long start = clock64();
  while (clock64() - start < ns) {
  }
}

TEST(Events, MeasureTime) {
  cudaEvent_t start = nullptr, stop = nullptr;
  ASSERT_EQ(cudaEventCreate(&start), cudaSuccess);
  ASSERT_EQ(cudaEventCreate(&stop), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(start), cudaSuccess);
  spin_nanoseconds<<<1, 1>>>(20000000);
  ASSERT_EQ(cudaEventRecord(stop), cudaSuccess);
  ASSERT_EQ(cudaEventSynchronize(stop), cudaSuccess);
  float ms = 0;
  ASSERT_EQ(cudaEventElapsedTime(&ms, start, stop), cudaSuccess);
  EXPECT_GE(ms, 5.0f);  // 20 ms at a clock of 1 GHz; a GPU's is up to 2
  cudaEventDestroy(start);
  cudaEventDestroy(stop);
}

void push_back(void* user) {
  auto* values = static_cast<std::vector<int>*>(user);
  values->push_back(static_cast<int>(values->size()));
}
void note_status(cudaStream_t, cudaError_t status, void* user) {
  static_cast<std::vector<int>*>(user)->push_back(100 + static_cast<int>(status));
}

TEST(HostFunctions, RunInTheStreamsOrder) {
  std::vector<int> values;
  cudaStream_t stream = nullptr;
  ASSERT_EQ(cudaStreamCreate(&stream), cudaSuccess);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(cudaLaunchHostFunc(stream, push_back, &values), cudaSuccess);
  }
  ASSERT_EQ(cudaStreamAddCallback(stream, note_status, &values, 0), cudaSuccess);
  ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
  EXPECT_EQ(values, (std::vector<int>{0, 1, 2, 3, 4, 100}));
  cudaStreamDestroy(stream);
}

TEST(Streams, ManyAtOnce) {
  const int streams = 8, rounds = 30;
  DeviceArray<int> x(streams, 0);
  std::vector<cudaStream_t> all(streams);
  for (cudaStream_t& s : all) ASSERT_EQ(cudaStreamCreate(&s), cudaSuccess);
  for (int r = 1; r <= rounds; ++r) {
    for (int s = 0; s < streams; ++s) {
      set_value<<<1, 1, 0, all[static_cast<std::size_t>(s)]>>>(x.data() + s, s * 1000 + r);
    }
  }
  for (cudaStream_t s : all) ASSERT_EQ(cudaStreamDestroy(s), cudaSuccess);  // their work goes on
  const std::vector<int> got = x.host();
  for (int s = 0; s < streams; ++s) EXPECT_EQ(got[static_cast<std::size_t>(s)], s * 1000 + rounds);
}

}  // namespace
