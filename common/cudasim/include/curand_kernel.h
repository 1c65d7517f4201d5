// curand_kernel.h: random numbers in kernels, from XORWOW (curandState, the default) and Philox 4x32-10: the
// sequences and, but for the last place of logarithms and sines, the distributions of cuRAND. Poisson
// numbers of a mean between 64 and 4000 come from another method than cuRAND's. Other generators are
// left out.
#pragma once
#include <math.h>

#include "cudasim/philox.h"
#include "cudasim/xorwow.h"
#include "vector_functions.h"

namespace cudasim {

// The second of a pair of numbers waits here for the next call of the same kind. A log-normal one has
// the mean and deviation of the call that made it. No bytes between the members: a copy of a state reads
// what curand_init wrote, nothing else.
enum class SpareKind : unsigned { none, normal, log_normal };
struct alignas(8) Spare {
  SpareKind kind;
  float value;
};
struct SpareDouble {
  double value;
  SpareKind kind;
  unsigned unused;
};
template <class S, class T>
static inline bool take(S* spare, SpareKind kind, T* value) {
  if (spare->kind != kind) return false;
  spare->kind = SpareKind::none;
  *value = spare->value;
  return true;
}

}  // namespace cudasim

struct curandStateXORWOW {
  ::cudasim::Xorwow generator;
  ::cudasim::Spare spare;
  ::cudasim::SpareDouble spare_double;
};
struct curandStatePhilox4_32_10 {
  uint4 counter;  // the next block of four numbers
  uint4 output;   // the current one
  uint2 key;
  unsigned taken;  // of `output`, [0,4)
  unsigned unused;
  ::cudasim::Spare spare;
  ::cudasim::SpareDouble spare_double;
};
static_assert(sizeof(curandStateXORWOW) == 48 && sizeof(curandStatePhilox4_32_10) == 80);
typedef struct curandStateXORWOW curandStateXORWOW_t;
typedef struct curandStatePhilox4_32_10 curandStatePhilox4_32_10_t;
typedef struct curandStateXORWOW curandState_t;
typedef struct curandStateXORWOW curandState;

namespace cudasim {

template <class State>
concept Generator = __is_same(State, curandStateXORWOW) ||
                    __is_same(State, curandStatePhilox4_32_10);

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
// Two normal numbers of two or four random words: Box and Muller's method.
static inline float2 box_muller(unsigned x, unsigned y) {
  const float u = to_uniform(x), v = (float)y * (0x1p-32f * 6.2831855f) + 0x1p-33f * 6.2831855f;
  const float s = sqrtf(-2.0f * logf(u));
  return {sinf(v) * s, cosf(v) * s};
}
static inline double2 box_muller_double(const uint4& x) {
  const double u = to_uniform_double(x.x, x.y);
  const double v = to_uniform_double(x.z, x.w) * 2 * 3.14159265358979323846;
  const double s = sqrt(-2.0 * log(u));
  return {sin(v) * s, cos(v) * s};
}

}  // namespace cudasim

// The state of subsequence `subsequence` of `seed`, after `offset` numbers.
static inline void skipahead(unsigned long long n, curandStateXORWOW* state) {
  ::cudasim::skip(&state->generator, n, 0);
}
static inline void skipahead_sequence(unsigned long long n, curandStateXORWOW* state) {
  ::cudasim::skip(&state->generator, n, 67);
}
static inline void curand_init(unsigned long long seed, unsigned long long subsequence,
                               unsigned long long offset, curandStateXORWOW* state) {
  ::cudasim::start(&state->generator, seed);
  state->spare = {::cudasim::SpareKind::none, 0};
  state->spare_double = {0, ::cudasim::SpareKind::none, 0};
  skipahead_sequence(subsequence, state);
  skipahead(offset, state);
}
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
  state->taken = state->unused = 0;
  state->spare = {::cudasim::SpareKind::none, 0};
  state->spare_double = {0, ::cudasim::SpareKind::none, 0};
  skipahead_sequence(subsequence, state);
  skipahead(offset, state);
}

