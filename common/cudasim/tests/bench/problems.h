// What the simulator's bench computes: inputs, and results in float64 with the error float32 may
// make. The kernels (execution_bench.cu) and the plain loops beside them (plain_loops.h) share it.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace nn::simbench {

// Shapes. None is a multiple of the blocks' extents but the tiled product's, whose kernel needs it.
inline constexpr int kTile = 16;
inline constexpr int kGelu = (1 << 17) + 33;                 // elements
inline constexpr int kSum = (1 << 20) + 33;                  // elements
inline constexpr int kM = 126, kK = 130, kN = 127;           // the naive product
inline constexpr int kTiledN = 128;                          // the tiled product's three extents
inline constexpr int kH = 700, kW = 1001;                    // the stencil's image
inline constexpr int kTiles = 1 << 14, kTileElements = 256;  // of the tiles that are reversed

inline constexpr int kBareBlocks = 200, kBarrierBlocks = 5, kBarriers = 100, kLaunches = 100;

// One kernel's inputs (b may be empty) and what it must give.
struct Problem {
  std::vector<float> a, b;
  std::vector<double> want;     // float64
  std::vector<double> allowed;  // the error that rounding to float32 may cause
};

// "gelu", "vector sum", "naive product", "tiled product", "stencil", "reversed tiles"; else nn::Error.
Problem make_problem(const std::string& name);

// Throws nn::Error unless each element of `got` is as near to what is wanted as it must be.
void check_result(const std::string& name, const std::vector<float>& got, const Problem& problem);

}  // namespace nn::simbench
