// Instructions on vectors of floats, for a file that is compiled once for each set of them.
//
// A processor of today adds and multiplies 4, 8 or 16 floats at a time, by its model: SSE, AVX2,
// AVX-512, NEON. A program that is to run everywhere and be quick everywhere holds the same function
// several times and chooses at run time. Highway gives every set the same names (hn::LoadU,
// hn::MulAdd ...); this header makes the compiler read a file once for each, best set first:
//
//   #include ".../simd.h"               // sets HWY_TARGET to the next set of instructions
//   HWY_BEFORE_NAMESPACE();             // from here on the compiler may use them
//   namespace nn::cpu::HWY_NAMESPACE {  // N_AVX3, N_AVX2 ...: a namespace for each
//   ...
//   }
//   HWY_AFTER_NAMESPACE();
//   #if NN_SIMD_MORE
//   #include "this_file.cc"             // itself, for the next set
//   #else
//   ... what stands in the file once, such as HWY_EXPORT(function);
//   #endif
//
// The sets: AVX-512 (Highway's AVX3) and AVX2 on x86-64, and as the last one whatever the compiler
// may assume of every machine it builds for. simd_target.h says which of them is in use.
//
// There is no include guard: each inclusion is the next set. Highway's own header for this,
// foreach_target.h, includes a file by its path, and would take the course's for a learner's copy.
#include "phase2_vectorized/week04_speed/simd_sets.h"

// NOLINTBEGIN(readability-identifier-naming): the names are Highway's

#ifdef NN_SIMD_BEGUN
// Highway's headers are guarded per set: a macro that was defined is undefined, and the reverse.
#ifdef HWY_TARGET_TOGGLE
#undef HWY_TARGET_TOGGLE
#else
#define HWY_TARGET_TOGGLE
#endif
#endif

#undef HWY_TARGET
#undef NN_SIMD_MORE
#if !defined(NN_SIMD_BEGUN) && (HWY_TARGETS & HWY_AVX3) && HWY_STATIC_TARGET != HWY_AVX3
#define NN_SIMD_BEGUN
#define NN_SIMD_MORE 1
#define HWY_TARGET HWY_AVX3
#elif !defined(NN_SIMD_AVX2_DONE) && (HWY_TARGETS & HWY_AVX2) && HWY_STATIC_TARGET > HWY_AVX2
#define NN_SIMD_AVX2_DONE
#define NN_SIMD_MORE 1
#define HWY_TARGET HWY_AVX2
#else
#define NN_SIMD_MORE 0
#define HWY_TARGET HWY_STATIC_TARGET
#endif

// NOLINTEND(readability-identifier-naming)

#include <hwy/cache_control.h>
#include <hwy/highway.h>
