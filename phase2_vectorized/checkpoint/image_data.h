// The pictures that `train` learns from and `evaluate` judges by, whatever they lie in.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "phase2_vectorized/week05_data/dataset.h"

namespace nn::cpu {

// mnist, fashion, tiny; a folder with MNIST's four files; or a folder with a subfolder of PNG files for
// each class, of which a fifth, drawn from the seed and of each class alike, becomes the test set.
// Anything else: nn::Error that says what it may be.
TrainTest open_image_data(const std::string& given, std::uint64_t seed);

// What of it a model's file keeps (Model::notes): the classes' names, the pictures' extents, how a picture
// of one's own is to be made like them, and what the set is called.
std::map<std::string, std::string> notes_of(const TrainTest& data);

// What notes_of wrote. Anything missing or malformed: nn::Error that begins with `file`.
struct ImageNotes {
  std::string dataset;
  std::vector<std::string> class_names;
  int height = 0, width = 0;
  bool like_mnist = false;  // ink on paper, centred; else grey as in the file
};
ImageNotes read_image_notes(const std::map<std::string, std::string>& notes,
                            const std::string& file);

// A short text that differs if any picture or label does, so that a run is not resumed on other data.
std::string fingerprint(const TrainTest& data);

}  // namespace nn::cpu
