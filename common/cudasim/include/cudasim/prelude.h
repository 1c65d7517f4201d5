// What every .cu file sees before its first line: as nvcc, the runtime API, the built-in variables
// and the qualifiers. simcc forces it in on the command line.
#pragma once

#define __global__
#define __device__
#define __host__
#define __constant__
#define __managed__
#define __grid_constant__
#define __launch_bounds__(...)
#define __cluster_dims__(...) \
  _Pragma("GCC error \"thread block clusters need a GPU; the simulator has none\"")
#define __maxnreg__(n)
#define __align__(n) __attribute__((aligned(n)))
#define __forceinline__ __inline__ __attribute__((always_inline))
#define CUDASIM_NOINLINE __attribute__((noinline))
#define CUDASIM_NEEDS_GPU(text) static_assert(false, text)

#include "../cuda_runtime.h"
// g++ lays out thread-local variables from last to first: behind the file's first shared array there is
// this, and not another file's, nor the simulator's own.
static __thread char cudasim_file_gap[CUDASIM_FILE_GAP] __attribute__((aligned(128), used));
#ifndef CUDASIM_CHECK
[[maybe_unused]] static const int cudasim_file_gap_known =
    ::cudasim::register_file_gap([] { return static_cast<char*>(cudasim_file_gap); });
#endif

// Hook after each variable of the device. A checked build has gaps behind it, one beside variables with
// an initial value and one beside those without, where an index that leaves the variable is seen.
#ifdef CUDASIM_CHECK
namespace cudasim {
void begin_checking();
int register_variable(const void* base, decltype(sizeof(0)) bytes, const char* name, bool constant);
int register_gap(const void* base, decltype(sizeof(0)) bytes);
// Before any constructor of the program could use the device.
__attribute__((constructor(101))) static void checked_file() { begin_checking(); }
}  // namespace cudasim
#define CUDASIM_VARIABLE(name, constant)                               \
  CUDASIM_SHAPE(name, (const void*)&(name));                           \
  CUDASIM_VARIABLE_GAP(CUDASIM_UNIQUE(cudasim_gap), sizeof(name), );   \
  CUDASIM_VARIABLE_GAP(CUDASIM_UNIQUE(cudasim_gap), 128, = {1});       \
  [[maybe_unused]] static const int CUDASIM_UNIQUE(cudasim_variable) = \
      ::cudasim::register_variable((const void*)&(name), sizeof(name), #name, constant)
#define CUDASIM_VARIABLE_GAP(gap, bytes, value) CUDASIM_VARIABLE_GAP_(gap, bytes, value)
#define CUDASIM_VARIABLE_GAP_(gap, bytes, value)                   \
  static char gap[bytes] __attribute__((aligned(64), used)) value; \
  [[maybe_unused]] static const int gap##_begun = ::cudasim::register_gap(gap, bytes)
#else
#define CUDASIM_VARIABLE(name, constant) static_assert(true)
#endif
