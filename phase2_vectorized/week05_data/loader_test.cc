#include "phase2_vectorized/week05_data/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

// N pictures of 5 x 3, with labels.
Dataset some_pictures(int N) {
  Philox rng(1);
  Dataset data;
  data.name = "pictures";
  data.x = random_matrix(N, 15, rng);
  for (int n = 0; n < N; ++n) data.labels.push_back(n % 4);
  data.class_names = {"a", "b", "c", "d"};
  data.image_height = 5;
  data.image_width = 3;
  return data;
}

Dataset some_numbers(int N) {
  Philox rng(2);
  Dataset data;
  data.name = "numbers";
  data.x = random_matrix(N, 3, rng);
  data.targets = random_matrix(N, 2, rng);
  return data;
}

constexpr Augmentation kAll{
    .shift_pixels = 1, .rotate_degrees = 20, .elastic_alpha = 8, .elastic_sigma = 2};

// The batches of an epoch, copied.
std::vector<Batch> epoch_of(Loader& loader, int epoch, int first = 0) {
  loader.start_epoch(epoch, first);
  std::vector<Batch> batches;
  while (const Batch* batch = loader.next()) batches.push_back(*batch);
  return batches;
}

testing::AssertionResult same(const Batch& a, const Batch& b) {
  if (a.number != b.number || a.rows != b.rows || a.labels != b.labels) {
    return testing::AssertionFailure() << "other examples in batch " << a.number;
  }
  if (auto equal = identical(a.x, b.x); !equal) return equal;
  return identical(a.targets, b.targets);
}

TEST(Loader, GivesEachExampleOnceWithItsLabel) {
  const Dataset data = some_pictures(33);
  for (const int prefetch : {0, 1, 5}) {
    Loader loader(data, {.batch_size = 8, .seed = 3, .prefetch = prefetch});
    EXPECT_EQ(loader.examples(), 33);
    EXPECT_EQ(loader.batches(), 5);
    EXPECT_EQ(loader.next(), nullptr);  // no epoch has been started
    for (const int epoch : {0, 1}) {
      std::vector<int> rows;
      int number = 0;
      for (const Batch& batch : epoch_of(loader, epoch)) {
        EXPECT_EQ(batch.number, number++);
        EXPECT_EQ(batch.size(), number == 5 ? 1 : 8);
        ASSERT_EQ(batch.labels.size(), batch.rows.size());
        for (int b = 0; b < batch.size(); ++b) {
          const int row = batch.rows[static_cast<std::size_t>(b)];
          rows.push_back(row);
          EXPECT_EQ(batch.labels[static_cast<std::size_t>(b)], row % 4);
          for (int c = 0; c < 15; ++c) ASSERT_EQ(batch.x(b, c), data.x(row, c));
        }
      }
      EXPECT_EQ(rows, epoch_order(all_rows(data), 3, epoch));
      EXPECT_EQ(loader.next(), nullptr);  // still at its end
    }
  }
}

TEST(Loader, DropsTheLastBatchWhereAsked) {
  const Dataset data = some_pictures(33);
  Loader loader(data, {.batch_size = 8, .last_batch = LastBatch::drop});
  EXPECT_EQ(loader.batches(), 4);
  const std::vector<Batch> batches = epoch_of(loader, 0);
  ASSERT_EQ(batches.size(), 4U);
  for (const Batch& batch : batches) EXPECT_EQ(batch.size(), 8);
}

TEST(Loader, WithoutShufflingKeepsTheRowsInOrder) {
  const Dataset data = some_pictures(9);
  Loader loader(data, std::vector{7, 0, 5, 2}, {.batch_size = 3, .shuffle = false});
  for (const int epoch : {0, 1}) {
    const std::vector<Batch> batches = epoch_of(loader, epoch);
    ASSERT_EQ(batches.size(), 2U);
    EXPECT_EQ(batches[0].rows, (std::vector{7, 0, 5}));
    EXPECT_EQ(batches[1].rows, (std::vector{2}));
  }
}

TEST(Loader, GivesTargetsWhereThereAreNoLabels) {
  const Dataset data = some_numbers(7);
  Loader loader(data, {.batch_size = 3});
  for (const Batch& batch : epoch_of(loader, 0)) {
    EXPECT_TRUE(batch.labels.empty());
    ASSERT_EQ(batch.targets.rows(), batch.size());
    for (int b = 0; b < batch.size(); ++b) {
      EXPECT_EQ(batch.targets(b, 1), data.targets(batch.rows[static_cast<std::size_t>(b)], 1));
    }
  }
}

TEST(Loader, IsTheSameWithAnyNumberOfBatchesAhead) {
  const Dataset data = some_pictures(31);
  LoaderOptions options{.batch_size = 4, .seed = 5, .augmentation = kAll, .prefetch = 0};
  options.normalisation = measure_features(data.x, all_rows(data));
  Loader plain(data, options);
  const std::vector<Batch> want = epoch_of(plain, 3);
  for (const int prefetch : {1, 2, 9}) {
    options.prefetch = prefetch;
    Loader loader(data, options);
    const std::vector<Batch> got = epoch_of(loader, 3);
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t i = 0; i < want.size(); ++i) EXPECT_TRUE(same(got[i], want[i]));
  }
}

TEST(Loader, AugmentsAnExampleTheSameWayInAnyBatch) {
  const Dataset data = some_pictures(12);
  const auto by_row = [&](int batch_size, std::uint64_t order_seed) {
    Loader loader(
        data,
        {.batch_size = batch_size, .shuffle = order_seed != 0, .seed = 5, .augmentation = kAll});
    Matrix x(12, 15);
    for (const Batch& batch : epoch_of(loader, 2)) {
      for (int b = 0; b < batch.size(); ++b) {
        for (int c = 0; c < 15; ++c) x(batch.rows[static_cast<std::size_t>(b)], c) = batch.x(b, c);
      }
    }
    return x;
  };
  const Matrix want = by_row(12, 0);
  EXPECT_FALSE(identical(want, data.x));
  EXPECT_TRUE(identical(by_row(1, 0), want));
  EXPECT_TRUE(identical(by_row(5, 0), want));
  EXPECT_TRUE(identical(by_row(5, 1), want));
}

