// What the machine can do at most, measured beside the products.
#pragma once

namespace nn::cpu {

// Multiply-adds on registers alone: the floating-point operations of one call of fma_peak.
inline double fma_peak_flops(int lanes, int steps) { return 2.0 * 24 * lanes * steps; }
int fma_peak_lanes();  // floats in a register, of the instructions in use
// Runs `steps` steps; returns a number made of all sums, so that none can be left out.
float fma_peak(int steps);

}  // namespace nn::cpu
