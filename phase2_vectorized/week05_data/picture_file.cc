#include "phase2_vectorized/week05_data/picture_file.h"

#include <algorithm>
#include <cstdint>

#include "common/file.h"
#include "common/image.h"

namespace nn::cpu {
namespace {

// The picture on paper of this brightness, which shows where it is transparent.
Matrix on_paper(const Image& rgba, double paper) {
  Matrix grey(rgba.height, rgba.width);
  const std::uint8_t* sample = rgba.samples.data();
  for (float& to : grey.values()) {
    const double bright = (0.2126 * sample[0] + 0.7152 * sample[1] + 0.0722 * sample[2]) / 255;
    const double opacity = sample[3] / 255.0;
    to = static_cast<float>(opacity * bright + (1 - opacity) * paper);  // at most 1, once rounded
    sample += 4;
  }
  return grey;
}

bool is_of_one_brightness(const Matrix& grey) {
  const auto [least, most] = std::ranges::minmax(grey.values());
  return most - least < 1.0F / 255;
}

}  // namespace

Matrix decode_grey_picture(std::span<const std::byte> file, const std::string& name) {
  const Image rgba = decode_png_as_rgba(file, name);
  Matrix grey = on_paper(rgba, 1);
  // A white drawing on nothing cannot be seen on white. (Opaque, it is the same on black.)
  if (is_of_one_brightness(grey)) grey = on_paper(rgba, 0);
  return grey;
}

Matrix read_grey_picture(const std::filesystem::path& path) {
  return decode_grey_picture(read_file(path), path.string());
}

}  // namespace nn::cpu
