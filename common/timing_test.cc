#include "common/timing.h"

#include <gtest/gtest.h>

#include <thread>

namespace nn {
namespace {

TEST(SteadySeconds, NeverRunsBackwards) {
  double previous = steady_seconds();
  for (int i = 0; i < 1000; ++i) {
    const double now = steady_seconds();
    ASSERT_GE(now, previous);
    previous = now;
  }
}

// Sleep takes none of it, work does.
TEST(ProcessorSeconds, CountWorkAndNotWaiting) {
  const double before = processor_seconds();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LT(processor_seconds() - before, 0.04);
  volatile double sum = 0;
  while (processor_seconds() - before < 0.01) sum = sum + 1;  // ends, since work counts
  EXPECT_GT(sum, 0);
}

TEST(Stopwatch, CountsSecondsFromItsStart) {
  Stopwatch watch;
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const double first = watch.seconds();
  EXPECT_GE(first, 0.02) << "sleep_for sleeps at least that long";
  EXPECT_GE(watch.seconds(), first);
  watch.restart();
  const double begun = steady_seconds();
  EXPECT_LE(watch.seconds(), steady_seconds() - begun + first) << "restart forgets what was";
}

TEST(DoNotOptimise, LeavesTheValueAlone) {
  double sum = 0;
  for (int i = 1; i <= 129; ++i) {
    sum += i;
    do_not_optimise(sum);
  }
  EXPECT_EQ(sum, 129 * 130 / 2);
}

}  // namespace
}  // namespace nn
