// What the environment may set, read once.
#pragma once
#include <cstdint>

namespace cudasim {

struct Settings {
  int workers;             // CUDASIM_WORKERS: OS threads that run blocks, [1,256]
  std::uint64_t seed;      // CUDASIM_SEED: order of blocks and threads; 0 is ascending order
  double watchdog;         // CUDASIM_WATCHDOG: seconds without progress before a kernel is stopped
  bool global_races;       // CUDASIM_CHECK_GLOBAL=1: with checks, also races in global memory
  bool blocking_launches;  // CUDA_LAUNCH_BLOCKING=1
  const char* problem;     // what could not be understood; null if all could
};
const Settings& settings();

}  // namespace cudasim
