// curand_kernel.h: random numbers in kernels. curandStatePhilox4_32_10_t gives the sequence cuRAND
// documents; curandState, whose default generator in cuRAND is XORWOW, is Philox here too: the same
// distributions, other numbers.
#pragma once
#include <math.h>

#include "cudasim/philox.h"
#include "vector_functions.h"

struct curandStatePhilox4_32_10 {
  uint4 counter;  // the next block of four numbers
  uint4 output;   // the current one
  uint2 key;
  unsigned taken;   // of `output`, [0,4)
  bool has_normal;  // the second number of a Box-Muller pair waits in `normal`
  float normal;
};
typedef struct curandStatePhilox4_32_10 curandStatePhilox4_32_10_t;
typedef curandStatePhilox4_32_10 curandState_t;
typedef curandStatePhilox4_32_10 curandState;

namespace cudasim {

static inline void philox_add(uint4* counter, unsigned long long n) {
  const unsigned long long low = ((unsigned long long)counter->y << 32 | counter->x);
  const unsigned long long sum = low + n;
  counter->x = (unsigned)sum;
  counter->y = (unsigned)(sum >> 32);
  if (sum < low && ++counter->z == 0) ++counter->w;
}
static inline unsigned component(const uint4& v, unsigned i) {
  return i == 0 ? v.x : i == 1 ? v.y : i == 2 ? v.z : v.w;
}
static inline float2 box_muller(unsigned x, unsigned y) {
  const float u = to_uniform(x), v = (float)y * (0x1p-32f * 6.2831855f) + 0x1p-33f * 6.2831855f;
  const float s = sqrtf(-2.0f * logf(u));
  return {sinf(v) * s, cosf(v) * s};
}

}  // namespace cudasim

// The state of subsequence `subsequence` of `seed`, after `offset` numbers.
static inline void skipahead(unsigned long long n, curandStatePhilox4_32_10* state) {
  n += state->taken;
  state->taken = (unsigned)(n & 3);
  ::cudasim::philox_add(&state->counter, n / 4);
  state->output = ::cudasim::philox(state->counter, state->key);
}
static inline void skipahead_sequence(unsigned long long n, curandStatePhilox4_32_10* state) {
  const unsigned long long high =
      ((unsigned long long)state->counter.w << 32 | state->counter.z) + n;
  state->counter.z = (unsigned)high;
  state->counter.w = (unsigned)(high >> 32);
  state->output = ::cudasim::philox(state->counter, state->key);
}
static inline void curand_init(unsigned long long seed, unsigned long long subsequence,
                               unsigned long long offset, curandStatePhilox4_32_10* state) {
  state->counter = {0, 0, 0, 0};
  state->key = {(unsigned)seed, (unsigned)(seed >> 32)};
  state->taken = 0;
  state->has_normal = false;
  state->normal = 0;
  skipahead_sequence(subsequence, state);
  skipahead(offset, state);
}

static inline unsigned curand(curandStatePhilox4_32_10* state) {
  const unsigned result = ::cudasim::component(state->output, state->taken);
  if (++state->taken == 4) {
    state->taken = 0;
    ::cudasim::philox_add(&state->counter, 1);
    state->output = ::cudasim::philox(state->counter, state->key);
  }
  return result;
}
static inline uint4 curand4(curandStatePhilox4_32_10* state) {
  return {curand(state), curand(state), curand(state), curand(state)};
}
static inline float curand_uniform(curandStatePhilox4_32_10* state) {
  return ::cudasim::to_uniform(curand(state));
}
static inline float4 curand_uniform4(curandStatePhilox4_32_10* state) {
  const uint4 x = curand4(state);
  return {::cudasim::to_uniform(x.x), ::cudasim::to_uniform(x.y), ::cudasim::to_uniform(x.z),
          ::cudasim::to_uniform(x.w)};
}
static inline double curand_uniform_double(curandStatePhilox4_32_10* state) {
  const unsigned x = curand(state);
  return ::cudasim::to_uniform_double(x, curand(state));
}
static inline float2 curand_normal2(curandStatePhilox4_32_10* state) {
  const unsigned x = curand(state);
  return ::cudasim::box_muller(x, curand(state));
}
static inline float curand_normal(curandStatePhilox4_32_10* state) {
  if (state->has_normal) {
    state->has_normal = false;
    return state->normal;
  }
  const float2 pair = curand_normal2(state);
  state->has_normal = true;
  state->normal = pair.y;
  return pair.x;
}
static inline float4 curand_normal4(curandStatePhilox4_32_10* state) {
  const float2 a = curand_normal2(state), b = curand_normal2(state);
  return {a.x, a.y, b.x, b.y};
}
static inline float curand_log_normal(curandStatePhilox4_32_10* state, float mean,
                                      float deviation) {
  return expf(mean + deviation * curand_normal(state));
}
