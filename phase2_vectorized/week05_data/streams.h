// Which stream of a seed is whose, so that no two uses draw the same numbers (common/rng.h).
//
//   0, 1, 2, ...           the layers of a network, as in phase 1
//   kShuffleStream + e     the order of the examples in epoch e, as in phase 1
//   kSplitStream + l       which examples of class l are for validation
//   kPointsStream          the generators of points
//   dropout_stream(l, s)   what dropout layer l leaves out at step s of a training
//   augment_stream(e, i)   how example i is changed in epoch e
#pragma once

#include <cstdint>

namespace nn::cpu {

inline constexpr std::uint64_t kShuffleStream = std::uint64_t{1} << 32;
inline constexpr std::uint64_t kSplitStream = std::uint64_t{2} << 32;
inline constexpr std::uint64_t kPointsStream = std::uint64_t{3} << 32;

// layer in [0, 2^14), step in [0, 2^48).
inline constexpr std::uint64_t dropout_stream(int layer, std::int64_t step) {
  return std::uint64_t{1} << 62 | static_cast<std::uint64_t>(layer) << 48 |
         static_cast<std::uint64_t>(step);
}

// epoch and example are 0 or more.
inline constexpr std::uint64_t augment_stream(int epoch, int example) {
  return std::uint64_t{1} << 63 | static_cast<std::uint64_t>(epoch) << 32 |
         static_cast<std::uint64_t>(example);
}

}  // namespace nn::cpu
