// CHECK(call): what every program of the guide wraps around a call of CUDA's runtime. A call that fails
// says so only in the value it returns; a program that ignores it goes on with memory it never got.
#pragma once
#include <cuda_runtime.h>

#include <cstdio>
#include <cstdlib>

#define CHECK(call)                                                      \
  do {                                                                   \
    const cudaError_t check_error = (call);                              \
    if (check_error != cudaSuccess) {                                    \
      std::fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, \
                   cudaGetErrorString(check_error));                     \
      std::exit(1);                                                      \
    }                                                                    \
  } while (0)
