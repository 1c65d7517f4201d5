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

#ifdef CUDASIM_CHECK
namespace cudasim {
void begin_checking();
// Before any constructor of the program could use the device.
__attribute__((constructor(101))) static void checked_file() { begin_checking(); }
}  // namespace cudasim
#endif