// Random words.
static inline unsigned curand(curandStateXORWOW* state) {
  return ::cudasim::next(&state->generator);
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

// Uniform numbers in (0,1]. Philox makes a single double of one word, cuRAND's documentation says.
template <::cudasim::Generator State>
static inline float curand_uniform(State* state) {
  return ::cudasim::to_uniform(curand(state));
}
static inline double curand_uniform_double(curandStateXORWOW* state) {
  const unsigned x = curand(state);
  return ::cudasim::to_uniform_double(x, curand(state));
}
static inline double curand_uniform_double(curandStatePhilox4_32_10* state) {
  return (double)curand(state) * 0x1p-32 + 0x1p-32;
}
static inline double2 curand_uniform2_double(curandStatePhilox4_32_10* state) {
  const uint4 x = curand4(state);
  return {::cudasim::to_uniform_double(x.x, x.y), ::cudasim::to_uniform_double(x.z, x.w)};
}
static inline float4 curand_uniform4(curandStatePhilox4_32_10* state) {
  const uint4 x = curand4(state);
  return {::cudasim::to_uniform(x.x), ::cudasim::to_uniform(x.y), ::cudasim::to_uniform(x.z),
          ::cudasim::to_uniform(x.w)};
}

// Normal numbers, of mean 0 and deviation 1.
template <::cudasim::Generator State>
static inline float2 curand_normal2(State* state) {
  const unsigned x = curand(state);
  return ::cudasim::box_muller(x, curand(state));
}
template <::cudasim::Generator State>
static inline double2 curand_normal2_double(State* state) {
  return ::cudasim::box_muller_double({curand(state), curand(state), curand(state), curand(state)});
}
template <::cudasim::Generator State>
static inline float curand_normal(State* state) {
  float z;
  if (::cudasim::take(&state->spare, ::cudasim::SpareKind::normal, &z)) return z;
  const float2 pair = curand_normal2(state);
  state->spare = {::cudasim::SpareKind::normal, pair.y};
  return pair.x;
}
template <::cudasim::Generator State>
static inline double curand_normal_double(State* state) {
  double z;
  if (::cudasim::take(&state->spare_double, ::cudasim::SpareKind::normal, &z)) return z;
  const double2 pair = curand_normal2_double(state);
  state->spare_double = {pair.y, ::cudasim::SpareKind::normal, 0};
  return pair.x;
}
static inline float4 curand_normal4(curandStatePhilox4_32_10* state) {
  const float2 a = curand_normal2(state), b = curand_normal2(state);
  return {a.x, a.y, b.x, b.y};
}

// Numbers whose logarithm is normal, of this mean and deviation.
template <::cudasim::Generator State>
static inline float2 curand_log_normal2(State* state, float mean, float deviation) {
  const float2 z = curand_normal2(state);
  return {expf(mean + deviation * z.x), expf(mean + deviation * z.y)};
}
template <::cudasim::Generator State>
static inline double2 curand_log_normal2_double(State* state, double mean, double deviation) {
  const double2 z = curand_normal2_double(state);
  return {exp(mean + deviation * z.x), exp(mean + deviation * z.y)};
}
template <::cudasim::Generator State>
static inline float curand_log_normal(State* state, float mean, float deviation) {
  float x;
  if (::cudasim::take(&state->spare, ::cudasim::SpareKind::log_normal, &x)) return x;
  const float2 pair = curand_log_normal2(state, mean, deviation);
  state->spare = {::cudasim::SpareKind::log_normal, pair.y};
  return pair.x;
}
template <::cudasim::Generator State>
static inline double curand_log_normal_double(State* state, double mean, double deviation) {
  double x;
  if (::cudasim::take(&state->spare_double, ::cudasim::SpareKind::log_normal, &x)) return x;
  const double2 pair = curand_log_normal2_double(state, mean, deviation);
  state->spare_double = {pair.y, ::cudasim::SpareKind::log_normal, 0};
  return pair.x;
}
static inline float4 curand_log_normal4(curandStatePhilox4_32_10* state, float mean,
                                        float deviation) {
  const float4 z = curand_normal4(state);
  return {expf(mean + deviation * z.x), expf(mean + deviation * z.y), expf(mean + deviation * z.z),
          expf(mean + deviation * z.w)};
}

// Poisson numbers: Knuth's method [Knuth97 sec. 3.4.1] for small means, a rounded normal number for large
// ones, as cuRAND has them; between the two, PTRS [Hormann93], a rejection method.
template <::cudasim::Generator State>
static inline unsigned curand_poisson(State* state, double lambda) {
  if (lambda < 64) {
    unsigned k = 0;
    for (float p = expf((float)lambda) * curand_uniform(state); p > 1.0f; ++k) {
      p *= curand_uniform(state);
    }
    return k;
  }
  if (lambda > 4000) {
    return (unsigned)(sqrt(lambda) * curand_normal_double(state) + lambda + 0.5);
  }
  const double b = 0.931 + 2.53 * sqrt(lambda), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = curand_uniform_double(state) - 0.5, v = curand_uniform_double(state);
    const double us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + lambda + 0.43);
    if (us >= 0.07 && v <= v_r) return (unsigned)k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (log(v * inverse_alpha / (a / (us * us) + b)) <= -lambda + k * log(lambda) - lgamma(k + 1)) {
      return (unsigned)k;
    }
  }
}
