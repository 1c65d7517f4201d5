// PNG files of any kind as pictures in grey, for a network that knows no colours.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// (H,W), 0 black .. 1 white. Colours by how bright they look, 0.2126 red + 0.7152 green + 0.0722
// blue [BT709]; 16-bit samples rounded to 8 bits; a palette's colours looked up. What is
// transparent shows white paper, or black where nothing could be seen on white (a white drawing on
// nothing). Not there, no PNG, damaged, or of more than 2^26 pixels: nn::Error that names the file.
Matrix read_grey_picture(const std::filesystem::path& path);
// The same from memory; `name` is what messages call it.
Matrix decode_grey_picture(std::span<const std::byte> file, const std::string& name);

}  // namespace nn::cpu