TEST(Loader, NormalisesAfterAugmenting) {
  const Dataset data = some_pictures(5);
  LoaderOptions options{.batch_size = 5, .seed = 1, .augmentation = kAll};
  Loader plain(data, options);
  const Matrix augmented = epoch_of(plain, 0)[0].x;
  options.normalisation = measure_features(data.x, all_rows(data));
  Matrix want(5, 15);
  normalise(want, augmented, *options.normalisation);
  Loader loader(data, options);
  EXPECT_TRUE(identical(epoch_of(loader, 0)[0].x, want));
}

TEST(Loader, TakesUpAnEpochInItsMiddle) {
  const Dataset data = some_pictures(31);
  for (const int prefetch : {0, 2}) {
    const LoaderOptions options{
        .batch_size = 4, .seed = 9, .augmentation = kAll, .prefetch = prefetch};
    Loader through(data, options), resumed(data, options);
    epoch_of(through, 0);
    const std::vector<Batch> whole = epoch_of(through, 1), rest = epoch_of(resumed, 1, 5);
    ASSERT_EQ(rest.size() + 5, whole.size());
    for (std::size_t i = 0; i < rest.size(); ++i) EXPECT_TRUE(same(rest[i], whole[i + 5]));
    EXPECT_TRUE(epoch_of(resumed, 1, 8).empty());
  }
}

TEST(Loader, CanBeLeftAndMovedWhileItWorks) {
  const Dataset data = some_pictures(64);
  for (int taken = 0; taken < 20; ++taken) {
    Loader loader(data, {.batch_size = 2, .augmentation = kAll, .prefetch = 3});
    loader.start_epoch(0);
    for (int i = 0; i < taken; ++i) ASSERT_NE(loader.next(), nullptr);
    Loader other = std::move(loader);
    ASSERT_NE(other.next(), nullptr);
    EXPECT_EQ(epoch_of(other, taken).size(), 32U);
  }
}

TEST(Loader, RefusesBadOptions) {
  const Dataset data = some_pictures(9);
  EXPECT_TRUE(refuses([&] { Loader(data, {.batch_size = 10}); }, {"a batch of 10 of 9", "1 to 9"}));
  EXPECT_TRUE(refuses([&] { Loader(data, {.batch_size = 0}); }, {"a batch of 0"}));
  EXPECT_TRUE(refuses([&] { Loader(data, {.batch_size = 1, .prefetch = 65}); },
                      {"prefetch is 65", "0 to 64"}));
  EXPECT_TRUE(
      refuses([&] { Loader(data, {.batch_size = 1, .prefetch = -1}); }, {"prefetch is -1"}));
  EXPECT_TRUE(
      refuses([&] { Loader(data, {.batch_size = 1, .augmentation = {.rotate_degrees = -3}}); },
              {"rotate_degrees is -3"}));
  EXPECT_TRUE(refuses([&] { Loader(data, std::vector<int>{}, {.batch_size = 1}); },
                      {"no examples of 'pictures'"}));
  EXPECT_TRUE(
      refuses([&] { Loader(data, std::vector{9}, {.batch_size = 1}); }, {"row 9", "'pictures'"}));
  const Dataset numbers = some_numbers(9);
  EXPECT_TRUE(refuses([&] { Loader(numbers, {.batch_size = 1, .augmentation = kAll}); },
                      {"'numbers' is not of pictures"}));
  LoaderOptions wide{.batch_size = 1};
  wide.normalisation = measure_features(data.x, std::vector{0, 1});
  EXPECT_TRUE(refuses([&] { Loader(numbers, wide); }, {"15 features", "'numbers', which has 3"}));
  Loader loader(data, {.batch_size = 4});
  EXPECT_TRUE(refuses([&] { loader.start_epoch(-1); }, {"epoch -1"}));
  EXPECT_TRUE(refuses([&] { loader.start_epoch(0, 4); }, {"from batch 4", "it has 3"}));
  EXPECT_TRUE(refuses([&] { loader.start_epoch(0, -1); }, {"from batch -1"}));
}

TEST(Loader, RefusesUnsoundData) {
  const Dataset nothing;
  EXPECT_TRUE(refuses([&] { Loader(nothing, {.batch_size = 1}); }, {"no examples"}));
  Dataset data = some_pictures(9);
  data.labels.pop_back();
  EXPECT_TRUE(
      refuses([&] { Loader(data, {.batch_size = 1}); }, {"'pictures'", "9 examples but 8 labels"}));
}

// What goes wrong on the thread, here data that somebody spoilt meanwhile, reaches the caller.
TEST(Loader, ThrowsWhatTheThreadThrew) {
  for (const int prefetch : {0, 2}) {
    Dataset data = some_pictures(9);
    Loader loader(data, {.batch_size = 3, .prefetch = prefetch});
    data.x = Matrix(2, 15);
    for (int again = 0; again < 2; ++again) {
      loader.start_epoch(0);
      EXPECT_TRUE(refuses(
          [&] {
            while (loader.next() != nullptr) {
            }
          },
          {"of a matrix of 2 rows"}));
      EXPECT_TRUE(refuses([&] { loader.next(); }, {"of a matrix of 2 rows"}))
          << "and says so again";
    }
  }
}

}  // namespace
}  // namespace nn::cpu
