#include "phase1_cpu/week03_learning/init.h"

#include <cmath>

#include "common/check.h"

namespace nn::basic {

Matrix xavier_uniform(int C, int OC, Philox& rng) {
  NN_CHECK(C >= 1 && OC >= 1, "weights of shape (", C, ", ", OC, "); extents are 1 or more");
  Matrix w(C, OC);
  // >>> about 2 lines. README.md, "Where to start: initialisation".
  const double a = std::sqrt(6.0 / (C + OC));  // a uniform on [-a, a) has variance a^2 / 3
  fill_uniform(w.values(), -a, a, rng);
  // <<< NN_TODO("xavier_uniform");
  return w;
}

Matrix he_normal(int C, int OC, Philox& rng) {
  NN_CHECK(C >= 1 && OC >= 1, "weights of shape (", C, ", ", OC, "); extents are 1 or more");
  Matrix w(C, OC);
  // >>> about 2 lines. README.md, "Where to start: initialisation".
  const double deviation = std::sqrt(2.0 / C);
  fill_normal(w.values(), 0.0, deviation, rng);
  // <<< NN_TODO("he_normal");
  return w;
}

}  // namespace nn::basic
