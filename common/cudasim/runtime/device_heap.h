// malloc and free in kernels.
#pragma once

namespace cudasim {

// Whether the address lies in memory that a kernel got from malloc or new.
bool is_device_heap(const void* address);

}  // namespace cudasim
