// device_launch_parameters.h: threadIdx, blockIdx, blockDim, gridDim and warpSize.
#pragma once
#include "cudasim/thread_view.h"
