// A grid's extents and the order its blocks are handed out in. See grid.h.
#include "grid.h"

#include <numeric>

#include "settings.h"

namespace cudasim {

Grid::Grid(const Pending& pending, Closure* kernel_closure, bool is_cooperative,
           std::uint64_t launch_number)
    : kernel(pending.kernel),
      closure(kernel_closure),
      grid(pending.config.grid),
      block(pending.config.block),
      shared(pending.config.shared),
      cooperative(is_cooperative),
      number(launch_number),
      threads(block.x * block.y * block.z),
      blocks(std::uint64_t{grid.x} * grid.y * grid.z) {
  // Neighbouring blocks mostly read neighbouring memory, so large grids keep them together.
  chunk_blocks = blocks <= 256 ? 1 : blocks <= 16384 ? blocks / 256 : 64;
  chunks = (blocks + chunk_blocks - 1) / chunk_blocks;
  stride = 1;
  start = 0;
  if (settings().seed != 0 && chunks > 1) {
    const std::uint64_t random = mix(settings().seed ^ mix(number));
    start = random % chunks;
    // Coprime to the number of chunks, so every chunk comes up once; below 2^31, so that
    // i * stride does not overflow for any grid that can be run to its end.
    for (stride = 1 + mix(random) % (chunks < 0x7fffffff ? chunks : 0x7fffffff);
         std::gcd(stride, chunks) != 1; ++stride) {
    }
    stride %= chunks;
  }
}

void Grid::fail(cudaError_t code) {
  int none = cudaSuccess;
  error.compare_exchange_strong(none, code);
  const std::lock_guard<std::mutex> lock(barrier_mutex_);
  barrier_passed_.notify_all();
}

bool Grid::pass_barrier(std::uint64_t waiting_blocks, std::uint64_t finished_blocks) {
  std::unique_lock<std::mutex> lock(barrier_mutex_);
  waiting_ += waiting_blocks;
  finished_ += finished_blocks;
  const std::uint64_t generation = generation_;
  if (waiting_ + finished_ == blocks) {
    waiting_ = 0;
    ++generation_;
    barrier_passed_.notify_all();
  } else if (waiting_blocks != 0) {
    barrier_passed_.wait(lock, [&] { return generation_ != generation || error != cudaSuccess; });
  }
  return error == cudaSuccess && waiting_blocks != 0;
}

}  // namespace cudasim
