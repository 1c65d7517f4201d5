// Writes past the end of a static shared array, in programs without checks: they land in a gap that each
// .cu file has behind its shared arrays, before anything of the simulator's.
#pragma once

namespace cudasim {

class Worker;

// After a grid's blocks on this OS thread: if one wrote into a gap, says so, and the launch ends with
// cudaErrorIllegalAddress.
void check_overrun(Worker& worker);

}  // namespace cudasim
