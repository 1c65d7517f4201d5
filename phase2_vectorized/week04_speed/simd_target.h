// Which set of instructions the vectorised functions use: the best that this processor has, unless
// told otherwise.
//
//   NN_SIMD=avx2 build/release/bin/...     an environment variable, read at the first use
//   use_simd_target("baseline");           in a test, which tries them all
#pragma once

#include <string>
#include <vector>

namespace nn::cpu {

// What this program was compiled for and this processor has, best first: "avx512", "avx2" and
// "baseline" (x86-64 as it was in 2003), or "neon" on Arm.
const std::vector<std::string>& simd_targets();

// The one in use. nn::Error if NN_SIMD names none of simd_targets().
std::string simd_target();

// Has NN_SIMD read, if nothing has before. For the function that holds a HWY_DYNAMIC_DISPATCH; where
// it has been called once, it costs nothing.
inline void settle_simd_target() { static const std::string chosen = simd_target(); }

// From now on this one; not to be called while a function that uses it runs. nn::Error, naming what
// there is, for any other name.
void use_simd_target(const std::string& name);

}  // namespace nn::cpu
