// The functions that code compiled with -fsanitize=thread calls at each access to memory. They are
// ThreadSanitizer's names; its library is not linked, and these serve the simulator's checks.
//
// Nearly every access is in order, and is found to be so here in a few instructions: in shared memory,
// its cells are the block's, written, and touched since the last barrier by no other thread in a way
// that conflicts; in device memory, its bytes may be accessed and are written. All else is check_access()'s.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "check.h"
#include "fault.h"
#include "global_shadow.h"
#include "shared_shadow.h"
#include "view.h"

namespace cudasim {
namespace {

// The watchdog does not interrupt a thread here: see fault.cc.
#define CHECKS __attribute__((section("cudasim_checks")))
#define INLINE inline __attribute__((always_inline))
#define NOINLINE __attribute__((noinline))
#define ALIGNED __attribute__((aligned(64)))  // to a cache line, in which the quickest way ends

// One cell's part of an access: of full cells, or of `bytes` of one.
template <bool full, bool write>
INLINE bool pass_cell(const SharedShadow& s, Cell& cell, Access mine, Access bytes) {
  const Access last = cell.write, written = bytes << (kWrittenShift - kBytesShift);
  const Access wanted = write ? kShared : kShared | written;
  const auto ordered = [&](Access a) { return a < s.barrier || same_thread(a, mine); };
  const auto conflicts = [&](Access a) { return !ordered(a) && (full || (a & bytes) != 0); };
  // Of one thread, at one time, several accesses to parts of a cell are one to all of them.
  const auto joined = [&](Access before) {
    return !full && same_thread(before, mine) && before >= s.now ? before & kBytesMask : 0;
  };
  if ((last & (wanted | kPartial)) != wanted || conflicts(last)) return false;
  if (write) {
    if (conflicts(cell.reads[0]) || conflicts(cell.reads[1])) return false;
    if (!full && (last & kAtomicFlag) != 0) return false;
    cell.write = mine | bytes | joined(last) | (last & kStateMask) | written;
  } else {
    Access& slot = cell.reads[ordered(cell.reads[0]) ? 0 : 1];
    slot = mine | bytes | joined(slot);
  }
  return true;
}

template <unsigned size, bool write>
INLINE bool pass_shared(const SharedShadow& s, std::size_t offset, Access site) {
  if (offset % (size < 8 ? size : 8) != 0) return false;
  const Access mine = s.now | Access{view.linear} << kThreadShift | site;
  Cell* cell = s.cells + offset / 4;
  if (size < 4) {
    const Access bytes = ((Access{1} << size) - 1) << offset % 4 << kBytesShift;
    return pass_cell<false, write>(s, *cell, mine, bytes);
  }
  for (unsigned i = 0; i < size / 4; ++i) {
    if (!pass_cell<true, write>(s, cell[i], mine, kBytesMask)) return false;
  }
  return true;
}

// A byte's place in device memory, counted in what an access of this size is aligned to: the bits that
// would make it a fraction are on top, so that what is misaligned looks as if it lay far outside.
constexpr int alignment_bits(unsigned size) { return size >= 8 ? 3 : size == 4 ? 2 : size - 1; }

template <unsigned size, bool write>
INLINE bool pass_device(const DeviceShadow& d, std::size_t place) {
  if (size <= 4) {
    unsigned char* quad = d.shadow + (place << alignment_bits(size)) / 4;
    const unsigned shift = size == 4 ? 0 : (place << alignment_bits(size)) % 4;
    const unsigned writable = ((1u << size) - 1) << shift, readable = writable << 4;
    const unsigned state = __atomic_load_n(quad, __ATOMIC_RELAXED);
    if (size == 4 && !write) return state >= readable;  // its bits are the highest
    if (size == 4 && state == 0xff) return true;
    if (!write) return (state & readable) == readable;
    if ((state & writable) != writable) return false;
    if ((state & readable) == readable) return true;
    if (size == 4) {
      __atomic_store_n(quad, static_cast<unsigned char>(0xff), __ATOMIC_RELAXED);
    } else {
      __atomic_fetch_or(quad, static_cast<unsigned char>(readable), __ATOMIC_RELAXED);
    }
    return true;
  }
  using Quads = std::conditional_t<size == 8, std::uint16_t, std::uint32_t>;
  constexpr auto kAll = static_cast<Quads>(~Quads{0}), kWritable = static_cast<Quads>(kAll / 17),
                 kReadable = static_cast<Quads>(kAll - kWritable);
  unsigned char* quads = d.shadow + place * 2;
  Quads state;
  __builtin_memcpy(&state, quads, sizeof state);
  if (!write) return (state & kReadable) == kReadable;
  if ((state & kWritable) != kWritable) return false;
  if (state != kAll) __builtin_memcpy(quads, &kAll, sizeof kAll);
  return true;
}

// The rarer ways are functions of their own, called last: what an access to device memory, the most
// frequent one, goes through needs no register saved.
template <unsigned size, bool write>
CHECKS NOINLINE void look_closely(void* p, const void* at) {
  check_access({static_cast<const char*>(p), size, write, false, at, size < 8 ? size : 8});
}

template <unsigned size, bool write>
CHECKS NOINLINE void pass_shared_from_afar(std::size_t offset, void* p, const void* at) {
  if (!pass_shared<size, write>(shared_shadow, offset, far_site(at)))
    look_closely<size, write>(p, at);
}

template <unsigned size, bool write>
CHECKS NOINLINE void pass_shared_or_look(void* p, const void* at) {
  const SharedShadow& s = shared_shadow;
  const auto offset = static_cast<std::size_t>(static_cast<const char*>(p) - s.begin);
  if (__builtin_expect(offset < s.bytes && view.in_kernel != 0, 1)) {
    const std::size_t site = near_site(at);
    if (__builtin_expect(site >= kFarSite, 0))
      return pass_shared_from_afar<size, write>(offset, p, at);
    if (pass_shared<size, write>(s, offset, site)) return;
  }
  look_closely<size, write>(p, at);
}

template <unsigned size, bool write>
INLINE void pass_access(void* p) {
  const DeviceShadow& d = device_shadow;
  constexpr int kBits = alignment_bits(size);
  const std::size_t place = std::rotr(reinterpret_cast<std::uintptr_t>(p) - d.range, kBits);
  if (__builtin_expect(place < kDeviceRange >> kBits, 1)) {
    if (__builtin_expect(pass_device<size, write>(d, place), 1)) return;
    look_closely<size, write>(p, __builtin_return_address(0));
  } else {
    pass_shared_or_look<size, write>(p, __builtin_return_address(0));
  }
}

INLINE void check_range(const void* p, std::size_t bytes, bool write, const void* at) {
  check_access({static_cast<const char*>(p), bytes, write, false, at, 1});
}

// An atomic operation, for as long as this lives.
class AtomicAccess {
 public:
  AtomicAccess(const volatile void* p, std::size_t bytes, bool write, const void* at) {
    const auto* address = static_cast<const char*>(const_cast<const void*>(p));
    check_access({address, bytes, write, true, at, bytes});
  }
  AtomicAccess(const AtomicAccess&) = delete;
  AtomicAccess& operator=(const AtomicAccess&) = delete;
  ~AtomicAccess() {
    view.in_kernel = in_kernel_;
    if (in_kernel_ != 0) yield_if_asked();  // a loop of these is hardly ever anywhere else
  }

