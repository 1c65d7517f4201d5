#include "phase2_vectorized/week05_data/batches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week05_data/streams.h"

namespace nn::cpu {
namespace {

// n rows, ascending, none of them its own place.
std::vector<int> some_rows(int n) {
  std::vector<int> rows;
  for (int i = 0; i < n; ++i) rows.push_back(10 + 3 * i);
  return rows;
}

TEST(EpochOrder, IsThePermutationOfTheEpochsStream) {
  for (const int n : {1, 7, 129}) {
    for (const int epoch : {0, 1, 12}) {
      const std::vector<int> rows = some_rows(n);
      Philox rng(77, kShuffleStream + static_cast<std::uint64_t>(epoch));
      std::vector<int> want;
      for (const int place : permutation(n, rng))
        want.push_back(rows[static_cast<std::size_t>(place)]);
      EXPECT_TRUE(identical(epoch_order(rows, 77, epoch), want)) << n << " rows, epoch " << epoch;
    }
  }
}

TEST(EpochOrder, HasEachRowOnce) {
  std::vector<int> order = epoch_order(some_rows(33), 1, 5);
  std::ranges::sort(order);
  EXPECT_TRUE(identical(order, some_rows(33)));
}

TEST(EpochOrder, IsAnotherInAnotherEpochAndOfAnotherSeed) {
  const std::vector<int> rows = some_rows(31);
  EXPECT_NE(epoch_order(rows, 1, 0), epoch_order(rows, 1, 1));
  EXPECT_NE(epoch_order(rows, 1, 0), epoch_order(rows, 2, 0));
  EXPECT_NE(epoch_order(rows, 1, 0), rows);
}

TEST(EpochOrder, OfNothingIsNothing) { EXPECT_TRUE(epoch_order({}, 1, 0).empty()); }

TEST(BatchCount, KeepsOrDropsTheLast) {
  EXPECT_EQ(batch_count(7, 3, LastBatch::keep), 3);
  EXPECT_EQ(batch_count(7, 3, LastBatch::drop), 2);
  EXPECT_EQ(batch_count(6, 3, LastBatch::keep), 2);  // no partial one to keep or drop
  EXPECT_EQ(batch_count(6, 3, LastBatch::drop), 2);
  EXPECT_EQ(batch_count(5, 5, LastBatch::keep), 1);
  EXPECT_EQ(batch_count(129, 1, LastBatch::drop), 129);
}

TEST(BatchCount, RefusesBatchesThatTheDataCannotFill) {
  EXPECT_TRUE(refuses([] { batch_count(7, 8, LastBatch::keep); }, {"a batch of 8 of 7", "1 to 7"}));
  EXPECT_TRUE(refuses([] { batch_count(7, 0, LastBatch::drop); }, {"a batch of 0"}));
  EXPECT_TRUE(refuses([] { batch_count(0, 1, LastBatch::keep); }, {"of 0 examples"}));
}

TEST(BatchRows, WorkedExample) {
  const std::vector<int> order{4, 1, 6, 0, 3, 2, 5};
  const auto batch = [&](int i) {
    const std::span<const int> rows = batch_rows(order, 3, i);
    return std::vector<int>(rows.begin(), rows.end());
  };
  EXPECT_EQ(batch(0), (std::vector{4, 1, 6}));
  EXPECT_EQ(batch(1), (std::vector{0, 3, 2}));
  EXPECT_EQ(batch(2), (std::vector{5}));
}

TEST(BatchRows, TogetherAreTheOrder) {
  for (const auto& [n, B] :
       std::vector<std::pair<int, int>>{{31, 4}, {33, 33}, {127, 1}, {129, 32}}) {
    const std::vector<int> order = some_rows(n);
    std::vector<int> all;
    for (int i = 0; i < batch_count(n, B, LastBatch::keep); ++i) {
      const std::span<const int> rows = batch_rows(order, B, i);
      all.insert(all.end(), rows.begin(), rows.end());
    }
    EXPECT_TRUE(identical(all, order)) << n << " in batches of " << B;
  }
}

TEST(BatchRows, RefusesBatchesThatThereAreNot) {
  const std::vector<int> order = some_rows(7);
  EXPECT_TRUE(refuses([&] { batch_rows(order, 3, 3); }, {"batch 3", "has 3"}));
  EXPECT_TRUE(refuses([&] { batch_rows(order, 3, -1); }, {"batch -1"}));
}

std::vector<double> gathered(ConstMatrixView x, const std::vector<int>& rows) {
  std::vector<double> want;
  for (const int row : rows) {
    for (int c = 0; c < x.cols; ++c) want.push_back(x(row, c));
  }
  return want;
}

TEST(GatherRows, TakesTheRowsInTheirOrder) {
  Philox rng(3);
  const Matrix x = random_matrix(9, 31, rng);
  for (const std::vector<int>& rows :
       {std::vector{8, 0, 3, 3, 7}, std::vector{4}, std::vector<int>{}}) {
    const int B = static_cast<int>(rows.size());
    Guarded<float> y({B, 31});
    gather_rows({y.data(), B, 31, 31}, x, rows);
    EXPECT_TRUE(close_guarded(y, gathered(x, rows), Bound{}));
  }
}

TEST(GatherRows, FromATransposedMatrixIntoAWiderOne) {
  Philox rng(4);
  const Matrix x = random_matrix(5, 13, rng);
  const std::vector<int> rows{12, 1, 5};
  Matrix wide(3, 9, -1);
  gather_rows(MatrixView(wide).block(0, 2, 3, 5), transposed(x), rows);
  Matrix want(3, 9, -1);
  for (int b = 0; b < 3; ++b) {
    for (int c = 0; c < 5; ++c) want(b, 2 + c) = x(c, rows[static_cast<std::size_t>(b)]);
  }
  EXPECT_TRUE(identical(wide, want));
}

TEST(GatherRows, RefusesWhatDoesNotFit) {
  const Matrix x(4, 3);
  Matrix y(2, 3), narrow(2, 2);
  EXPECT_TRUE(refuses([&] { gather_rows(y, x, std::vector{0, 4}); }, {"row 4", "4 rows"}));
  EXPECT_TRUE(refuses([&] { gather_rows(y, x, std::vector{-1, 0}); }, {"row -1"}));
  EXPECT_TRUE(refuses([&] { gather_rows(y, x, std::vector{0}); }, {"1 rows", "(2, 3)"}));
  EXPECT_TRUE(refuses([&] { gather_rows(narrow, x, std::vector{0, 1}); }, {"(4, 3)", "(2, 2)"}));
}

}  // namespace
}  // namespace nn::cpu
