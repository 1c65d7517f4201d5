// Barriers, fences, votes and shuffles: what threads of a block do together. Semantics: CUDA
// programming guide, "Synchronization Functions", "Warp Vote", "Warp Shuffle", "Warp Match",
// "Warp Reduce".
#pragma once
#include "thread_view.h"

void __syncthreads();
int __syncthreads_count(int predicate);
int __syncthreads_and(int predicate);
int __syncthreads_or(int predicate);
void __syncwarp(unsigned mask = 0xffffffffu);
unsigned __activemask();

static inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_ACQ_REL); }
static inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __threadfence_system() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

namespace cudasim {

// The warp's collectives. Each completes when every lane of `mask` that has not exited has called
// it; the caller must be one of them.
unsigned long long exchange(unsigned mask, unsigned long long value, unsigned source_lane);
struct Vote {
  unsigned ballot;  // lanes whose predicate holds
  unsigned lanes;   // lanes that took part
};
Vote vote(unsigned mask, bool predicate);
unsigned match_any(unsigned mask, unsigned long long value);
enum class Reduce : unsigned { add, min, max, min_signed, max_signed, bit_and, bit_or, bit_xor };
unsigned reduce(unsigned mask, unsigned value, Reduce operation);

// Publishes `mine` to the warp's lanes and waits for all 32 of them; the result is theirs, by lane, until the
// warp gathers again. Fewer lanes are an error that ends the kernel.
const void* const* gather_warp(const void* mine);

enum class Shuffle { index, up, down, bit_xor };

// The lane a shuffle reads; its own where the source would lie outside the segment.
static inline unsigned shuffle_source(Shuffle kind, unsigned operand, int width) {
  const unsigned lane = cudasim_lane, w = static_cast<unsigned>(width);
  const unsigned first = lane & ~(w - 1), end = first + w;
  switch (kind) {
    case Shuffle::index:
      return first | (operand & (w - 1));
    case Shuffle::up:
      return lane >= first + operand ? lane - operand : lane;
    case Shuffle::down:
      return operand < end - lane ? lane + operand : lane;
    case Shuffle::bit_xor:
      return ((lane ^ operand) & 31) < end ? (lane ^ operand) & 31 : lane;
  }
  return lane;
}

template <class T>
static inline __attribute__((always_inline)) T shuffle(unsigned mask, T value, Shuffle kind,
                                                       unsigned operand, int width) {
  static_assert(sizeof(T) <= 8);
  unsigned long long bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  bits = exchange(mask, bits, shuffle_source(kind, operand, width));
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}

}  // namespace cudasim

#define CUDASIM_SHUFFLE(T)                                                                        \
  static inline __attribute__((always_inline)) T __shfl_sync(unsigned mask, T value, int source,  \
                                                             int width = 32) {                    \
    return ::cudasim::shuffle(mask, value, ::cudasim::Shuffle::index, (unsigned)source, width);   \
  }                                                                                               \
  static inline __attribute__((always_inline)) T __shfl_up_sync(unsigned mask, T value,           \
                                                                unsigned delta, int width = 32) { \
    return ::cudasim::shuffle(mask, value, ::cudasim::Shuffle::up, delta, width);                 \
  }                                                                                               \
  static inline __attribute__((always_inline)) T __shfl_down_sync(                                \
      unsigned mask, T value, unsigned delta, int width = 32) {                                   \
    return ::cudasim::shuffle(mask, value, ::cudasim::Shuffle::down, delta, width);               \
  }                                                                                               \
  static inline __attribute__((always_inline)) T __shfl_xor_sync(unsigned mask, T value,          \
                                                                 int lanes, int width = 32) {     \
    return ::cudasim::shuffle(mask, value, ::cudasim::Shuffle::bit_xor, (unsigned)lanes, width);  \
  }
CUDASIM_SHUFFLE(int)
CUDASIM_SHUFFLE(unsigned int)
CUDASIM_SHUFFLE(long)
CUDASIM_SHUFFLE(unsigned long)
CUDASIM_SHUFFLE(long long)
CUDASIM_SHUFFLE(unsigned long long)
CUDASIM_SHUFFLE(float)
CUDASIM_SHUFFLE(double)

static inline __attribute__((always_inline)) unsigned __ballot_sync(unsigned mask, int predicate) {
  return ::cudasim::vote(mask, predicate != 0).ballot;
}
static inline __attribute__((always_inline)) int __any_sync(unsigned mask, int predicate) {
  return ::cudasim::vote(mask, predicate != 0).ballot != 0;
}
static inline __attribute__((always_inline)) int __all_sync(unsigned mask, int predicate) {
  const ::cudasim::Vote v = ::cudasim::vote(mask, predicate != 0);
  return v.ballot == v.lanes;
}

// Of the lanes that have not exited, as the PTX manual says of match.sync: an exited lane named in the
// mask neither differs nor is in the result.
#define CUDASIM_MATCH(T)                                                                           \
  static inline __attribute__((always_inline)) unsigned __match_any_sync(unsigned mask, T value) { \
    unsigned long long bits = 0;                                                                   \
    __builtin_memcpy(&bits, &value, sizeof(T));                                                    \
    return ::cudasim::match_any(mask, bits);                                                       \
  }                                                                                                \
  static inline __attribute__((always_inline)) unsigned __match_all_sync(unsigned mask, T value,   \
                                                                         int* predicate) {         \
    unsigned long long bits = 0;                                                                   \
    __builtin_memcpy(&bits, &value, sizeof(T));                                                    \
    const unsigned lanes = ::cudasim::vote(mask, true).lanes;                                      \
    *predicate = ::cudasim::match_any(mask, bits) == lanes;                                        \
    return *predicate ? lanes : 0u;                                                                \
  }
CUDASIM_MATCH(int)
CUDASIM_MATCH(unsigned int)
CUDASIM_MATCH(long)
CUDASIM_MATCH(unsigned long)
CUDASIM_MATCH(long long)
CUDASIM_MATCH(unsigned long long)
CUDASIM_MATCH(float)
CUDASIM_MATCH(double)
#undef CUDASIM_MATCH

#define CUDASIM_REDUCE(name, T, operation)                                            \
  static inline __attribute__((always_inline)) T name(unsigned mask, T value) {       \
    return (T)::cudasim::reduce(mask, (unsigned)value, ::cudasim::Reduce::operation); \
  }
CUDASIM_REDUCE(__reduce_add_sync, unsigned, add)
CUDASIM_REDUCE(__reduce_add_sync, int, add)
CUDASIM_REDUCE(__reduce_min_sync, unsigned, min)
CUDASIM_REDUCE(__reduce_min_sync, int, min_signed)
CUDASIM_REDUCE(__reduce_max_sync, unsigned, max)
CUDASIM_REDUCE(__reduce_max_sync, int, max_signed)
CUDASIM_REDUCE(__reduce_and_sync, unsigned, bit_and)
CUDASIM_REDUCE(__reduce_or_sync, unsigned, bit_or)
CUDASIM_REDUCE(__reduce_xor_sync, unsigned, bit_xor)
#undef CUDASIM_REDUCE
