// Rung 04: a tile of c in registers.    prev: 03_cache_tiles   next: 05_packed
// Idea    14 x 32 sums stay in 28 of the 32 registers of AVX-512 while k runs. Each step loads one
//         row of b (2 registers) and 14 elements of a, and does 14 * 32 multiply-adds with them.
// Moves   46 floats from L1 for 448 multiply-adds; rung 02 moves 3 for each one.
// Needs   2 * 14 sums in flight: an FMA takes 4 cycles and two begin in each, so 8 would do.
// Source  [GotoGeijn08] section 6.1, for the shape of the tile.
#include "phase2_vectorized/week04_speed/matmul_04_register_tile.h"

#include <algorithm>
#include <array>
#include <utility>

#include "phase2_vectorized/week04_speed/simd.h"
#include "phase2_vectorized/week04_speed/simd_part.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Registers hold kTileRows x kTileVectors sums, a row of b and one element of a. x86-64 has 32 of
// them with AVX-512 and 16 without; Arm has 32.
// NOLINTNEXTLINE(misc-redundant-expression): not so for every set
constexpr int kRegisters = HWY_ARCH_X86 && HWY_TARGET != HWY_AVX3 ? 16 : 32;
constexpr int kTileVectors = 2;
constexpr int kTileRows = kRegisters / 2 - 2;
static_assert(kTileRows * kTileVectors + kTileVectors + 1 <= kRegisters);

// How many rows ahead b is asked for: rows that are far apart no processor foresees. 8 steps take
// some 110 cycles, several times what the second cache needs to answer. Where K is small, most of
// those would lie past the last row; there the same row of the next tile is asked for.
constexpr int kAhead = 8, kAheadFromK = 64;

template <int kRows, int kVectors>
void run_tile(const TileProduct& tile) {
  const hn::ScalableTag<float> d;
  const int lanes = static_cast<int>(hn::Lanes(d));
  const Part<decltype(d)> last(tile.cols - (kVectors - 1) * lanes);  // of the last vector of a row
  hn::Vec<decltype(d)> sum[kRows][kVectors];
  HWY_UNROLL(16)  // else g++ keeps the sums in memory
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(2)
    for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(d);
  }
  if (tile.beta != 0) {  // c is wanted when the sums are done: ask for it now
    for (int r = 0; r < kRows; ++r) {
      for (int v = 0; v < kVectors; ++v) {
        hwy::Prefetch(tile.c + r * tile.c_row_stride + v * lanes);
      }
    }
  }
  const float *a = tile.a, *b = tile.b;
  const std::int64_t ahead = tile.K < kAheadFromK ? kVectors * lanes : kAhead * tile.b_row_stride;
  // >>> about 12 lines. README.md, "A tile in registers".
  for (int k = 0; k < tile.K; ++k, a += tile.a_k_stride, b += tile.b_row_stride) {
    hn::Vec<decltype(d)> b_row[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      const float* from = b + v * lanes;
      hwy::Prefetch(from + ahead);
      b_row[v] = v + 1 < kVectors ? hn::LoadU(d, from) : last.load(from);
    }
    for (int r = 0; r < kRows; ++r) {
      const auto a_rk = hn::Set(d, a[r * tile.a_row_stride]);  // the same number in every lane
      for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(a_rk, b_row[v], sum[r][v]);
    }
  }
  // <<< NN_TODO("the sums of a tile");
  if (tile.alpha != 1) {
    HWY_UNROLL(16)
    for (int r = 0; r < kRows; ++r) {
      HWY_UNROLL(2)
      for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Mul(hn::Set(d, tile.alpha), sum[r][v]);
    }
  }
  const bool reads_c = tile.beta != 0;
  const auto beta = hn::Set(d, tile.beta);
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) {
    float* c = tile.c + r * tile.c_row_stride;
    HWY_UNROLL(2)
    for (int v = 0; v + 1 < kVectors; ++v) {
      if (reads_c) sum[r][v] = hn::MulAdd(beta, hn::LoadU(d, c + v * lanes), sum[r][v]);
      hn::StoreU(sum[r][v], d, c + v * lanes);
    }
    auto& end = sum[r][kVectors - 1];
    if (reads_c) end = hn::MulAdd(beta, last.load(c + (kVectors - 1) * lanes), end);
    last.store(end, c + (kVectors - 1) * lanes);
  }
}

