// Shared memory. A static __shared__ variable is thread-local storage of the OS thread that runs the
// block; dynamic shared memory is one thread-local buffer under a fixed name.
#pragma once
#include <stddef.h>

#include "shape.h"
#include "thread_view.h"

// constinit: without it g++ gives an array of a class that has constructors, even where its default
// one does nothing, a variable that guards its initialisation.
#define __shared__ constinit static __thread __attribute__((aligned(128)))

// As much as a block of the simulated device may ask for, and the gap that shows an overrun.
inline constexpr size_t CUDASIM_SHARED_CAPACITY = 227 * 1024;
extern "C" __thread char cudasim_dynamic_shared_memory[] __attribute__((aligned(1024)));

// Bytes behind the shared arrays of a file. With checks each array has a gap of its own as well.
#ifdef CUDASIM_CHECK
#define CUDASIM_FILE_GAP 4096
#else
#define CUDASIM_FILE_GAP 16384
#endif

namespace cudasim {

int register_file_gap(
    char* (*address)());  // without checks: where it is on the OS thread that asks

// What `extern __shared__ T name[];` refers to: several declarations alias, as in CUDA.
struct DynamicShared {
  template <class A>
  operator A&() const {
    return reinterpret_cast<A&>(cudasim_dynamic_shared_memory);
  }
};
inline constexpr DynamicShared dynamic_shared{};

// Once per block and variable: counts it against the block's limit and fills it with a pattern, so
// that a kernel does not find the last block's values there.
int register_shared(void* (*address)(), size_t bytes, const char* name);
void shared_begin(void* variable, size_t bytes, const char* name, unsigned* epoch);
void shared_begin_checked(void* variable, size_t bytes, const char* name, const Shape* shape,
                          const char* gap, const char* file_gap);

}  // namespace cudasim

// Hook after each static declaration. A checked build has a gap behind each variable, as long as the
// variable: an index that leaves it lands there, not in the next one. So it has no counter there either.
#ifdef CUDASIM_CHECK
#define CUDASIM_GAP(name, gap) \
  static __thread char gap[sizeof(name)] __attribute__((aligned(128), used))
#define CUDASIM_SHARED(name) CUDASIM_SHARED_(name, CUDASIM_UNIQUE(cudasim_gap))
#define CUDASIM_SHARED_(name, gap)                                     \
  CUDASIM_GAP(name, gap);                                              \
  ::cudasim::shared_begin_checked((void*)&(name), sizeof(name), #name, \
                                  &::cudasim::shape<decltype(name)>, gap, cudasim_file_gap)
#define CUDASIM_SHAPE(name, address)                                \
  [[maybe_unused]] static const int CUDASIM_UNIQUE(cudasim_shape) = \
      ::cudasim::register_shape(address, &::cudasim::shape<decltype(name)>)
#else
#define CUDASIM_GAP(name, gap) static_assert(true)
#define CUDASIM_SHAPE(name, address) static_assert(true)
#define CUDASIM_SHARED(name)                                                        \
  do {                                                                              \
    static __thread unsigned cudasim_epoch;                                         \
    if (__builtin_expect(cudasim_epoch != cudasim_block_epoch, 0))                  \
      ::cudasim::shared_begin((void*)&(name), sizeof(name), #name, &cudasim_epoch); \
  } while (0)
#endif
// At file scope: the variable is every block's, whichever kernel it runs. The runtime asks for its
// address on the OS thread that runs the block.
#define CUDASIM_SHARED_FILE(name)                                    \
  CUDASIM_GAP(name, CUDASIM_UNIQUE(cudasim_gap));                    \
  CUDASIM_SHAPE(name, (+[] { return (void*)&(name); }));             \
  [[maybe_unused]] static const int CUDASIM_UNIQUE(cudasim_shared) = \
      ::cudasim::register_shared([] { return (void*)&(name); }, sizeof(name), #name)
#define CUDASIM_UNIQUE(name) CUDASIM_JOIN(name, __COUNTER__)
#define CUDASIM_JOIN(a, b) CUDASIM_JOIN_(a, b)
#define CUDASIM_JOIN_(a, b) a##b
