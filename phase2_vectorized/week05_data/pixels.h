// Pixels as files have them, a byte each, and as networks take them: 0 for paper to 1 for ink.
#pragma once

#include <cstdint>
#include <span>

namespace nn::cpu {

// y[i] = pixels[i] / 255, rounded as a division is. As many of each, else nn::Error.
void pixels_to_floats(std::span<float> y, std::span<const std::uint8_t> pixels);

}  // namespace nn::cpu
