// Barriers, fences, votes and shuffles: what threads of a block do together. Semantics: CUDA
// programming guide, "Synchronization Functions", "Warp Vote", "Warp Shuffle", "Warp Match",
// "Warp Reduce".
#pragma once
#include "launch.h"
#include "switch.h"
#include "thread_view.h"

namespace cudasim {

// A thread waits in two steps: it says for what, and is told whose stack to leave for until then; null
// if it need not. The switch itself is in line: see switch.h.
static inline __attribute__((always_inline)) void wait(void* stack) {
  if (stack == nullptr) return;
  switch_stack(cudasim_run.leaving, stack);
  cudasim_in_kernel = 1;
}

void* arrive_at_block_barrier();

// The warp's collectives. Each completes when every lane of `mask` that has not exited has called
// it; the caller must be one of them. warp_result() is what the last one the thread waited in gave it.
void* arrive_at_warp_barrier(unsigned mask);
void* arrive_at_exchange(unsigned mask, unsigned long long value, unsigned source_lane);
void* arrive_at_vote(unsigned mask, bool predicate);
void* arrive_at_match(unsigned mask, unsigned long long value);
enum class Reduce : unsigned { add, min, max, min_signed, max_signed, bit_and, bit_or, bit_xor };
void* arrive_at_reduce(unsigned mask, unsigned value, Reduce operation);
void* arrive_at_active_mask();
unsigned long long warp_result();

}  // namespace cudasim

static inline __attribute__((always_inline)) void __syncthreads() {
  ::cudasim::wait(::cudasim::arrive_at_block_barrier());
}
static inline __attribute__((always_inline)) void __syncwarp(unsigned mask = 0xffffffffu) {
  ::cudasim::wait(::cudasim::arrive_at_warp_barrier(mask));
}
static inline __attribute__((always_inline)) unsigned __activemask() {
  ::cudasim::wait(::cudasim::arrive_at_active_mask());
  return (unsigned)::cudasim::warp_result();
}
int __syncthreads_count(int predicate);
int __syncthreads_and(int predicate);
int __syncthreads_or(int predicate);

static inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_ACQ_REL); }
static inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __threadfence_system() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

namespace cudasim {

static inline __attribute__((always_inline)) unsigned long long exchange(unsigned mask,
                                                                         unsigned long long value,
                                                                         unsigned source_lane) {
  wait(arrive_at_exchange(mask, value, source_lane));
  return warp_result();
}
struct Vote {
  unsigned ballot;  // lanes whose predicate holds
  unsigned lanes;   // lanes that took part
};
static inline __attribute__((always_inline)) Vote vote(unsigned mask, bool predicate) {
  wait(arrive_at_vote(mask, predicate));
  const unsigned long long r = warp_result();
  return {(unsigned)r, (unsigned)(r >> 32)};
}
static inline __attribute__((always_inline)) unsigned match_any(unsigned mask,
                                                                unsigned long long value) {
  wait(arrive_at_match(mask, value));
  return (unsigned)warp_result();
}
static inline __attribute__((always_inline)) unsigned reduce(unsigned mask, unsigned value,
                                                             Reduce operation) {
  wait(arrive_at_reduce(mask, value, operation));
  return (unsigned)warp_result();
}

// Publishes `mine` to the warp's lanes and waits for all 32 of them; the result is theirs, by lane, until the
// warp gathers again. Fewer lanes are an error that ends the kernel.
const void* const* gather_warp(const void* mine);

enum class Shuffle { index, up, down, bit_xor };

// The lane a shuffle reads; its own where the source would lie outside the segment.
static inline unsigned shuffle_source(Shuffle kind, unsigned operand, int width) {
  const unsigned lane = cudasim::lane(), w = static_cast<unsigned>(width);
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
