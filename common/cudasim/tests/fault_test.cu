// Kernels that fail: each ends its launch with the documented error, the context with it, and the
// process lives on. Each death test is a process of its own, since such an error stays.
#undef NDEBUG  // a release build's asserts are tested too
#include <gtest/gtest.h>

#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "common/cudasim/tests/device_array.h"

namespace {

// Runs `body` in a process of its own, and there expects the next synchronisation to give `code`, and
// every later call too. `said` is what stderr must hold.
void expect_sticky(cudaError_t code, const std::function<void()>& body, const char* said) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        body();
        const cudaError_t first = cudaDeviceSynchronize();
        const cudaError_t again = cudaDeviceSynchronize();
        const cudaError_t last = cudaGetLastError();
        const cudaError_t last_again = cudaGetLastError();
        void* p = nullptr;
        const cudaError_t allocation = cudaMalloc(&p, 4);
        std::fprintf(stderr, "codes %d %d %d %d %d\n", first, again, last, last_again, allocation);
        const bool all = first == code && again == code && last == code && last_again == code &&
                         allocation == code;
        std::exit(all ? 0 : 1);
      },
      testing::ExitedWithCode(0), said);
}

__global__ void write_to(int* p) { *p = 1; }

TEST(Faults, WildPointer) {
  expect_sticky(
      cudaErrorIllegalAddress, [] { write_to<<<1, 1>>>(reinterpret_cast<int*>(0x123456)); }, "");
}

TEST(Faults, NullPointer) {
  expect_sticky(
      cudaErrorIllegalAddress, [] { write_to<<<1, 1>>>(nullptr); }, "");
}

TEST(Faults, FarPastAnAllocation) {
  expect_sticky(
      cudaErrorIllegalAddress,
      [] {
        int* p = nullptr;
        cudaMalloc(&p, 64);
        write_to<<<1, 1>>>(p + (1 << 28));
      },
      "");
}

__global__ void write_after_barrier(int* p) {
  __syncthreads();
  if (threadIdx.x == 77) *p = 1;
  __syncthreads();
}

TEST(Faults, InOneThreadOfManyAfterABarrier) {
  expect_sticky(
      cudaErrorIllegalAddress, [] { write_after_barrier<<<5, 100>>>(nullptr); }, "");
}

__global__ void assert_small(int n) { assert(static_cast<int>(threadIdx.x) < n && "too many"); }

TEST(Faults, AssertNamesTheThread) {
  expect_sticky(
      cudaErrorAssert, [] { assert_small<<<1, 4>>>(3); },
      "fault_test.cu:[0-9]+: .*assert_small.*: block: \\[0,0,0\\], thread: \\[3,0,0\\] Assertion ");
}

TEST(Faults, AssertThatHoldsIsSilent) {
  assert_small<<<1, 3>>>(3);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
}

__global__ void trap_if(bool condition) {
  if (condition) __trap();
}

TEST(Faults, Trap) {
  expect_sticky(
      cudaErrorLaunchFailure, [] { trap_if<<<1, 1>>>(true); }, "");
}

__global__ void misaligned_vector(const char* p, float4* out) {
  *out = *reinterpret_cast<const float4*>(p + 4);
}

TEST(Faults, MisalignedVector) {
  expect_sticky(
      cudaErrorMisalignedAddress,
      [] {
        char* p = nullptr;
        float4* out = nullptr;
        cudaMalloc(&p, 64);
        cudaMalloc(&out, 64);
        misaligned_vector<<<1, 1>>>(p, out);
      },
      "");
}

#ifdef CUDASIM
// What a GPU answers with a hang or does not notice; the simulator says what it sees.

__global__ void spin_for_ever(volatile int* flag) {
  while (*flag == 0) {
  }
}

TEST(Faults, AKernelWithoutEndIsStopped) {
  expect_sticky(
      cudaErrorLaunchTimeout,
      [] {
        setenv("CUDASIM_WATCHDOG", "0.5", 1);
        int* flag = nullptr;
        cudaMalloc(&flag, 4);
        cudaMemset(flag, 0, 4);
        spin_for_ever<<<2, 64>>>(flag);
      },
      "came to no end or barrier");
}

__device__ int deeper(int n, volatile int* sink) {
  volatile int frame[64];
  frame[n % 64] = n;
  *sink = n;
  if (n < 0) return 0;
  return deeper(n + 1, sink) + frame[(n + 1) % 64];
}
__global__ void recurse_for_ever(int* sink) { *sink = deeper(0, sink); }

TEST(Faults, RecursionWithoutEnd) {
  expect_sticky(
      cudaErrorHardwareStackError,
      [] {
        int* sink = nullptr;
        cudaMalloc(&sink, 4);
        recurse_for_ever<<<1, 33>>>(sink);
      },
      "stack overflow");
}

