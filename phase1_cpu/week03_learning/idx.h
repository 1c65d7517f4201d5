// IDX: the files that MNIST and its kin come in. A magic number, the extents, the bytes.
//
//   offset  0   00 00 08 03   magic: two zeros, 08 = unsigned bytes, 03 = three extents
//           4   00 00 ea 60   images          (60000)   each a big-endian 32-bit integer
//           8   00 00 00 1c   rows            (28)
//          12   00 00 00 1c   columns         (28)
//          16   ..            rows * columns bytes an image, row-major, 0 = background, 255 = ink
//
// A label file has magic 00 00 08 01, one extent, and one byte a label.
// Source   [LeCun98Mnist], "the IDX file format".
//
// Every function throws nn::Error, which names the file and what is wrong, for: labels where images
// are wanted and the reverse; any other magic; a file that ends early, or goes on after its last
// element; extents that no file can hold. Nothing is allocated before the header's claim was compared
// with the size of the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace nn::basic {

struct IdxImages {
  int count = 0;  // images, 0 or more
  int rows = 0;   // of one image, 1 or more
  int cols = 0;
  std::vector<std::uint8_t> pixels;  // [count * rows * cols], image after image, row-major
};

// A file as it is or compressed by gzip. Also nn::Error where it is not there, which says where the
// data should be, or cannot be read or unpacked.
IdxImages read_idx_images(const std::filesystem::path& path);
std::vector<std::uint8_t> read_idx_labels(const std::filesystem::path& path);

// The same from memory, not compressed; `name` is what messages call it. (What the fuzzer calls.)
IdxImages parse_idx_images(std::span<const std::byte> file, const std::string& name);
std::vector<std::uint8_t> parse_idx_labels(std::span<const std::byte> file,
                                           const std::string& name);

}  // namespace nn::basic