// run_tile<1 .. kTileRows, kVectors>: every extent is known to the compiler, which keeps the sums in
// registers only then.
template <int kVectors, int... kRow>
constexpr auto tiles_of(std::integer_sequence<int, kRow...> /*rows*/) {
  return std::array{&run_tile<kRow + 1, kVectors>...};
}
constexpr auto kRowCounts = std::make_integer_sequence<int, kTileRows>{};
constexpr std::array kTiles{tiles_of<1>(kRowCounts), tiles_of<2>(kRowCounts)};

void run(const TileProduct& tile) {
  const int lanes = static_cast<int>(hn::Lanes(hn::ScalableTag<float>()));
  kTiles[tile.cols > lanes ? 1 : 0][static_cast<std::size_t>(tile.rows) - 1](tile);
}

const RegisterTile& tile_of_target() {
  static const RegisterTile tile{
      kTileRows, kTileVectors * static_cast<int>(hn::Lanes(hn::ScalableTag<float>())), &run};
  return tile;
}

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
// NOLINTNEXTLINE(bugprone-suspicious-include)
#include "matmul_04_register_tile.cc"  // itself, for the next set of instructions: simd.h
#else

namespace nn::cpu {
namespace {

HWY_EXPORT(tile_of_target);

// Where the columns of a transposed b are copied to, a tile's width at a time. Kept from call to
// call, so that a training loop allocates nothing.
thread_local Matrix strip;

// The columns of b as rows of floats that are adjacent: b itself, or a copy in strip.
ConstMatrixView with_adjacent_columns(ConstMatrixView b) {
  if (b.col_stride == 1) return b;
  strip.resize(b.rows, b.cols);
  for (int n = 0; n < b.cols; ++n) {
    for (int k = 0; k < b.rows; ++k) strip.data()[k * b.cols + n] = b(k, n);
  }
  return strip;
}

}  // namespace

const RegisterTile& register_tile() {
  static const std::string chosen = simd_target();  // the first use reads NN_SIMD
  return HWY_DYNAMIC_DISPATCH(tile_of_target)();
}

void matmul_04_register_tile(MatrixView c, ConstMatrixView a, ConstMatrixView b, Scale scale) {
  check_product(c, a, b);
  const int M = c.rows, N = c.cols, K = a.cols;
  const RegisterTile& tile = register_tile();
  // >>> about 18 lines. README.md, "A tile in registers".
  const int m_step = even_step(M, tile.rows);  // a tile of few rows waits for its own sums
  for (int n = 0; n < N; n += tile.cols) {
    const int cols = std::min(tile.cols, N - n);
    const ConstMatrixView b_cols = with_adjacent_columns(b.block(0, n, K, cols));
    for (int m = 0; m < M; m += m_step) {
      const int rows = std::min(m_step, M - m);
      const ConstMatrixView a_rows = a.block(m, 0, rows, K);
      tile.run({.c = &c(m, n),
                .c_row_stride = c.row_stride,
                .a = a_rows.data,
                .a_row_stride = a_rows.row_stride,
                .a_k_stride = a_rows.col_stride,
                .b = b_cols.data,
                .b_row_stride = b_cols.row_stride,
                .rows = rows,
                .cols = cols,
                .K = K,
                .alpha = scale.alpha,
                .beta = scale.beta});
    }
  }
  // <<< NN_TODO("matmul_04_register_tile");
}

}  // namespace nn::cpu
#endif
