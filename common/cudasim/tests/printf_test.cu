// printf in kernels: what is shown, and when. Programming guide, "Formatted Output".
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

#include "common/cudasim/tests/device_array.h"

namespace {

__global__ void say_hello(int* result) {
  result[threadIdx.x] = printf("thread %u of %u: %5.2f %s %d%%\n", threadIdx.x, blockDim.x,
                               threadIdx.x * 0.5, "text", 7);
}
__global__ void say_constant() { printf("no arguments\n"); }
__global__ void say_number(int n) { printf("%d,", n); }
__global__ void fill_buffer() {
  for (int i = 0; i < 100000; ++i) printf("%06d 0123456789 0123456789 0123456789 0123456789\n", i);
}

// What `body` writes to stdout.
std::string output_of(const std::function<void()>& body) {
  testing::internal::CaptureStdout();
  body();
  std::fflush(stdout);
  return testing::internal::GetCapturedStdout();
}

TEST(Printf, FormatsAsC) {
  DeviceArray<int> result(1);
  const std::string text = output_of([&] {
    say_hello<<<1, 1>>>(result.data());
    cudaDeviceSynchronize();
  });
  EXPECT_EQ(text, "thread 0 of 1:  0.00 text 7%\n");
  EXPECT_EQ(result.host()[0], 5);  // the number of arguments, not of characters
}

TEST(Printf, EveryThreadsLineIsWhole) {
  DeviceArray<int> result(64);
  const std::string text = output_of([&] {
    say_hello<<<1, 64>>>(result.data());
    cudaDeviceSynchronize();
  });
  for (int t = 0; t < 64; ++t) {
    char want[80];
    std::snprintf(want, sizeof want, "thread %d of 64: %5.2f text 7%%\n", t, t * 0.5);
    EXPECT_NE(text.find(want), std::string::npos) << want;
  }
}

TEST(Printf, ShowsAtSynchronisationInOrder) {
  const std::string text = output_of([] {
    for (int i = 0; i < 20; ++i) say_number<<<1, 1>>>(i);
    say_constant<<<1, 1>>>();
    cudaDeviceSynchronize();
  });
  EXPECT_EQ(text, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,no arguments\n");
}

TEST(Printf, ABlockingCopyShowsIt) {
  DeviceArray<int> x(1, 0);
  const std::string text = output_of([&] {
    say_number<<<1, 1>>>(5);
    x.host();
  });
  EXPECT_EQ(text, "5,");
}

TEST(Printf, HostOutputIsTheCLibrarys) {
  const std::string text = output_of([] {
    printf("%s %d\n", "host", 3);
    puts("line");
    putchar('x');
    printf("\n");
  });
  EXPECT_EQ(text, "host 3\nline\nx\n");
}

// The buffer is circular: the newest output stays.
TEST(Printf, OldOutputMakesWay) {
  const std::string text = output_of([] {
    fill_buffer<<<1, 1>>>();
    cudaDeviceSynchronize();
  });
  std::size_t capacity = 0;
  ASSERT_EQ(cudaDeviceGetLimit(&capacity, cudaLimitPrintfFifoSize), cudaSuccess);
  EXPECT_LE(text.size(), capacity);
  EXPECT_NE(text.find("099999 "), std::string::npos);
  EXPECT_EQ(text.find("000000 "), std::string::npos);
}

#ifdef CUDASIM
TEST(Printf, IsLostWithoutASynchronisation) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [](bool wait) {
    say_number<<<1, 1>>>(123);
    if (wait) cudaDeviceSynchronize();
    std::fflush(stdout);
    std::exit(0);
  };
  EXPECT_EXIT((dup2(2, 1), run(true)), testing::ExitedWithCode(0), "123,");
  EXPECT_EXIT((dup2(2, 1), run(false)), testing::ExitedWithCode(0), "^$|^[^1]*$");
}
#endif

}  // namespace
