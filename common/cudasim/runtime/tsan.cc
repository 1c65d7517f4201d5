// The functions that code compiled with -fsanitize=thread calls at each access to memory. They are
// ThreadSanitizer's names; its library is not linked, and these serve the simulator's checks.
#include <cstddef>
#include <cstdint>

#include "check.h"

using cudasim::check_access;

#define AT __builtin_return_address(0)

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_vptr_read(void**) {}
void __tsan_vptr_update(void**, void*) {}

#define ACCESS(size)                                                                     \
  void __tsan_read##size(void* p) { check_access(p, size, false, false, AT); }           \
  void __tsan_write##size(void* p) { check_access(p, size, true, false, AT); }           \
  void __tsan_unaligned_read##size(void* p) { check_access(p, size, false, false, AT); } \
  void __tsan_unaligned_write##size(void* p) { check_access(p, size, true, false, AT); }
ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)
#undef ACCESS
void __tsan_read_range(void* p, unsigned long bytes) { check_access(p, bytes, false, false, AT); }
void __tsan_write_range(void* p, unsigned long bytes) { check_access(p, bytes, true, false, AT); }

// Atomics: checked, then done with the strongest order, which allows no result the order asked for
// would not.
#define ATOMIC_UPDATE(bits, T, name, builtin)                   \
  T __tsan_atomic##bits##_##name(volatile T* p, T value, int) { \
    check_access(const_cast<T*>(p), sizeof(T), true, true, AT); \
    return builtin(p, value, __ATOMIC_SEQ_CST);                 \
  }
#define ATOMIC(bits, T)                                                                            \
  T __tsan_atomic##bits##_load(const volatile T* p, int) {                                         \
    check_access(const_cast<const T*>(p), sizeof(T), false, true, AT);                             \
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                                   \
  }                                                                                                \
  void __tsan_atomic##bits##_store(volatile T* p, T value, int) {                                  \
    check_access(const_cast<T*>(p), sizeof(T), true, true, AT);                                    \
    __atomic_store_n(p, value, __ATOMIC_SEQ_CST);                                                  \
  }                                                                                                \
  ATOMIC_UPDATE(bits, T, exchange, __atomic_exchange_n)                                            \
  ATOMIC_UPDATE(bits, T, fetch_add, __atomic_fetch_add)                                            \
  ATOMIC_UPDATE(bits, T, fetch_sub, __atomic_fetch_sub)                                            \
  ATOMIC_UPDATE(bits, T, fetch_and, __atomic_fetch_and)                                            \
  ATOMIC_UPDATE(bits, T, fetch_or, __atomic_fetch_or)                                              \
  ATOMIC_UPDATE(bits, T, fetch_xor, __atomic_fetch_xor)                                            \
  ATOMIC_UPDATE(bits, T, fetch_nand, __atomic_fetch_nand)                                          \
  int __tsan_atomic##bits##_compare_exchange_strong(volatile T* p, T* expected, T value, int,      \
                                                    int) {                                         \
    check_access(const_cast<T*>(p), sizeof(T), true, true, AT);                                    \
    return __atomic_compare_exchange_n(p, expected, value, false, __ATOMIC_SEQ_CST,                \
                                       __ATOMIC_SEQ_CST);                                          \
  }                                                                                                \
  int __tsan_atomic##bits##_compare_exchange_weak(volatile T* p, T* expected, T value, int, int) { \
    check_access(const_cast<T*>(p), sizeof(T), true, true, AT);                                    \
    return __atomic_compare_exchange_n(p, expected, value, false, __ATOMIC_SEQ_CST,                \
                                       __ATOMIC_SEQ_CST);                                          \
  }                                                                                                \
  T __tsan_atomic##bits##_compare_exchange_val(volatile T* p, T expected, T value, int, int) {     \
    check_access(const_cast<T*>(p), sizeof(T), true, true, AT);                                    \
    __atomic_compare_exchange_n(p, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);   \
    return expected;                                                                               \
  }
ATOMIC(8, std::uint8_t)
ATOMIC(16, std::uint16_t)
ATOMIC(32, std::uint32_t)
ATOMIC(64, std::uint64_t)

void __tsan_atomic_thread_fence(int) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __tsan_atomic_signal_fence(int) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

}  // extern "C"
