// Inline PTX that reads special registers and orders memory: the simulator has calls for it.
#include <cuda_runtime.h>

__device__ __noinline__ unsigned int lane() {
  unsigned int lane;
  asm("mov.u32 %0, %%laneid;" : "=r"(lane));
  return lane;
}
__global__ void registers(unsigned int* out) {
  unsigned int thread, below;
  asm volatile("mov.u32 %0, %%tid.x;" : "=r"(thread));
  asm("mov.u32 %0, %%lanemask_lt;" : "=r"(below));
  asm volatile("membar.gl;" ::: "memory");
  asm volatile("bar.sync 0;");
  out[thread] = lane() + below;
}

int main() {
  unsigned int* out;
  cudaMalloc(&out, 64 * sizeof(unsigned int));
  registers<<<1, 64>>>(out);
  return cudaDeviceSynchronize() + cudaFree(out);
}
