// Examples put aside before training, to see during training how the network does on what it has
// not seen. Stratified: of each class the same share, so that a rare class is not missing by
// chance.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace nn::cpu {

// Rows of a data set, each in exactly one of the two, both ascending.
struct Split {
  std::vector<int> train;
  std::vector<int> validation;
};

// Of each class's n examples, round(share * n) go to validation (halves away from zero), but never
// all of them: the last stays for training. Which ones: the first of permutation(n, Philox(seed,
// kSplitStream + label)). nn::Error unless 0 < share < 1, there is a label, every label is in [0,
// classes), and some example goes to validation. Without classes, give labels that are all 0.
Split stratified_split(std::span<const int> labels, int classes, double share, std::uint64_t seed);

}  // namespace nn::cpu
