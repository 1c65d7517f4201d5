// Why calls are refused, in words: what their error's own text leaves open.
#pragma once
#include <string>

#include "../include/cudasim/launch.h"

namespace cudasim {

std::string why_launch_is_refused(const Pending& launch, bool cooperative);
// Why cudaFree, or with `host` cudaFreeHost, frees nothing there.
std::string why_not_freed(const void* pointer, bool host);

}  // namespace cudasim
