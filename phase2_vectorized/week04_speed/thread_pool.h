// Threads that wait for work, so that a product of a tenth of a millisecond need not start any.
//
//   set_threads(2);                                // or NN_THREADS=2; without, as many as processors
//   run_parallel(4, [&](int i) { ... });           // i = 0 .. 3, in any order, on any thread
#pragma once

#include <functional>

namespace nn::cpu {

// How many threads run_parallel uses, the caller's among them: what set_threads said, else the
// environment's NN_THREADS, else the processors that this process may use. NN_THREADS that is no
// number from 1 to 1024: nn::Error.
int threads();

// From now on. count < 1 or > 1024: nn::Error. Not to be called from within run_parallel.
void set_threads(int count);

// Calls work(0) .. work(count - 1), each once, and returns when all are done. What one of them
// throws is thrown here, after all have ended; of several, that of the lowest number. Called from
// within such work, it runs everything on the calling thread.
void run_parallel(int count, const std::function<void(int)>& work);

}  // namespace nn::cpu
