#include "phase2_vectorized/week05_data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week05_data/streams.h"

namespace nn::cpu {
namespace {

// counts[l] examples of class l, mixed up.
std::vector<int> mixed_labels(const std::vector<int>& counts) {
  std::vector<int> labels;
  for (std::size_t label = 0; label < counts.size(); ++label) {
    labels.insert(labels.end(), static_cast<std::size_t>(counts[label]), static_cast<int>(label));
  }
  Philox rng(99);
  std::vector<int> mixed;
  for (const int place : permutation(static_cast<int>(labels.size()), rng)) {
    mixed.push_back(labels[static_cast<std::size_t>(place)]);
  }
  return mixed;
}

// How many of the rows are of each class.
std::vector<int> counts_of(const std::vector<int>& rows, const std::vector<int>& labels,
                           int classes) {
  std::vector<int> counts(static_cast<std::size_t>(classes));
  for (const int row : rows)
    ++counts[static_cast<std::size_t>(labels[static_cast<std::size_t>(row)])];
  return counts;
}

TEST(StratifiedSplit, TakesTheSameShareOfEachClass) {
  const std::vector<int> labels = mixed_labels({100, 10, 37, 5, 2});
  const Split split = stratified_split(labels, 5, 0.2, 1);
  EXPECT_TRUE(identical(counts_of(split.validation, labels, 5), std::vector{20, 2, 7, 1, 0}));
  EXPECT_TRUE(identical(counts_of(split.train, labels, 5), std::vector{80, 8, 30, 4, 2}));
}

TEST(StratifiedSplit, RoundsHalvesUp) {
  const std::vector<int> labels = mixed_labels({5, 7, 3, 9, 2});
  EXPECT_TRUE(identical(counts_of(stratified_split(labels, 5, 0.5, 1).validation, labels, 5),
                        std::vector{3, 4, 2, 5, 1}));
}

TEST(StratifiedSplit, LeavesOneOfEachClassForTraining) {
  const std::vector<int> labels = mixed_labels({1, 2, 9, 0, 1});
  const Split split = stratified_split(labels, 5, 0.99, 1);
  EXPECT_TRUE(identical(counts_of(split.train, labels, 5), std::vector{1, 1, 1, 0, 1}));
  EXPECT_TRUE(identical(counts_of(split.validation, labels, 5), std::vector{0, 1, 8, 0, 0}));
}

TEST(StratifiedSplit, HasEachRowInOneOfTheTwoAscending) {
  const std::vector<int> labels = mixed_labels({31, 33, 1, 62});
  const Split split = stratified_split(labels, 4, 0.3, 7);
  EXPECT_TRUE(std::ranges::is_sorted(split.train));
  EXPECT_TRUE(std::ranges::is_sorted(split.validation));
  std::vector<int> all = split.train;
  all.insert(all.end(), split.validation.begin(), split.validation.end());
  std::ranges::sort(all);
  std::vector<int> want(127);
  std::iota(want.begin(), want.end(), 0);
  EXPECT_TRUE(identical(all, want));
}

// Rows 0, 2, 4, .. are of class 1 and the others of class 0.
TEST(StratifiedSplit, DrawsFromAStreamForEachClass) {
  std::vector<int> labels;
  for (int n = 0; n < 22; ++n) labels.push_back(1 - n % 2);
  std::vector<int> want;
  for (const int label : {0, 1}) {
    Philox rng(5, kSplitStream + static_cast<std::uint64_t>(label));
    const std::vector<int> order = permutation(11, rng);
    for (int i = 0; i < 4; ++i) want.push_back(2 * order[static_cast<std::size_t>(i)] + 1 - label);
  }
  std::ranges::sort(want);
  EXPECT_TRUE(identical(stratified_split(labels, 2, 0.4, 5).validation, want));
}

TEST(StratifiedSplit, IsAnotherOfAnotherSeedAndTheSameOfTheSame) {
  const std::vector<int> labels = mixed_labels({50, 51});
  const Split split = stratified_split(labels, 2, 0.25, 1);
  EXPECT_EQ(split.validation, stratified_split(labels, 2, 0.25, 1).validation);
  EXPECT_NE(split.validation, stratified_split(labels, 2, 0.25, 2).validation);
}

TEST(StratifiedSplit, RefusesWhatCannotBeSplit) {
  const std::vector<int> labels{0, 1, 1, 0};
  EXPECT_TRUE(refuses([&] { stratified_split(labels, 2, 0, 1); }, {"a share of 0"}));
  EXPECT_TRUE(refuses([&] { stratified_split(labels, 2, 1, 1); }, {"a share of 1"}));
  EXPECT_TRUE(refuses([&] { stratified_split(labels, 2, std::nan(""), 1); }, {"nan"}));
  EXPECT_TRUE(refuses([&] { stratified_split({}, 2, 0.5, 1); }, {"no examples"}));
  EXPECT_TRUE(
      refuses([&] { stratified_split(labels, 1, 0.5, 1); }, {"label 1 at example 1", "0 to 0"}));
  EXPECT_TRUE(refuses([&] { stratified_split(std::vector{0, -1}, 2, 0.5, 1); }, {"label -1"}));
  EXPECT_TRUE(
      refuses([&] { stratified_split(labels, 2, 0.2, 1); }, {"leaves none for validation"}));
}

}  // namespace
}  // namespace nn::cpu
