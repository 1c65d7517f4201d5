// Marks the time a device thread spends in the runtime, where the watchdog must not interrupt it.
#pragma once
#include "view.h"

namespace cudasim {

struct InRuntime {
  InRuntime() { view.in_kernel = 0; }
  ~InRuntime() { view.in_kernel = 1; }
  InRuntime(const InRuntime&) = delete;
  InRuntime& operator=(const InRuntime&) = delete;
};

}  // namespace cudasim
