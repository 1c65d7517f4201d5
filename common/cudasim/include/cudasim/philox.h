// Philox 4x32-10 [Salmon11], the counter-based generator behind curand here: a 128-bit counter and a
// 64-bit key give four 32-bit words. The same on host and device.
#pragma once
#include <stdint.h>

#include "../vector_types.h"

namespace cudasim {

static inline uint4 philox(uint4 counter, uint2 key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = (uint64_t)0xD2511F53u * counter.x, b = (uint64_t)0xCD9E8D57u * counter.z;
    counter = {(unsigned)(b >> 32) ^ counter.y ^ key.x, (unsigned)b,
               (unsigned)(a >> 32) ^ counter.w ^ key.y, (unsigned)a};
    key.x += 0x9E3779B9u;
    key.y += 0xBB67AE85u;
  }
  return counter;
}

// (0,1]: cuRAND documentation, "Distributions".
static inline float to_uniform(unsigned x) { return (float)x * 0x1p-32f + 0x1p-33f; }
static inline double to_uniform_double(unsigned x, unsigned y) {
  const uint64_t z = (uint64_t)x ^ ((uint64_t)y << 21);
  return (double)z * 0x1p-53 + 0x1p-54;
}

}  // namespace cudasim
