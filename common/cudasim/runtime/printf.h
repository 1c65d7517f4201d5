// printf from kernels: a buffer that is shown when the host synchronises.
#pragma once
#include <cstddef>

namespace cudasim {

// Writes what kernels have printed to stdout. Called where CUDA's programming guide says the buffer
// is flushed ("Formatted Output"): at launches, synchronisations, blocking copies, cudaDeviceReset.
// A program that ends without any of these shows nothing, as on a GPU.
void flush_printf();
void set_printf_capacity(std::size_t bytes);
std::size_t printf_capacity();

}  // namespace cudasim
