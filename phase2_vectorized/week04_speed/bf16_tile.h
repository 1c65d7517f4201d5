// A matrix engine's tile: c (16,16) += a (16,32) . b (32,16), bf16 in, float sums.
//
// bf16 is a float without its lower 16 bits: the same 8 bits of exponent, and 8 bits of significand.
// The product of two is exact in float. AMX, the engine of some x86-64 processors, keeps such tiles
// in registers of its own and does 16 * 16 * 32 multiply-adds with one instruction; elsewhere the
// same is computed here in plain C++, so that what stands on it can be tested anywhere.
#pragma once

#include <cstdint>

namespace nn::cpu {

using Bf16 = std::uint16_t;  // its bits

inline constexpr int kBf16Rows = 16;                       // of a and c
inline constexpr int kBf16Cols = 16;                       // of b and c
inline constexpr int kBf16Depth = 32;                      // terms of one block
inline constexpr int kBf16Block = kBf16Rows * kBf16Depth;  // elements of a block of a, and of b

// Sums over `blocks` blocks: block i is a (16,32) at a + i * kBf16Block, row-major, and b (32,16) at
// b + i * kBf16Block, in pairs of rows, as the engine reads it:
//   b block [k / 2][n][k % 2] = b[k,n]
// c (16,16), row-major, is added to. Of a block, the terms with even k are added one after the other,
// those with odd k apart from them, then the two sums to each other, then that to c; each sum is
// rounded to nearest, and numbers below 2^-126 count as 0 [Intel23, "TDPBF16PS"].
struct Bf16Tile {
  const char* name;  // "amx" or "software"
  void (*multiply_add)(float* c, const Bf16* a, const Bf16* b, int blocks);
};

const Bf16Tile& software_bf16_tile();
// The engine of this processor, or null: asks cpuid for AMX-TILE and AMX-BF16, then the operating
// system for the right to use them (arch_prctl). It has never run on such a processor: it was written
// where there is none, and is tested by emulating each of its instructions (bf16_tile_test.cc).
const Bf16Tile* amx_bf16_tile();
// The same whether or not this processor has the engine, for that test: without one, its first
// instruction ends the program. Null where it is not compiled: elsewhere than on x86-64 and Linux.
const Bf16Tile* amx_bf16_code();

// The bf16 nearest to x, ties to even; x finite. Where that would be an infinity, the largest finite.
Bf16 to_bf16(float x);
float from_bf16(Bf16 x);

}  // namespace nn::cpu
