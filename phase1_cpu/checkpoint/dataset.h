// The data sets of images that phase 1 trains on, checked and ready to be drawn from in batches.
//
//   name      from                                            images (train, test)   classes
//   mnist     reference/datasets/mnist                        60000, 10000           digits 0..9
//   fashion   /usr/share/datasets/fashion-mnist (the Debian   60000, 10000           clothes
//             package dataset-fashion-mnist)
//   tiny      reference/datasets/tiny: MNIST's first 60 and   600, 200               digits 0..9
//             20 of each digit
//
// Source [LeCun98Mnist], [Xiao17].
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "phase1_cpu/week01_matrix/matrix.h"
#include "phase1_cpu/week03_learning/idx.h"

namespace nn::basic {

// Images and what they show. Kept as the bytes of the file, an eighth of the room of doubles.
class ImageSet {
 public:
  ImageSet() = default;
  // Throws nn::Error, naming `name`, unless there is at least one image, images are 28 x 28, each has a
  // label, and every label is in [0, 10).
  ImageSet(IdxImages images, std::vector<std::uint8_t> labels, const std::string& name);

  int size() const { return images_.count; }
  int pixels() const { return images_.rows * images_.cols; }  // of one image: 784
  const std::vector<std::uint8_t>& labels() const { return labels_; }

  // Image `index`, row-major, 0 = background, 255 = ink; index in [0, size()), else nn::Error.
  std::span<const std::uint8_t> image(int index) const;

  // (B,784), B = indices.size(): row b is image indices[b], its pixels divided by 255.
  Matrix minibatch(std::span<const int> indices) const;
  // [B]: the labels of the same images.
  std::vector<int> minibatch_labels(std::span<const int> indices) const;

 private:
  IdxImages images_;
  std::vector<std::uint8_t> labels_;
};

struct Dataset {
  std::string name;
  std::vector<std::string> class_names;  // [10], by label
  ImageSet train;
  ImageSet test;
};

// Is it one of "mnist", "fashion" and "tiny"?
bool is_dataset_name(const std::string& name);

// "mnist", "fashion" or "tiny". Another name, or files that are not there or not sound: nn::Error that
// says which, and what to do. $NN_REFERENCE_DIR, if set, is where `reference` is looked for.
Dataset load_dataset(const std::string& name);

// The four files of MNIST's names in a folder of your own, with or without ".gz"; classes are called
// "0" to "9", the set as the folder is.
Dataset load_dataset_folder(const std::filesystem::path& folder);

}  // namespace nn::basic
