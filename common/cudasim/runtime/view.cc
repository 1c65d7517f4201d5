// Defines the view of each OS thread, and its parts under the names kernels use.
#include "view.h"

#include <cstddef>

namespace cudasim {

__thread ThreadView view;
__thread const uint3* thread_index_at = nullptr;

static_assert(offsetof(ThreadView, linear) == 12 && offsetof(ThreadView, block) == 16 &&
              offsetof(ThreadView, in_run) == 28 && offsetof(ThreadView, block_dim) == 32 &&
              offsetof(ThreadView, block_epoch) == 44 && offsetof(ThreadView, grid_dim) == 48 &&
              offsetof(ThreadView, in_kernel) == 60);
static_assert(sizeof(ThreadIndex) == 16 && offsetof(ThreadIndex, linear) == 12);

}  // namespace cudasim

__thread cudasim::Run cudasim_run;

// Names for addresses within the view: C++ cannot give them, the assembler can.
#define CUDASIM_NAME(name, offset, size) \
  asm(".globl " #name                    \
      "\n"                               \
      ".type " #name                     \
      ", @object\n"                      \
      ".size " #name ", " #size          \
      "\n"                               \
      ".set " #name ", cudasim_view + " #offset)
CUDASIM_NAME(threadIdx, 0, 12);  // of programs with checks
CUDASIM_NAME(cudasim_linear, 12, 4);
CUDASIM_NAME(cudasim_thread_index, 0, 16);
CUDASIM_NAME(blockIdx, 16, 12);
CUDASIM_NAME(cudasim_in_run, 28, 4);
CUDASIM_NAME(blockDim, 32, 12);
CUDASIM_NAME(cudasim_block_epoch, 44, 4);
CUDASIM_NAME(gridDim, 48, 12);
CUDASIM_NAME(cudasim_in_kernel, 60, 4);
