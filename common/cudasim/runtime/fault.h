// Faults of device threads, and the watchdog over kernels that do not end.
#pragma once
#include <cstddef>

namespace cudasim {

class Worker;

// Installs the process's signal handlers, once, and this OS thread's stack for them.
void catch_faults(char* stack, std::size_t bytes);

// The watchdog looks at these workers from time to time. A device thread that spins while others of
// its block could run is made to let them; a block without any progress for longer than
// CUDASIM_WATCHDOG says is stopped.
void watch(Worker* worker);
void unwatch(Worker* worker);

// Lets others run if the watchdog asked for that where the device thread could not be interrupted.
void yield_if_asked();

}  // namespace cudasim
