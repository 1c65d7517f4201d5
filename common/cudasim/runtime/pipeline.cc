// Asynchronous copies to shared memory. See include/cuda_pipeline.h.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <unordered_map>
#include <vector>

#include "../include/cuda_pipeline.h"
#include "finding.h"
#include "in_runtime.h"
#include "worker.h"

namespace cudasim {
namespace {

struct Copy {
  void* to;
  const void* from;
  std::size_t bytes, zero_fill;
  const void* at;  // the call
};
// The batches of one device thread, oldest first; the last is not committed yet.
struct Pipeline {
  unsigned block_epoch = 0;
  std::vector<std::vector<Copy>> batches{1};
};

Pipeline& pipeline() {
  static thread_local std::unordered_map<unsigned, Pipeline> of_thread;
  Pipeline& p = of_thread[view.linear];
  if (p.block_epoch != view.block_epoch) p = Pipeline{view.block_epoch, {{}}};
  return p;
}

}  // namespace

void pipeline_copy(void* to, const void* from, std::size_t bytes, std::size_t zero_fill) {
  Worker* worker = Worker::in_kernel();
  if (worker == nullptr) return;
  const InRuntime guard;
  const auto misaligned = [&](const void* p) {
    return reinterpret_cast<std::uintptr_t>(p) % bytes != 0;
  };
  if (bytes != 4 && bytes != 8 && bytes != 16) {
    std::fprintf(stderr, "cudasim: __pipeline_memcpy_async of %zu bytes; it may be 4, 8 or 16\n",
                 bytes);
    worker->fail(cudaErrorLaunchFailure);
  }
  if (zero_fill > bytes) {
    std::fprintf(stderr,
                 "cudasim: __pipeline_memcpy_async with zero_fill %zu, more than %zu bytes\n",
                 zero_fill, bytes);
    worker->fail(cudaErrorLaunchFailure);
  }
  if (misaligned(to) || misaligned(from)) worker->fail(cudaErrorMisalignedAddress);
  pipeline().batches.back().push_back({to, from, bytes, zero_fill, __builtin_return_address(0)});
}

void pipeline_commit() {
  if (Worker::in_kernel() == nullptr) return;
  const InRuntime guard;
  pipeline().batches.emplace_back();
}

void pipeline_wait(std::size_t batches_left) {
  if (Worker::in_kernel() == nullptr) return;
  const InRuntime guard;
  auto& batches = pipeline().batches;
  const std::size_t committed = batches.size() - 1;
  const std::size_t done = committed > batches_left ? committed - batches_left : 0;
  for (std::size_t i = 0; i < done; ++i) {
    for (const Copy& c : batches[i]) {
      if (checking()) {
        if (c.bytes != c.zero_fill) check_copy(c.to, c.from, c.bytes - c.zero_fill, c.at);
        char* rest = static_cast<char*>(c.to) + c.bytes - c.zero_fill;
        if (c.zero_fill != 0) check_copy(rest, nullptr, c.zero_fill, c.at);
      }
      std::memcpy(c.to, c.from, c.bytes - c.zero_fill);
      std::memset(static_cast<char*>(c.to) + c.bytes - c.zero_fill, 0, c.zero_fill);
    }
  }
  batches.erase(batches.begin(), batches.begin() + static_cast<std::ptrdiff_t>(done));
}

}  // namespace cudasim
