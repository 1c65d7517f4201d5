// The special registers the translator reads where a kernel's inline PTX does. Source: PTX ISA,
// "Special Registers". An SM is an OS thread here.
#pragma once
#include "thread_view.h"

long long clock64();

void __nanosleep(unsigned nanoseconds);
[[noreturn]] void __trap();
static inline void __brkpt() {}
unsigned long long __globaltimer();

namespace cudasim::ptx {

unsigned smid();
unsigned nsmid();
static inline unsigned laneid() { return cudasim::lane(); }
static inline unsigned warpid() { return cudasim_linear / 32; }
static inline unsigned nwarpid() { return 64; }
static inline unsigned clock() { return (unsigned)::clock64(); }
static inline unsigned long long clock64() { return (unsigned long long)::clock64(); }
static inline unsigned long long globaltimer() { return ::__globaltimer(); }
static inline unsigned lanemask_eq() { return 1u << laneid(); }
static inline unsigned lanemask_lt() { return lanemask_eq() - 1; }
static inline unsigned lanemask_le() { return lanemask_eq() | lanemask_lt(); }
static inline unsigned lanemask_gt() { return ~lanemask_le(); }
static inline unsigned lanemask_ge() { return ~lanemask_lt(); }
static inline unsigned tid_x() { return threadIdx.x; }
static inline unsigned tid_y() { return threadIdx.y; }
static inline unsigned tid_z() { return threadIdx.z; }
static inline unsigned ntid_x() { return blockDim.x; }
static inline unsigned ntid_y() { return blockDim.y; }
static inline unsigned ntid_z() { return blockDim.z; }
static inline unsigned ctaid_x() { return blockIdx.x; }
static inline unsigned ctaid_y() { return blockIdx.y; }
static inline unsigned ctaid_z() { return blockIdx.z; }
static inline unsigned nctaid_x() { return gridDim.x; }
static inline unsigned nctaid_y() { return gridDim.y; }
static inline unsigned nctaid_z() { return gridDim.z; }

}  // namespace cudasim::ptx
