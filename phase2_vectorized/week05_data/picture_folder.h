// A folder of PNG files as a data set: one subfolder for each class, called as the class is.
//
//   leaves/
//     birch/  001.png 002.png ...      class 0   (in the order of their names)
//     oak/    a.png b.png ...          class 1
#pragma once

#include <filesystem>

#include "phase2_vectorized/week05_data/dataset.h"

namespace nn::cpu {

// What is done with pictures of different sizes.
enum class Fit {
  same,        // nothing: all must have the size of the first
  resize,      // each is scaled to height x width
  like_mnist,  // each is prepared as MNIST's digits were: 28 x 28 (prepare_picture.h)
};

struct PictureFolderOptions {
  Fit fit = Fit::same;
  int height = 0;  // of Fit::resize, [1, 4096]
  int width = 0;
};

// Pixels are 0 black .. 1 white, as in the file, except like_mnist, where they are 0 paper .. 1
// ink. Files in the order of their names; hidden ones (.DS_Store) and what is no picture are passed
// over. nn::Error, which names the path, for: no such folder; no subfolder, or only one; a class
// without a picture; a folder within a class; a picture that is in no class, or is of another kind
// than PNG (by the end of its name), since it would be lost; a file that cannot be read as PNG; a
// size that differs from the first's (Fit::same); an empty picture (like_mnist); more than 2^31 - 1
// numbers in all.
Dataset load_picture_folder(const std::filesystem::path& folder,
                            const PictureFolderOptions& options);

}  // namespace nn::cpu
