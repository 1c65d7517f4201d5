// A sieve: many threads set bits of the same words with atomicOr, and after the barrier all read.
#include "results.h"

__global__ void sieve(int* is_prime) {
  __shared__ unsigned s_composite[4];
  const unsigned t = threadIdx.x;  // [0,128)
  if (t < 4) s_composite[t] = 0;
  __syncthreads();
  if (t >= 2) {
    for (unsigned m = 2 * t; m < 128; m += t) atomicOr(&s_composite[m / 32], 1u << m % 32);
  }
  __syncthreads();
  is_prime[t] = t >= 2 && (s_composite[t / 32] >> t % 32 & 1) == 0;
}

int main() {
  Array<int> out(128);
  sieve<<<1, 128>>>(out);
  std::vector<int> want;
  for (int i = 0; i < 128; ++i) {
    bool prime = i >= 2;
    for (int d = 2; d * d <= i; ++d) prime = prime && i % d != 0;
    want.push_back(prime);
  }
  return compare(out.host(), want);
}
