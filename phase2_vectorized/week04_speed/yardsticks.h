// The libraries that the ladder is measured against: OpenBLAS, BLIS and oneDNN, where they are
// installed. They are looked for while a bench runs; nothing is linked with them, and nothing else
// of the course knows them. Rung 00 is the first of them.
#pragma once

#include <string>
#include <vector>

#include "phase2_vectorized/week04_speed/product.h"

namespace nn::cpu {

// What is not there, or has lost its function, is left out. common/setup.sh need yardsticks
// installs them all.
struct Yardstick {
  std::string name;     // "00_openblas", "blis", "onednn"
  std::string version;  // as the library says, with the kernels it uses where it says that
  // c (M,N) = a (M,K) . b (K,N), all three contiguous.
  void (*product)(float* c, const float* a, const float* b, int M, int N, int K);
  void (*set_threads)(int count);
};

// Loads them, each told to use the best kernels that the processor has: released years ago, they do
// not know the newest processors, and would take kernels for very old ones instead.
const std::vector<Yardstick>& yardsticks();

}  // namespace nn::cpu
