#include "phase2_vectorized/week04_speed/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

class ThreadPool : public testing::Test {
 protected:
  void TearDown() override { set_threads(before_); }
  const int before_ = threads();
};

TEST_F(ThreadPool, EachNumberOnce) {
  for (const int count : {1, 2, 5}) {
    set_threads(count);
    EXPECT_EQ(threads(), count);
    for (int round = 0; round < 200; ++round) {
      std::vector<int> calls(13, 0);  // each element is one piece's own
      run_parallel(13, [&](int i) { calls[static_cast<std::size_t>(i)] += 1; });
      ASSERT_EQ(calls, std::vector<int>(13, 1));
    }
    run_parallel(0, [](int) { FAIL() << "there is no work"; });
  }
}

TEST_F(ThreadPool, WorkWithinWorkRunsOnItsThread) {
  set_threads(3);
  std::atomic<int> calls = 0;
  run_parallel(4, [&](int) { run_parallel(5, [&](int) { ++calls; }); });
  EXPECT_EQ(calls, 20);
}

TEST_F(ThreadPool, ThrowsWhatTheLowestNumberThrew) {
  set_threads(4);
  std::atomic<int> calls = 0;
  const auto some_fail = [&](int i) {
    ++calls;
    if (i == 3 || i == 7) throw Error(detail::cat("number ", i));
  };
  EXPECT_TRUE(refuses([&] { run_parallel(9, some_fail); }, {"number 3"}));
  EXPECT_EQ(calls, 9);
  run_parallel(9, [&](int) { ++calls; });  // the pool lives on
  EXPECT_EQ(calls, 18);
}

TEST_F(ThreadPool, RefusesImpossibleNumbers) {
  EXPECT_TRUE(refuses([] { set_threads(0); }, {"0 threads", "1024"}));
  EXPECT_TRUE(refuses([] { set_threads(1025); }, {"1025"}));
  set_threads(2);
  EXPECT_TRUE(
      refuses([] { run_parallel(2, [](int) { set_threads(1); }); }, {"within run_parallel"}));
}

}  // namespace
}  // namespace nn::cpu
