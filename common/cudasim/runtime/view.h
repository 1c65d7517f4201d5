// The memory behind threadIdx and its like: include/cudasim/thread_view.h and launch.h declare parts of
// it under the names kernels and closures use.
#pragma once
#include "../include/cudasim/launch.h"

namespace cudasim {

// The first 16 bytes are a ThreadIndex.
struct alignas(64) ThreadView {
  uint3 thread;          // offset 0: threadIdx
  unsigned linear;       // 12: cudasim_linear
  uint3 block;           // 16: blockIdx
  unsigned in_run;       // 28: cudasim_in_run
  uint3 block_dim;       // 32: blockDim
  unsigned block_epoch;  // 44: cudasim_block_epoch
  uint3 grid_dim;        // 48: gridDim
  unsigned in_kernel;    // 60: cudasim_in_kernel
  unsigned lane() const { return linear % 32; }
};

extern __thread ThreadView view __asm__("cudasim_view") __attribute__((tls_model("initial-exec")));
// What the reference threadIdx of programs without checks is made of; set for each worker.
extern __thread const uint3* thread_index_at __asm__("cudasim_thread_index_at")
    __attribute__((tls_model("initial-exec")));

}  // namespace cudasim
