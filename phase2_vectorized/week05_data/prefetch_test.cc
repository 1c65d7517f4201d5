#include "phase2_vectorized/week05_data/prefetch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// 0, 1, .., count - 1.
std::function<bool(int&)> counter(int count) {
  return [count, next = 0](int& slot) mutable {
    if (next == count) return false;
    slot = next++;
    return true;
  };
}

TEST(Prefetch, GivesAllValuesInOrderAndThenNone) {
  for (const int slot_count : {2, 3, 7}) {
    for (const int count : {0, 1, 2, 200}) {
      std::vector<int> slots(static_cast<std::size_t>(slot_count), -1);
      Prefetch<int> ahead(slots, counter(count));
      for (int want = 0; want < count; ++want) {
        const int* value = ahead.next();
        ASSERT_NE(value, nullptr);
        ASSERT_EQ(*value, want);
      }
      EXPECT_EQ(ahead.next(), nullptr);
      EXPECT_EQ(ahead.next(), nullptr);
    }
  }
}

// However long the caller takes: the held slot and the two that are ready, and no more.
TEST(Prefetch, MakesNoMoreThanThereAreSlots) {
  std::atomic<int> made = 0;
  std::vector<int> slots(3);
  Prefetch<int> ahead(slots, [&](int& slot) {
    slot = made++;
    return true;
  });
  for (int round = 0; round < 100; ++round) {
    const int* value = ahead.next();
    ASSERT_EQ(*value, round);
    while (made < round + 3) std::this_thread::yield();  // they are made without being asked for
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(made, round + 3);
    ASSERT_EQ(*value, round);
  }
}

TEST(Prefetch, ThrowsWhatTheThreadThrewAfterWhatCameBefore) {
  std::vector<int> slots(4);
  Prefetch<int> ahead(slots, [next = 0](int& slot) mutable {
    if (next == 2) throw Error("the third is broken");
    slot = next++;
    return true;
  });
  EXPECT_EQ(*ahead.next(), 0);
  EXPECT_EQ(*ahead.next(), 1);
  EXPECT_TRUE(refuses([&] { ahead.next(); }, {"the third is broken"}));
  EXPECT_TRUE(refuses([&] { ahead.next(); }, {"the third is broken"}));  // and again
}

TEST(Prefetch, CarriesExceptionsOfAnyType) {
  std::vector<int> slots(2);
  Prefetch<int> ahead(slots, [](int&) -> bool { throw 42; });
  EXPECT_THROW(ahead.next(), int);
}

TEST(Prefetch, StopsAtAnyMoment) {
  for (int taken = 0; taken < 60; ++taken) {
    std::atomic<bool> alive = true;
    {
      std::vector<int> slots(2);
      Prefetch<int> ahead(slots, [&](int& slot) {
        EXPECT_TRUE(alive);
        slot = 1;
        return true;
      });
      for (int i = 0; i < taken; ++i) ahead.next();
    }
    alive = false;  // the thread has ended: it can find this no more
  }
}

TEST(Prefetch, StopsAfterAnExceptionThatNobodyAskedFor) {
  for (int round = 0; round < 30; ++round) {
    std::vector<int> slots(2);
    Prefetch<int> ahead(slots, [](int&) -> bool { throw Error("nobody hears this"); });
  }
}

TEST(Prefetch, NeedsASlotToHoldAndOneToFill) {
  std::vector<int> slots(1);
  EXPECT_TRUE(refuses([&] { Prefetch<int> ahead(slots, counter(1)); }, {"1 slots"}));
}

}  // namespace
}  // namespace nn::cpu
