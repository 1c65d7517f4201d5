// What the runtime says on stderr about kernels that go wrong.
#pragma once
#include <string>

#include "../include/driver_types.h"

namespace cudasim {

class Worker;

// "file:line" of an instruction, from the program's debug information; else the function's name, else
// the address. A return address names the instruction after the call; pass it as is.
std::string where(const void* instruction);
// Whether the call before that address is the program's, not the runtime's or a header's of ours.
bool is_programs_own(const void* instruction);
// "(x,y,z)".
std::string triple(const uint3& index);
// The kernel's name.
std::string kernel_name(const void* kernel);

// Of an access that its type's alignment forbids.
inline constexpr const char* kMisalignedMeaning =
    "A GPU loads and stores a value only at a multiple of its size: a cast pointer, or an odd "
    "offset, "
    "is the usual cause.";

// What a device thread did that ends its launch: told at once, with checks as a finding.
struct LaunchEnd {
  const char* kind;  // of the finding
  const char* what;
  const char* meaning;
  cudaError_t code;
};
void report_fault(const Worker& worker, const LaunchEnd& end, const void* address, const void* at);
void report_blocked_threads(Worker& worker);
void report_bad_mask(Worker& worker, unsigned mask, const void* site);
// With checks: the threads arrived at barriers on different lines.
void report_divergent_barrier(Worker& worker, unsigned first, unsigned second);
// grid.sync() in a kernel that was not launched for it.
void report_grid_sync(Worker& worker, const void* site);
void report_static_shared(Worker& worker, std::size_t bytes);

}  // namespace cudasim
