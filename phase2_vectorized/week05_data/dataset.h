// What a network of phase 2 learns from: examples in the rows of a matrix, and what each of them
// is.
//
//   const TrainTest data = load_dataset("mnist");        data.train.x (60000,784) in [0, 1]
//
// The sets of phase 1 are read by phase 1's own code; here their bytes become floats.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "phase1_cpu/checkpoint/dataset.h"
#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// Either classes, with a label for each example, or numbers, with a row of targets for each.
struct Dataset {
  std::string name;                      // for messages
  Matrix x;                              // (N,C); pictures row-major, MNIST's 0 paper .. 1 ink
  std::vector<int> labels;               // [N], each in [0, L); empty where targets are given
  Matrix targets;                        // (N,OC); 0 x 0 where labels are given
  std::vector<std::string> class_names;  // [L], by label; empty where targets are given
  int image_height = 0;                  // of pictures: image_height * image_width == C; else 0, 0
  int image_width = 0;

  int size() const { return x.rows(); }
  int features() const { return x.cols(); }
  int classes() const { return static_cast<int>(class_names.size()); }
  bool has_labels() const { return targets.size() == 0; }
};

// nn::Error, which names the set and what is wrong, unless there is an example and a feature, there
// are as many labels or rows of targets as examples (and not both), every label is in [0, L), every
// number is finite, and the picture's extents multiply to C.
void check_dataset(const Dataset& data);

// The examples `rows`, in that order, as a set of their own: a copy. A row outside: nn::Error.
// A Loader takes rows itself, and copies no more than a batch.
Dataset subset(const Dataset& data, std::span<const int> rows);

// 0, 1, .., N - 1: every example.
std::vector<int> all_rows(const Dataset& data);

struct TrainTest {
  Dataset train;
  Dataset test;
};

// "mnist", "fashion" or "tiny", as phase 1 knows them (phase1_cpu/checkpoint/dataset.h), pixels
// divided by 255. Another name, or files that are missing or unsound: nn::Error that says what to
// do.
bool is_dataset_name(const std::string& name);
TrainTest load_dataset(const std::string& name);
// Phase 1's pictures, their bytes divided by 255. `name` is for messages.
Dataset as_floats(const basic::ImageSet& pictures, const std::string& name,
                  const std::vector<std::string>& class_names);
// MNIST's four files in a folder of your own.
TrainTest load_dataset_folder(const std::filesystem::path& folder);

}  // namespace nn::cpu
