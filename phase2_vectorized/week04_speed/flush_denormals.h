// FlushDenormals: while one lives, this thread computes 0 in place of numbers below 1.2e-38.
//
// Below the smallest ordinary float there are the denormals, with fewer and fewer bits, down to
// 1.4e-45. x86-64 computes with them some thirty times more slowly (docs/benchmarks/optimizers.md).
// A velocity that nothing feeds any more (a pixel that is black from now on) falls by a tenth at each
// step, is among them after 800 steps, and stays: 0.9 times the smallest is rounded up to the smallest.
//
// The mode is the thread's own; where it was on before, it stays on. It holds for functions that are
// called meanwhile: arithmetic beside this object's own lines the compiler may move past them. On
// processors of which we know no such mode, nothing changes.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cstdint>

namespace nn::cpu {

class FlushDenormals {
 public:
  FlushDenormals() : before_(mode()) { set_mode(before_ | kFlush); }
  ~FlushDenormals() { set_mode(before_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__x86_64__)
  // MXCSR's bits 15, results, and 6, operands. Source: [Intel23] volume 1, section 10.2.3.
  static constexpr std::uint64_t kFlush = 1U << 15 | 1U << 6;
  static std::uint64_t mode() { return _mm_getcsr(); }
  static void set_mode(std::uint64_t mode) { _mm_setcsr(static_cast<unsigned>(mode)); }
#elif defined(__aarch64__)
  // Bit 24 of FPCR, FZ: both. Source: [Arm23], FPCR.
  static constexpr std::uint64_t kFlush = 1U << 24;
  static std::uint64_t mode() {
    std::uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
  }
  static void set_mode(std::uint64_t mode) { __asm__ volatile("msr fpcr, %0" ::"r"(mode)); }
#else
  static constexpr std::uint64_t kFlush = 0;
  static std::uint64_t mode() { return 0; }
  static void set_mode(std::uint64_t /*mode*/) {}
#endif

  std::uint64_t before_;
};

}  // namespace nn::cpu
