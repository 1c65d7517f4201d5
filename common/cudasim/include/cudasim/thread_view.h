// What a running device thread sees of itself: its indices and extents, its lane.
//
// They are thread-local variables of the OS thread, written by the runtime before it lets a device
// thread run; to a kernel they are constants. Declared const, and of types without constructors, g++
// reads each once a function, over stores and barriers, and with checks does not instrument the reads:
// a plain thread-local variable costs both. blockIdx, blockDim and gridDim do not change while a kernel's
// calls follow each other in a loop (Bound, launch.h). What tells threads apart does, and g++ may have
// put the kernel into the loop: it is const to the kernel's source alone, through a reference. With
// checks the kernel is never put there, and all are const.
#pragma once
#include "../vector_types.h"

namespace cudasim {

// blockDim and gridDim: a dim3 in all but its constructors.
struct Extent {
  unsigned int x, y, z;
  constexpr operator dim3() const { return {x, y, z}; }
  constexpr operator uint3() const { return {x, y, z}; }
};

}  // namespace cudasim

// A program knows where they lie, relative to its thread pointer; a shared library has to look it up.
#if defined(__PIC__) && !defined(__PIE__)
#define CUDASIM_TLS_MODEL "initial-exec"
#else
#define CUDASIM_TLS_MODEL "local-exec"
#endif
#define CUDASIM_VIEW extern const __thread __attribute__((tls_model(CUDASIM_TLS_MODEL)))
CUDASIM_VIEW uint3 blockIdx;
CUDASIM_VIEW cudasim::Extent blockDim;
CUDASIM_VIEW cudasim::Extent gridDim;
CUDASIM_VIEW unsigned cudasim_block_epoch;  // another number for each block this OS thread began
#ifdef CUDASIM_CHECK
CUDASIM_VIEW uint3 threadIdx;
CUDASIM_VIEW unsigned cudasim_linear;  // the thread's number in its block
#else
CUDASIM_VIEW uint3& threadIdx __asm__("cudasim_thread_index_at");
extern __thread __attribute__((tls_model(CUDASIM_TLS_MODEL))) unsigned cudasim_linear;
#endif
#undef CUDASIM_VIEW
extern const int warpSize;  // 32, and no constant expression, as with nvcc

namespace cudasim {

static inline unsigned lane() { return cudasim_linear % 32; }

}  // namespace cudasim
