// Skipping numbers of XORWOW. A step is linear over bits, so 2^p steps are a 160x160 matrix of bits, and n of
// those the product of the matrices for n's bits: at most 64 products of a matrix and a vector.
#include "../include/cudasim/xorwow.h"

#include <array>
#include <cstdint>
#include <vector>

#include "in_runtime.h"
#include "worker.h"

namespace cudasim {
namespace {

constexpr unsigned kWords = 5, kBits = 32 * kWords;
using Vector = std::array<unsigned, kWords>;
using Matrix = std::array<Vector, kBits>;  // by columns: what each bit becomes

Vector times(const Matrix& m, const Vector& x) {
  Vector y{};
  for (unsigned bit = 0; bit < kBits; ++bit) {
    const unsigned mask = 0u - (x[bit / 32] >> bit % 32 & 1);
    for (unsigned i = 0; i < kWords; ++i) y[i] ^= m[bit][i] & mask;
  }
  return y;
}

// The matrices of 2^p steps, p < 131: up to 2^63 subsequences of 2^67 numbers. Made at first use, in
// about 30 ms.
const std::vector<Matrix>& powers() {
  static const std::vector<Matrix>* all = [] {
    auto* m = new std::vector<Matrix>(67 + 64);
    for (unsigned bit = 0; bit < kBits; ++bit) {
      Xorwow s{};
      s.v[bit / 32] = 1u << bit % 32;
      next(&s);
      for (unsigned i = 0; i < kWords; ++i) (*m)[0][bit][i] = s.v[i];
    }
    for (std::size_t p = 1; p < m->size(); ++p) {
      for (unsigned bit = 0; bit < kBits; ++bit) {
        (*m)[p][bit] = times((*m)[p - 1], (*m)[p - 1][bit]);
      }
    }
    return m;
  }();
  return *all;
}

void skip_bits(unsigned v[kWords], unsigned long long n, unsigned power) {
  Vector x;
  for (unsigned i = 0; i < kWords; ++i) x[i] = v[i];
  for (; n != 0; n >>= 1, ++power) {
    if ((n & 1) != 0) x = times(powers()[power], x);
  }
  for (unsigned i = 0; i < kWords; ++i) v[i] = x[i];
}

}  // namespace

void xorwow_skip(unsigned v[5], unsigned long long n, unsigned power) {
  if (n == 0) return;
  if (Worker::in_kernel() == nullptr) {
    skip_bits(v, n, power);
  } else {
    const InRuntime guard;
    skip_bits(v, n, power);
  }
}

}  // namespace cudasim
