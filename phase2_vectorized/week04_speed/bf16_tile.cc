#include "phase2_vectorized/week04_speed/bf16_tile.h"

#include <bit>

#if defined(__x86_64__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace nn::cpu {
namespace {

constexpr float kSmallestNormal = 0x1p-126F;

float flushed(float x) { return x < kSmallestNormal && x > -kSmallestNormal ? 0.0F : x; }

void multiply_add_software(float* c, const Bf16* a, const Bf16* b, int blocks) {
  for (int block = 0; block < blocks; ++block, a += kBf16Block, b += kBf16Block) {
    for (int m = 0; m < kBf16Rows; ++m) {
      for (int n = 0; n < kBf16Cols; ++n) {
        float sums[2] = {};  // of the terms with even k, and with odd k
        for (int k = 0; k < kBf16Depth; ++k) {
          const float a_mk = flushed(from_bf16(a[m * kBf16Depth + k]));
          const float b_kn = flushed(from_bf16(b[(k / 2 * kBf16Cols + n) * 2 + k % 2]));
          sums[k % 2] = flushed(sums[k % 2] + flushed(a_mk * b_kn));
        }
        float& sum = c[m * kBf16Cols + n];
        sum = flushed(flushed(sum) + flushed(sums[0] + sums[1]));
      }
    }
  }
}

#if defined(__x86_64__) && defined(__linux__)

// What ldtilecfg reads: the shape of each of the eight tile registers [Intel23, "LDTILECFG"].
struct TileConfig {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64};  // of tiles 0, 1, 2: c, a, b
  std::uint8_t rows[16] = {16, 16, 16};
};
static_assert(sizeof(TileConfig) == 64);

__attribute__((target("amx-tile,amx-bf16"))) void multiply_add_amx(float* c, const Bf16* a,
                                                                   const Bf16* b, int blocks) {
  // In memory before the program begins: g++ 12 believes that the instruction reads 8 bytes of it, and
  // might leave out what would put the other 56 on the stack.
  alignas(64) static constexpr TileConfig kConfig;
  _tile_loadconfig(&kConfig);
  _tile_loadd(0, c, 64);
  for (int block = 0; block < blocks; ++block, a += kBf16Block, b += kBf16Block) {
    _tile_loadd(1, a, 64);
    _tile_loadd(2, b, 64);
    _tile_dpbf16ps(0, 1, 2);
  }
  _tile_stored(0, c, 64);
  _tile_release();
}

bool has_amx() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  constexpr unsigned kBf16Bit = 1U << 22, kTileBit = 1U << 24;  // of leaf 7, edx [Intel23, "CPUID"]
  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  if ((edx & kBf16Bit) == 0 || (edx & kTileBit) == 0) return false;
  // Linux keeps the 8 KiB of tile state from programs that have not asked for it.
  constexpr long kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM of asm/prctl.h
  constexpr long kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

#endif

}  // namespace

const Bf16Tile& software_bf16_tile() {
  static const Bf16Tile tile{"software", &multiply_add_software};
  return tile;
}

const Bf16Tile* amx_bf16_code() {
#if defined(__x86_64__) && defined(__linux__)
  static const Bf16Tile tile{"amx", &multiply_add_amx};
  return &tile;
#else
  return nullptr;
#endif
}

const Bf16Tile* amx_bf16_tile() {
#if defined(__x86_64__) && defined(__linux__)
  static const bool found = has_amx();
  return found ? amx_bf16_code() : nullptr;
#else
  return nullptr;
#endif
}

Bf16 to_bf16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t rounded = bits + 0x7fff + (bits >> 16 & 1);
  constexpr std::uint32_t kExponent = 0x7f80'0000;
  return static_cast<Bf16>(((rounded & kExponent) == kExponent ? bits : rounded) >> 16);
}

float from_bf16(Bf16 x) { return std::bit_cast<float>(std::uint32_t{x} << 16); }

}  // namespace nn::cpu
