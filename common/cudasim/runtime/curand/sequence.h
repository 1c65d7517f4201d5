// The numbers of a host API generator in cuRAND's order. An array is filled as by many columns side by side,
// each a subsequence of the generator: 4096 of XORWOW, one number each in turn, or 65536 of Philox,
// four numbers each in turn. A column goes on where it stopped, also after numbers of another type,
// which take another count of its words. The toolkit's host generator gives the same; curand_test
// compares with it where it is installed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../../include/curand_kernel.h"

namespace cudasim {

// How one number, or a pair of them, is made of a column's words.
struct ToWord {
  using Out = unsigned;
  static constexpr std::size_t words = 1, outs = 1;
  static void make(const unsigned* w, Out* out) { out[0] = w[0]; }
};
struct ToUniform {
  using Out = float;
  static constexpr std::size_t words = 1, outs = 1;
  static void make(const unsigned* w, Out* out) { out[0] = to_uniform(w[0]); }
};
struct ToUniformDouble {
  using Out = double;
  static constexpr std::size_t words = 2, outs = 1;
  static void make(const unsigned* w, Out* out) { out[0] = to_uniform_double(w[0], w[1]); }
};
struct ToNormal {
  using Out = float;
  static constexpr std::size_t words = 2, outs = 2;
  static void make(const unsigned* w, Out* out) {
    const float2 pair = box_muller(w[0], w[1]);
    out[0] = pair.x;
    out[1] = pair.y;
  }
};
struct ToNormalDouble {
  using Out = double;
  static constexpr std::size_t words = 4, outs = 2;
  static void make(const unsigned* w, Out* out) {
    const double2 pair = box_muller_double({w[0], w[1], w[2], w[3]});
    out[0] = pair.x;
    out[1] = pair.y;
  }
};

class XorwowSequence {
 public:
  XorwowSequence(std::uint64_t seed, std::uint64_t offset) : columns_(kColumns) {
    Xorwow first;
    start(&first, seed);
    for (Xorwow& column : columns_) {
      column = first;
      skip(&first, 1, 67);
    }
    cursor_ = offset % kColumns;
    for (std::size_t c = 0; c < kColumns; ++c) {
      skip(&columns_[c], offset / kColumns + (c < cursor_ ? 1 : 0), 0);
    }
  }

  template <class To>
  void fill(typename To::Out* out, std::size_t n) {
    for (std::size_t i = 0; i < n; i += To::outs) {
      unsigned words[To::words];
      for (unsigned& word : words) word = next(&columns_[cursor_]);
      To::make(words, out + i);
      cursor_ = (cursor_ + 1) % kColumns;
    }
  }

 private:
  static constexpr std::size_t kColumns = 4096;
  std::vector<Xorwow> columns_;
  std::size_t cursor_;  // the column whose turn it is
};

class PhiloxSequence {
 public:
  PhiloxSequence(std::uint64_t seed, std::uint64_t offset)
      : key_{static_cast<unsigned>(seed), static_cast<unsigned>(seed >> 32)},
        blocks_(kColumns, offset / (4 * kColumns)) {
    cursor_ = offset % (4 * kColumns);
    for (std::size_t c = 0; c < cursor_ / 4; ++c) ++blocks_[c];
  }

  template <class To>
  void fill(typename To::Out* out, std::size_t n) {
    constexpr std::size_t kBlocks = To::words / To::outs;  // of four words, for four numbers
    for (std::size_t i = 0; i < n;) {
      const std::size_t column = cursor_ / 4;
      unsigned words[4 * kBlocks];
      for (std::size_t b = 0; b < kBlocks; ++b) {
        const std::uint64_t counter = blocks_[column] + b;
        const uint4 four =
            philox({static_cast<unsigned>(counter), static_cast<unsigned>(counter >> 32),
                    static_cast<unsigned>(column), 0},
                   key_);
        for (unsigned k = 0; k < 4; ++k) words[4 * b + k] = component(four, k);
      }
      typename To::Out numbers[4];
      for (std::size_t k = 0; k < 4; k += To::outs) To::make(words + k * kBlocks, numbers + k);
      for (std::size_t k = cursor_ % 4; k < 4 && i < n; ++k, ++cursor_) out[i++] = numbers[k];
      if (cursor_ % 4 == 0) {
        blocks_[column] += kBlocks;
        cursor_ %= 4 * kColumns;
      }
    }
  }

 private:
  static constexpr std::size_t kColumns = 65536;
  uint2 key_;
  std::vector<std::uint64_t> blocks_;  // by column: the counter of its next four words
  std::size_t cursor_;                 // column * 4 + the number in its turn
};

}  // namespace cudasim
