// Rung 07: floats as sums of three bf16, on a matrix engine.    prev: 06_threads
// Idea    An engine for bf16 does some 16 times as many multiply-adds a second as the vector units do
//         for floats. Three bf16 hold the 24 bits of a float; six of their nine products are worth
//         computing.
// Moves   6 times rung 05's bytes: 6 bytes for each element of a and b, read for two sums of c.
// Numerics  Products of bf16 are exact. |x1| <= 2^-8 |x| and |x2| <= 2^-16 |x|, so the products left out
//         are at most 2 * 2^-24 + 2^-32 of |a b|, two roundoffs, where float's own sum makes K.
// Source  [Henry19], which compares how many products are worth it.
#include "phase2_vectorized/week04_speed/matmul_07_amx_split.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "phase2_vectorized/week04_speed/matmul_06_threads.h"

namespace nn::cpu {
namespace {

// The pieces of a or b: three times `tiles` tiles, each of `blocks` blocks; the elements outside the
// matrix are 0. Part p of tile t begins at block (p * tiles + t) * blocks.
struct Parts {
  std::vector<Bf16> memory;
  int tiles = 0;
  int blocks = 0;

  void resize(int new_tiles, int new_blocks) {
    tiles = new_tiles;
    blocks = new_blocks;
    memory.assign(std::size_t{3} * tiles * blocks * kBf16Block, 0);
  }
  Bf16* tile(int part, int t) {
    return memory.data() + (std::int64_t{part} * tiles + t) * blocks * kBf16Block;
  }
};
thread_local Parts a_parts, b_parts;

bool all_split(ConstMatrixView x) {
  for (int r = 0; r < x.rows; ++r) {
    for (int c = 0; c < x.cols; ++c) {
      if (!splits(x(r, c))) return false;
    }
  }
  return true;
}

void split_a(ConstMatrixView a) {
  a_parts.resize((a.rows + kBf16Rows - 1) / kBf16Rows, (a.cols + kBf16Depth - 1) / kBf16Depth);
  for (int m = 0; m < a.rows; ++m) {
    for (int k = 0; k < a.cols; ++k) {
      Bf16 parts[3];
      split(parts, a(m, k));
      const int at = k / kBf16Depth * kBf16Block + m % kBf16Rows * kBf16Depth + k % kBf16Depth;
      for (int p = 0; p < 3; ++p) a_parts.tile(p, m / kBf16Rows)[at] = parts[p];
    }
  }
}

void split_b(ConstMatrixView b) {
  b_parts.resize((b.cols + kBf16Cols - 1) / kBf16Cols, (b.rows + kBf16Depth - 1) / kBf16Depth);
  for (int k = 0; k < b.rows; ++k) {
    for (int n = 0; n < b.cols; ++n) {
      Bf16 parts[3];
      split(parts, b(k, n));
      const int pair = k % kBf16Depth / 2;  // rows of b go in pairs, side by side
      const int at = k / kBf16Depth * kBf16Block + (pair * kBf16Cols + n % kBf16Cols) * 2 + k % 2;
      for (int p = 0; p < 3; ++p) b_parts.tile(p, n / kBf16Cols)[at] = parts[p];
    }
  }
}

// sums (16,16) = tile m of a . tile n of b.
void tile_sums(float* sums, const Bf16Tile& tile, int m, int n) {
  float large[kBf16Rows * kBf16Cols] = {}, small[kBf16Rows * kBf16Cols] = {};
  // >>> about 8 lines. README.md, "Three halves make a whole".
  const auto add = [&](float* to, int a_part, int b_part) {
    tile.multiply_add(to, a_parts.tile(a_part, m), b_parts.tile(b_part, n), a_parts.blocks);
  };
  add(small, 2, 0);  // the smallest first: what is small then meets what is small
  add(small, 1, 1);
  add(small, 0, 2);
  add(small, 1, 0);
  add(small, 0, 1);
  add(large, 0, 0);
  // <<< NN_TODO("the six products");
  for (int i = 0; i < kBf16Rows * kBf16Cols; ++i) sums[i] = large[i] + small[i];
}

}  // namespace

void split(Bf16 parts[3], float x) {
  // >>> about 5 lines. README.md, "Three halves make a whole".
  for (int p = 0; p < 3; ++p) {
    parts[p] = to_bf16(x);
    x -= from_bf16(parts[p]);  // exact: what is left needs no more bits than x had
  }
  // <<< NN_TODO("split");
}

bool splits(float x) {
  const float size = std::abs(x);
  return size == 0 || (size >= 0x1p-50F && size <= 0x1p60F);
}

void matmul_07_amx_split_on(const Bf16Tile& tile, MatrixView c, ConstMatrixView a,
                            ConstMatrixView b, Scale scale) {
  check_product(c, a, b);
  if (!all_split(a) || !all_split(b)) return matmul_06_threads(c, a, b, scale);
  split_a(a);
  split_b(b);
  for (int m0 = 0; m0 < c.rows; m0 += kBf16Rows) {
    for (int n0 = 0; n0 < c.cols; n0 += kBf16Cols) {
      float sums[kBf16Rows * kBf16Cols];
      tile_sums(sums, tile, m0 / kBf16Rows, n0 / kBf16Cols);
      for (int m = m0; m < std::min(c.rows, m0 + kBf16Rows); ++m) {
        for (int n = n0; n < std::min(c.cols, n0 + kBf16Cols); ++n) {
          const float old = scale.beta == 0 ? 0 : scale.beta * c(m, n);
          c(m, n) = scale.alpha * sums[(m - m0) * kBf16Cols + n - n0] + old;
        }
      }
    }
  }
}

void matmul_07_amx_split(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale) {
  const Bf16Tile* amx = amx_bf16_tile();
  matmul_07_amx_split_on(amx != nullptr ? *amx : software_bf16_tile(), c, a, b, scale);
}

}  // namespace nn::cpu