__global__ void divide(int a, int b, int* out) { *out = a / b; }

TEST(Faults, DivisionByZeroIsNamed) {
  expect_sticky(
      cudaErrorLaunchFailure,
      [] {
        int* out = nullptr;
        cudaMalloc(&out, 4);
        divide<<<1, 1>>>(1, 0, out);
      },
      "division by zero");
}

TEST(Faults, UseAfterFree) {
  expect_sticky(
      cudaErrorIllegalAddress,
      [] {
        int* p = nullptr;
        cudaMalloc(&p, 64);
        cudaFree(p);
        write_to<<<1, 1>>>(p);
      },
      "");
}

TEST(Faults, RightPastTheEndOfAnArrayThatFillsItsPages) {
  expect_sticky(
      cudaErrorIllegalAddress,
      [] {
        int* p = nullptr;
        cudaMalloc(&p, 1024 * sizeof(int));
        write_to<<<1, 1>>>(p + 1024);
      },
      "illegal memory access");
}

__global__ void wait_in_different_places() {
  if (threadIdx.x == 3) {
    __shfl_sync(0xffffffffu, 1, 0);  // the others never come
  } else {
    __syncthreads();
  }
}

TEST(Faults, ADeadlockNamesBothPlaces) {
  expect_sticky(
      cudaErrorLaunchFailure, [] { wait_in_different_places<<<1, 32>>>(); },
      "deadlock: no thread of block \\(0,0,0\\).*(31 threads.*barrier.*1 thread, the first "
      "\\(3,0,0\\), waits in a warp operation with mask 0xffffffff|1 thread, the first "
      "\\(3,0,0\\), waits in a warp operation.*31 threads.*barrier)");
}

__global__ void different_masks() {
  if (threadIdx.x < 16) {
    __syncwarp(0x0000ffffu);
  } else {
    __syncwarp(0xffffffffu);
  }
  __syncthreads();  // here the lower half waits, and never joins the upper one
}

TEST(Faults, MasksThatDifferAreADeadlock) {
  expect_sticky(
      cudaErrorLaunchFailure, [] { different_masks<<<1, 32>>>(); }, "mask 0xffffffff");
}

__global__ void outside_its_mask(int* out) {
  out[threadIdx.x] = __shfl_sync(threadIdx.x == 0 ? 1u : 0xfffffffeu & ~(1u << threadIdx.x), 5, 0);
}

TEST(Faults, ALaneOutsideItsMaskIsNamed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        int* out = nullptr;
        cudaMalloc(&out, 4 * 32);
        outside_its_mask<<<1, 2>>>(out);
        cudaDeviceSynchronize();
        std::exit(0);
      },
      testing::ExitedWithCode(0), "leaves out its own lane 1");
}

// Threads of one block may wait for each other without a barrier: a GPU runs them at the same time.
__global__ void wait_for_flag(volatile int* flag, int* out) {
  if (threadIdx.x == 0) {
    while (*flag == 0) {
    }
    *out = 1;
  } else if (threadIdx.x == 40) {
    *flag = 1;
  }
}

TEST(Progress, ASpinningThreadLetsTheOthersRun) {
  DeviceArray<int> flag(1, 0), out(1, 0);
  wait_for_flag<<<1, 64>>>(flag.data(), out.data());
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(out.host()[0], 1);
}

TEST(Faults, ACopyRightAfterwardsSaysIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        int* p = nullptr;
        int host = 0;
        cudaMalloc(&p, sizeof(int));
        assert_small<<<1, 64>>>(1);
        const cudaError_t error = cudaMemcpy(&host, p, sizeof(int), cudaMemcpyDeviceToHost);
        std::exit(error == cudaErrorAssert ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

__global__ void launches_another() { launches_another<<<1, 1>>>(); }
__global__ void allocates(int** out) { cudaMalloc(out, sizeof(int)); }

TEST(Faults, TheRuntimeIsTheHosts) {
  expect_sticky(
      cudaErrorNotSupported, [] { launches_another<<<1, 2>>>(); },
      "a call of the runtime from within a kernel is not modelled");
  expect_sticky(
      cudaErrorNotSupported,
      [] {
        int** p = nullptr;
        cudaMallocManaged(&p, sizeof(int*));
        allocates<<<1, 2>>>(p);
      },
      "a call of the runtime from within a kernel is not modelled");
}

TEST(Settings, AValueThatIsNoneIsNamed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("CUDASIM_WORKERS", "many", 1);
        void* p = nullptr;
        std::exit(cudaMalloc(&p, 4) == cudaErrorInitializationError ? 0 : 1);
      },
      testing::ExitedWithCode(0), "CUDASIM_WORKERS is 'many'; it may be a whole number");
}
#endif

}  // namespace
