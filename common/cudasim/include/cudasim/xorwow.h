// XORWOW [Marsaglia03, sec. 3.1]: five words of xorshift and a counter; cuRAND's default generator, with its
// seeding and its subsequences 2^67 numbers apart. The same on host and device.
#pragma once
#include <stdint.h>

namespace cudasim {

struct Xorwow {
  unsigned d;  // the counter
  unsigned v[5];
};

static inline unsigned next(Xorwow* s) {
  const unsigned t = s->v[0] ^ (s->v[0] >> 2);
  for (int i = 0; i < 4; ++i) s->v[i] = s->v[i + 1];
  s->v[4] ^= (s->v[4] << 4) ^ t ^ (t << 1);
  s->d += 362437;
  return s->v[4] + s->d;
}

// v after n steps of 2^power numbers: runtime/xorwow.cc.
void xorwow_skip(unsigned v[5], unsigned long long n, unsigned power);

static inline void skip(Xorwow* s, unsigned long long n, unsigned power) {
  unsigned v[5];  // the runtime writes to this copy, so that checks see the stores to *s
  for (int i = 0; i < 5; ++i) v[i] = s->v[i];
  xorwow_skip(v, n, power);
  for (int i = 0; i < 5; ++i) s->v[i] = v[i];
  if (power < 32) s->d += 362437u * ((unsigned)n << power);
}

// The seeding of cuRAND's curand_init; the numbers that follow were compared with the toolkit's.
static inline void start(Xorwow* s, unsigned long long seed) {
  const unsigned low = 1099087573u * ((unsigned)seed ^ 0xaad26b49u);
  const unsigned high = 2591861531u * ((unsigned)(seed >> 32) ^ 0xf7dcefddu);
  s->d = 6615241u + high + low;
  s->v[0] = 123456789u + low;
  s->v[1] = 362436069u ^ low;
  s->v[2] = 521288629u + high;
  s->v[3] = 88675123u ^ high;
  s->v[4] = 5783321u + low;
}

}  // namespace cudasim
