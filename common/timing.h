// Time, for benches and progress.
#pragma once

#include <chrono>
#include <ctime>

namespace nn {

// Seconds since some fixed moment; never runs backwards. What a Stopwatch and a bench read.
inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds of processor time that this program has used, on all its threads: what others did on the
// machine meanwhile hardly counts. What a bench of one thread reads.
inline double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Stopwatch {
 public:
  double seconds() const { return steady_seconds() - start_; }  // since construction or restart()
  void restart() { start_ = steady_seconds(); }

 private:
  double start_ = steady_seconds();
};

// Keeps a computation whose result nobody reads: to the compiler, an unknown reader looks at
// `value`, and at all memory, here.
template <class T>
void do_not_optimise(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

}  // namespace nn
