// The sequential model of a list of operations: what it must leave behind, found without knowing
// how a kernel is run. Each block goes by itself, each operation for all threads that take part in
// it before the next; a function means what the CUDA programming guide says, in the plainest way.
#pragma once
#include <array>
#include <cmath>
#include <cstring>

#include "common/cudasim/tests/stress/lists.h"

namespace stress::model {

using Lanes = std::array<bool, kMaxThreads>;  // which threads of a block take part

template <class To, class From>
To same_bits(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  std::memcpy(&result, &value, sizeof result);
  return result;
}
inline std::uint32_t bits_of(float x) {
  return std::isnan(x) ? 0x7fffffff : same_bits<std::uint32_t>(x);
}
inline std::uint64_t bits_of(double x) {
  return std::isnan(x) ? 0x7ff8000000000000 : same_bits<std::uint64_t>(x);
}

class Block {
 public:
  Block(const List& list, Outcome& outcome, int number)
      : list_(list),
        out_(outcome),
        number_(number),
        threads_(list.threads),
        words_(threads_ * kCellWords) {
    for (int buffer = 0; buffer < kSharedBuffers; ++buffer) {
      auto& cells = memory_[buffer];
      cells.resize(static_cast<std::size_t>(words_) * 4);
      for (std::uint32_t w = 0; w < static_cast<std::uint32_t>(words_); ++w) {
        put(buffer, static_cast<int>(w),
            (w * 2654435761u) ^ (static_cast<std::uint32_t>(number + 1) * 40503u));
      }
    }
    for (int buffer = kSharedBuffers; buffer < kBuffers; ++buffer) {
      memory_[buffer].resize(static_cast<std::size_t>(words_) * 4);
      std::memcpy(memory_[buffer].data(), global(buffer), memory_[buffer].size());
    }
    alive_.fill(false);
    for (int t = 0; t < threads_; ++t) alive_[at(t)] = true;
  }

  // Returns whether any thread came to the end and wrote down the shared memory.
  bool run() {
    follow(0, static_cast<int>(list_.ops.size()), alive_);
    for (int buffer = kSharedBuffers; buffer < kBuffers; ++buffer) {
      std::memcpy(global(buffer), memory_[buffer].data(), memory_[buffer].size());
    }
    std::uint32_t left = 0;
    for (int t = 0; t < threads_; ++t) left += alive_[at(t)];
    if (left == 0 || list_.alone) return false;
    std::uint32_t* row = &out_.shared[at(number_) * at(shared_row(list_))];
    for (int buffer = 0; buffer < kSharedBuffers; ++buffer) {
      std::memcpy(row + buffer * words_, memory_[buffer].data(), memory_[buffer].size());
    }
    row[kSharedBuffers * words_] = left;
    return true;
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  std::uint32_t* global(int buffer) {
    return &out_.global[at((number_ * 2 + buffer - kSharedBuffers) * words_)];
  }
  std::uint32_t get(int buffer, int word) const {
    std::uint32_t value;
    std::memcpy(&value, &memory_[buffer][at(word) * 4], 4);
    return value;
  }
  void put(int buffer, int word, std::uint32_t value) {
    std::memcpy(&memory_[buffer][at(word) * 4], &value, 4);
  }
  std::uint32_t& reg(int thread, int i) {
    return out_.registers[at((number_ * threads_ + thread) * kRegisters + i)];
  }
  float single(int t, int i) { return same_bits<float>(reg(t, i)); }
  std::uint64_t wide(int t, int i) {
    return reg(t, i / 2 * 2) + (static_cast<std::uint64_t>(reg(t, i / 2 * 2 + 1)) << 32);
  }
  double real(int t, int i) { return same_bits<double>(wide(t, i)); }
  void set_wide(int t, int i, std::uint64_t value) {
    reg(t, i / 2 * 2) = static_cast<std::uint32_t>(value & 0xffffffff);
    reg(t, i / 2 * 2 + 1) = static_cast<std::uint32_t>(value >> 32);
  }
  bool bit(int t, const Op& op) { return reg(t, op.a) & (1u << (op.imm % 32)); }
  int own_word(int t, const Op& op) const {
    const int moved =
        op.shift >= 0 ? (t + op.shift) % threads_ : threads_ - 1 - (t - op.shift) % threads_;
    return moved * kCellWords;
  }

  template <class F>
  void each(const Lanes& lanes, F visit) {
    for (int t = 0; t < threads_; ++t) {
      if (lanes[at(t)] && alive_[at(t)]) visit(t);
    }
  }
  template <class F>
  Lanes where(const Lanes& lanes, F holds) {
    Lanes result{};
    each(lanes, [&](int t) { result[at(t)] = holds(t); });
    return result;
  }
  bool any(const Lanes& lanes) {
    bool found = false;
    each(lanes, [&](int) { found = true; });
    return found;
  }

  // Operations [begin, end) for the threads of `active` that have not left.
  void follow(int begin, int end, const Lanes& active);
  bool takes(int t, const Op& op);
  void single_thread(int t, const Op& op);
  void access(int t, const Op& op);
  std::uint32_t changed(std::uint8_t* place, Atomic function, int t, const Op& op);
  void collective(const Op& op, const Lanes& active);
  void warp(const Op& op, int first_thread, std::uint32_t present);

  const List& list_;
  Outcome& out_;
  int number_, threads_, words_;
  std::vector<std::uint8_t> memory_[kBuffers];
  Lanes alive_;
  const std::vector<unsigned> constants_ = table();
};

}  // namespace stress::model
