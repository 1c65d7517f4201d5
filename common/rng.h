// Philox 4x32-10: random numbers as a function of (seed, stream, position), not of history.
//
// A counter goes in, four scrambled words come out; the key is the seed. So any element of any
// stream can be computed alone, in any order, on any machine: NumPy, C++, CUDA and cudasim all
// give the same numbers, and a resumed run continues where the killed one stopped by knowing one
// integer. reference/philox.py is the same stream in NumPy.
//
// Source   [Salmon11] "Parallel random numbers: as easy as 1, 2, 3"; known-answer vectors from the
//          authors' Random123 distribution (kat_vectors) are in rng_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace nn {

// One block: ten rounds over a 128-bit counter with a 64-bit key.
std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key);

// A stream of words. Word i (i = 0, 1, ...) is word i % 4 of the block with
//   counter = {lo32(i / 4), hi32(i / 4), lo32(stream), hi32(stream)}, key = {lo32(seed), hi32(seed)}.
// Streams never overlap, so give each use its own: one a layer, one an epoch.
//
//   words      0  1  2  3 | 4  5  6  7 | ...     one block between the bars
//   next_u32   ^                                 takes word 0
//   next_u64         ^--^                        skips word 1, takes words 2 (low half) and 3
class Philox {
 public:
  // Starts before word `position`, so Philox(seed, stream, rng.position()) continues rng, except
  // that the spare normal (below) is not carried over: save after an even number of normals.
  explicit Philox(std::uint64_t seed, std::uint64_t stream = 0, std::uint64_t position = 0)
      : seed_(seed), stream_(stream), position_(position) {}

  // The word at position(), which then advances by 1.
  std::uint32_t next_u32() {
    if (position_ / 4 != block_index_) load_block();
    return block_[position_++ % 4];
  }
  // An odd position first advances by 1; that word is never used. Then two words, low half first.
  std::uint64_t next_u64() {
    position_ += position_ % 2;
    const std::uint64_t low = next_u32();
    return low | std::uint64_t{next_u32()} << 32;
  }
  // [0, 1), a multiple of 2^-53: (next_u64() >> 11) * 2^-53.
  double uniform() { return static_cast<double>(next_u64() >> 11) * 0x1p-53; }
  // Standard normal, Box-Muller [BoxMuller58]: with u1 = 1 - uniform() in (0, 1], then
  // u2 = uniform(), r = sqrt(-2 log u1): returns r cos(2 pi u2) and keeps r sin(2 pi u2), the
  // spare, which the next call returns without advancing position(), whatever was drawn between.
  double normal();

  std::uint64_t position() const { return position_; }  // words taken or skipped so far

 private:
  void load_block();  // block_ = the block that holds word position_

  std::uint64_t seed_;
  std::uint64_t stream_;
  std::uint64_t position_;
  std::uint64_t block_index_ = ~std::uint64_t{0};  // which block block_ holds; ~0 is no block
  std::array<std::uint32_t, 4> block_{};
  bool has_spare_normal_ = false;
  double spare_normal_ = 0;
};

// out[i] = low + (high - low) * uniform(), in [low, high): where that rounds up to high, the
// largest double below high. Not low < high, or high - low not finite: nn::Error.
void fill_uniform(std::span<double> out, double low, double high, Philox& rng);
// out[i] = mean + deviation * normal(). deviation < 0, or either not finite: nn::Error.
void fill_normal(std::span<double> out, double mean, double deviation, Philox& rng);

// A permutation of 0 .. n-1: the indices sorted by n random 64-bit keys (ties by index), index i's
// key being the i-th next_u64(). n < 0: nn::Error. Sorting keys, unlike swapping in place, gives
// the same order on a parallel machine.
std::vector<int> permutation(int n, Philox& rng);

}  // namespace nn