 private:
  unsigned in_kernel_ = view.in_kernel;
};

}  // namespace
}  // namespace cudasim

using cudasim::AtomicAccess;
using cudasim::check_range;
using cudasim::pass_access;

#define AT __builtin_return_address(0)

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_vptr_read(void**) {}
void __tsan_vptr_update(void**, void*) {}

#define ACCESS(size)                                                              \
  CHECKS ALIGNED void __tsan_read##size(void* p) { pass_access<size, false>(p); } \
  CHECKS ALIGNED void __tsan_write##size(void* p) { pass_access<size, true>(p); } \
  void __tsan_unaligned_read##size(void* p) { check_range(p, size, false, AT); }  \
  void __tsan_unaligned_write##size(void* p) { check_range(p, size, true, AT); }
ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)
#undef ACCESS
void __tsan_read_range(void* p, unsigned long bytes) { check_range(p, bytes, false, AT); }
void __tsan_write_range(void* p, unsigned long bytes) { check_range(p, bytes, true, AT); }

// Atomics: checked, then done with the strongest order, which allows no result the order asked for
// would not.
#define ATOMIC_UPDATE(bits, T, name, builtin)                   \
  T __tsan_atomic##bits##_##name(volatile T* p, T value, int) { \
    const AtomicAccess access(p, sizeof(T), true, AT);          \
    return builtin(p, value, __ATOMIC_SEQ_CST);                 \
  }
#define ATOMIC(bits, T)                                                                            \
  T __tsan_atomic##bits##_load(const volatile T* p, int) {                                         \
    const AtomicAccess access(p, sizeof(T), false, AT);                                            \
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                                   \
  }                                                                                                \
  void __tsan_atomic##bits##_store(volatile T* p, T value, int) {                                  \
    const AtomicAccess access(p, sizeof(T), true, AT);                                             \
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
    const AtomicAccess access(p, sizeof(T), true, AT);                                             \
    return __atomic_compare_exchange_n(p, expected, value, false, __ATOMIC_SEQ_CST,                \
                                       __ATOMIC_SEQ_CST);                                          \
  }                                                                                                \
  int __tsan_atomic##bits##_compare_exchange_weak(volatile T* p, T* expected, T value, int, int) { \
    const AtomicAccess access(p, sizeof(T), true, AT);                                             \
    return __atomic_compare_exchange_n(p, expected, value, false, __ATOMIC_SEQ_CST,                \
                                       __ATOMIC_SEQ_CST);                                          \
  }                                                                                                \
  T __tsan_atomic##bits##_compare_exchange_val(volatile T* p, T expected, T value, int, int) {     \
    const AtomicAccess access(p, sizeof(T), true, AT);                                             \
    __atomic_compare_exchange_n(p, &expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);   \
    return expected;                                                                               \
  }
ATOMIC(8, std::uint8_t)
ATOMIC(16, std::uint16_t)
ATOMIC(32, std::uint32_t)
ATOMIC(64, std::uint64_t)

void __tsan_atomic_thread_fence(int) {
  cudasim::check_fence();
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
void __tsan_atomic_signal_fence(int) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

}  // extern "C"
