// What lanes of a warp hand each other for include/mma.h.
#include <cstdio>

#include "in_runtime.h"
#include "worker.h"

namespace cudasim {
namespace {

// By warp of the block that this OS thread runs: a block is not left between a warp's two waits.
thread_local const void* offered[kMaxWarps][kWarp];

}  // namespace

const void* const* gather_warp(const void* mine) {
  const void** row = offered[view.linear / kWarp];
  row[view.lane()] = mine;
  if (vote(0xffffffffu, true).lanes != 0xffffffffu) {
    const InRuntime guard;
    std::fprintf(stderr, "cudasim: wmma::mma_sync needs all 32 lanes of a warp\n");
    Worker::here().fail(cudaErrorLaunchFailure);
  }
  return row;
}

}  // namespace cudasim
