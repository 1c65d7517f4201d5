// The memory behind threadIdx and its like: include/cudasim/thread_view.h declares parts of it under
// the names kernels use.
#pragma once
#include "../include/vector_types.h"

namespace cudasim {

struct alignas(64) ThreadView {
  uint3 thread;          // offset 0: threadIdx
  unsigned lane;         // 12: cudasim_lane
  uint3 block;           // 16: blockIdx
  unsigned linear;       // 28: cudasim_linear
  uint3 block_dim;       // 32: blockDim
  unsigned block_epoch;  // 44: cudasim_block_epoch
  uint3 grid_dim;        // 48: gridDim
  unsigned in_kernel;    // 60: 1 while a device thread runs its own code, not the runtime's
};

extern __thread ThreadView view __asm__("cudasim_view") __attribute__((tls_model("initial-exec")));

}  // namespace cudasim
