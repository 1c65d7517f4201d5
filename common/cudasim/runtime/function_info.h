// What the runtime remembers about a kernel, by its address.
#pragma once
#include <cstddef>

#include "../include/cudasim/launch.h"

namespace cudasim {

struct FunctionInfo {
  FromArgs from_args = nullptr;  // null: the translator could not read its definition
  Loop any = nullptr,
       known = nullptr;           // see register_kernel(): closures that run `any` may run `known`
  std::size_t static_shared = 0;  // bytes; known once a block has run
  int max_dynamic_shared = 48 * 1024;  // bytes; cudaFuncSetAttribute raises it
  int carveout = -1;
};

// A copy, or what an unknown kernel has.
FunctionInfo function_info(const void* kernel);
void set_max_dynamic_shared(const void* kernel, int bytes);
void set_carveout(const void* kernel, int percent);
void note_static_shared(const void* kernel, std::size_t bytes);

}  // namespace cudasim
