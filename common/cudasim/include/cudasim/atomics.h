// Atomic functions of the CUDA programming guide, "Atomic Functions". They are real atomics: blocks
// run on several OS threads. _block and _system are the same operation here, wider than asked.
#pragma once

namespace cudasim {

// For what the processor has no instruction for: load, compute, compare and swap, until it holds.
template <class T, class F>
static inline T atomic_update(T* address, F next) {
  T old;
  __atomic_load(address, &old, __ATOMIC_RELAXED);
  T desired = next(old);
  while (!__atomic_compare_exchange(address, &old, &desired, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED)) {
    desired = next(old);
  }
  return old;
}

}  // namespace cudasim

#define CUDASIM_ATOMIC(name, T, ...)                                 \
  static inline T name(T* address, T value) { __VA_ARGS__; }         \
  static inline T name##_block(T* address, T value) { __VA_ARGS__; } \
  static inline T name##_system(T* address, T value) { __VA_ARGS__; }
#define CUDASIM_UPDATE(expression) \
  return ::cudasim::atomic_update(address, [=](auto old) -> decltype(old) { return expression; })

#define CUDASIM_ATOMIC_INTEGER(T)                                                             \
  CUDASIM_ATOMIC(atomicAdd, T, return __atomic_fetch_add(address, value, __ATOMIC_RELAXED))   \
  CUDASIM_ATOMIC(atomicExch, T, return __atomic_exchange_n(address, value, __ATOMIC_RELAXED)) \
  CUDASIM_ATOMIC(atomicMin, T, CUDASIM_UPDATE(value < old ? value : old))                     \
  CUDASIM_ATOMIC(atomicMax, T, CUDASIM_UPDATE(value > old ? value : old))                     \
  CUDASIM_ATOMIC(atomicAnd, T, return __atomic_fetch_and(address, value, __ATOMIC_RELAXED))   \
  CUDASIM_ATOMIC(atomicOr, T, return __atomic_fetch_or(address, value, __ATOMIC_RELAXED))     \
  CUDASIM_ATOMIC(atomicXor, T, return __atomic_fetch_xor(address, value, __ATOMIC_RELAXED))
CUDASIM_ATOMIC_INTEGER(int)
CUDASIM_ATOMIC_INTEGER(unsigned int)
CUDASIM_ATOMIC_INTEGER(unsigned long long)
CUDASIM_ATOMIC(atomicMin, long long, CUDASIM_UPDATE(value < old ? value : old))
CUDASIM_ATOMIC(atomicMax, long long, CUDASIM_UPDATE(value > old ? value : old))
CUDASIM_ATOMIC(atomicAnd, long long, return __atomic_fetch_and(address, value, __ATOMIC_RELAXED))
CUDASIM_ATOMIC(atomicOr, long long, return __atomic_fetch_or(address, value, __ATOMIC_RELAXED))
CUDASIM_ATOMIC(atomicXor, long long, return __atomic_fetch_xor(address, value, __ATOMIC_RELAXED))
CUDASIM_ATOMIC(atomicSub, int, return __atomic_fetch_sub(address, value, __ATOMIC_RELAXED))
CUDASIM_ATOMIC(atomicSub, unsigned int, return __atomic_fetch_sub(address, value, __ATOMIC_RELAXED))
CUDASIM_ATOMIC(atomicInc, unsigned int, CUDASIM_UPDATE(old >= value ? 0u : old + 1))
CUDASIM_ATOMIC(atomicDec, unsigned int, CUDASIM_UPDATE(old == 0 || old > value ? value : old - 1))
CUDASIM_ATOMIC(atomicAdd, float, CUDASIM_UPDATE(old + value))
CUDASIM_ATOMIC(atomicAdd, double, CUDASIM_UPDATE(old + value))
#undef CUDASIM_ATOMIC_INTEGER

static inline float atomicExch(float* address, float value) {
  float old;
  __atomic_exchange(address, &value, &old, __ATOMIC_RELAXED);
  return old;
}

#define CUDASIM_CAS(name, T)                                                       \
  static inline T name(T* address, T compare, T value) {                           \
    __atomic_compare_exchange_n(address, &compare, value, false, __ATOMIC_RELAXED, \
                                __ATOMIC_RELAXED);                                 \
    return compare;                                                                \
  }
#define CUDASIM_CAS_SCOPES(T)     \
  CUDASIM_CAS(atomicCAS, T)       \
  CUDASIM_CAS(atomicCAS_block, T) \
  CUDASIM_CAS(atomicCAS_system, T)
CUDASIM_CAS_SCOPES(int)
CUDASIM_CAS_SCOPES(unsigned int)
CUDASIM_CAS_SCOPES(unsigned long long)
CUDASIM_CAS_SCOPES(unsigned short)
#undef CUDASIM_CAS
#undef CUDASIM_CAS_SCOPES
