// Errors that pass, and errors that stay.
#include "check.h"

__global__ void nothing() {}

__global__ void write_to(int* x) { *x = 1; }

void say(const char* what, cudaError_t error) {
  std::printf("%-34s %s\n", what, cudaGetErrorName(error));
}

int main() {
  nothing<<<1, 2048>>>();  // a block has at most 1024 threads: this launch does not happen
  say("peek", cudaPeekAtLastError());
  say("get", cudaGetLastError());
  say("get again: it is forgotten", cudaGetLastError());

  write_to<<<1, 1>>>(nullptr);  // this one happens, and fails while it runs
  say("synchronise", cudaDeviceSynchronize());
  say("get", cudaGetLastError());
  int* x;
  say("cudaMalloc: nothing works any more", cudaMalloc(&x, 4));
}
