// Launches: from a configuration and a kernel with its arguments to a task in a stream.
#include <cstdio>
#include <vector>

#include "api_errors.h"
#include "capture.h"
#include "device.h"
#include "finding.h"
#include "function_info.h"
#include "host_visible.h"
#include "limits.h"
#include "printf.h"
#include "refused.h"
#include "report.h"
#include "settings.h"
#include "worker.h"

namespace cudasim {
namespace {

thread_local std::vector<Pending> pending_launches;

// Codes: CUDA Runtime API documentation, cudaErrorInvalidConfiguration (threads or blocks that no
// launch could have) and cudaErrorCooperativeLaunchTooLarge. More dynamic shared memory than
// the kernel was allowed is, by what programs report of it, cudaErrorInvalidValue, "invalid argument".
cudaError_t check(const Pending& p, const FunctionInfo& info, bool cooperative) {
  const dim3 &g = p.config.grid, &b = p.config.block;
  if (g.x == 0 || g.y == 0 || g.z == 0 || g.x > kMaxGridX || g.y > kMaxGridYZ || g.z > kMaxGridYZ) {
    return cudaErrorInvalidConfiguration;
  }
  if (b.x == 0 || b.y == 0 || b.z == 0 || b.x > kMaxBlockXY || b.y > kMaxBlockXY ||
      b.z > kMaxBlockZ || std::uint64_t{b.x} * b.y * b.z > kMaxThreads) {
    return cudaErrorInvalidConfiguration;
  }
  if (p.config.shared > static_cast<std::size_t>(info.max_dynamic_shared)) {
    return cudaErrorInvalidValue;
  }
  if (cooperative) {
    int per_multiprocessor = 0;
    cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        &per_multiprocessor, p.kernel, static_cast<int>(b.x * b.y * b.z), p.config.shared);
    const std::uint64_t most = static_cast<std::uint64_t>(per_multiprocessor) * kMultiprocessors;
    if (std::uint64_t{g.x} * g.y * g.z > most) return cudaErrorCooperativeLaunchTooLarge;
  }
  return cudaSuccess;
}

}  // namespace

void push_launch(const Pending& pending) {
  refuse_in_kernel();
  pending_launches.push_back(pending);
}

Pending pop_launch() {
  const Pending pending = pending_launches.back();
  pending_launches.pop_back();
  return pending;
}

cudaError_t submit_checked(const Pending& pending, Closure* closure, bool cooperative) {
  const auto destroy = [](Closure* c) { c->destroy(c); };
  std::unique_ptr<Closure, decltype(destroy)> holder(closure, destroy);  // unless a grid takes it
  return api_call([&]() -> cudaError_t {
    const FunctionInfo info = function_info(pending.kernel);
    if (const cudaError_t error = check(pending, info, cooperative)) {
      if (checking()) note_reason(why_launch_is_refused(pending, cooperative));
      return error;
    }
    if (closure->run == info.any) closure->run = info.known;
    Device& device = Device::get();
    const StreamPtr stream = device.find_stream(pending.config.stream);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (const cudaError_t error = capture_error(stream)) return error;
    flush_printf();
    auto task = std::make_shared<Task>();
    task->kind = Task::Kind::kernel;
    task->grid = std::make_unique<Grid>(pending, holder.get(), cooperative, device.next_launch());
    static_cast<void>(holder.release());  // the grid has it now
    note_device_work();
    device.enqueue(stream, task);
    if (settings().blocking_launches) {
      device.wait(task);
      note_host_waited();
      flush_printf();
      return device.sticky();
    }
    return cudaSuccess;
  });
}

void submit(const Pending& pending, Closure* closure) { submit_checked(pending, closure, false); }

// Hints are taken and change nothing; so may the permission to begin before the kernel in front ends.
cudaError_t read_config(const cudaLaunchConfig_t* c, const void* kernel, Pending* pending,
                        bool* cooperative) {
  return api_call([&]() -> cudaError_t {
    if (c == nullptr || kernel == nullptr || (c->attrs == nullptr && c->numAttrs != 0)) {
      return cudaErrorInvalidValue;
    }
    *pending = {kernel, {c->gridDim, c->blockDim, c->dynamicSmemBytes, c->stream}};
    *cooperative = false;
    for (unsigned i = 0; i < c->numAttrs; ++i) {
      const cudaLaunchAttribute& a = c->attrs[i];
      switch (a.id) {
        case cudaLaunchAttributeCooperative:
          *cooperative = a.val.cooperative != 0;
          break;
        case cudaLaunchAttributeClusterDimension:
          if (a.val.clusterDim.x * a.val.clusterDim.y * a.val.clusterDim.z != 1) {
            std::fprintf(stderr, "cudasim: clusters of blocks are not modelled\n");
            return cudaErrorNotSupported;
          }
          break;
        case cudaLaunchAttributeProgrammaticEvent:
          std::fprintf(stderr, "cudasim: programmatic events are not modelled\n");
          return cudaErrorNotSupported;
        case cudaLaunchAttributeIgnore:
        case cudaLaunchAttributeAccessPolicyWindow:
        case cudaLaunchAttributeSynchronizationPolicy:
        case cudaLaunchAttributeClusterSchedulingPolicyPreference:
        case cudaLaunchAttributeProgrammaticStreamSerialization:
        case cudaLaunchAttributePriority:
        case cudaLaunchAttributePreferredSharedMemoryCarveout:
          break;
        default:
          return cudaErrorInvalidValue;
      }
    }
    return cudaSuccess;
  });
}

}  // namespace cudasim

using namespace cudasim;

namespace {

cudaError_t launch_by_address(const void* kernel, const Config& config, void** args,
                              bool cooperative) {
  const FunctionInfo info = function_info(kernel);
  if (info.from_args == nullptr) {
    std::fprintf(stderr,
                 "cudasim: cudaLaunchKernel on %s, whose parameter types are not known: pass the "
                 "kernel itself, not a void*, or launch it with <<<>>>\n",
                 kernel_name(kernel).c_str());
    return set_last_error(cudaErrorInvalidDeviceFunction);
  }
  return submit_checked({kernel, config}, info.from_args(kernel, args), cooperative);
}

}  // namespace

cudaError_t cudaLaunchKernel(const void* kernel, dim3 grid, dim3 block, void** args, size_t shared,
                             cudaStream_t stream) {
  return launch_by_address(kernel, {grid, block, shared, stream}, args, false);
}

cudaError_t cudaLaunchCooperativeKernel(const void* kernel, dim3 grid, dim3 block, void** args,
                                        size_t shared, cudaStream_t stream) {
  return launch_by_address(kernel, {grid, block, shared, stream}, args, true);
}

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* kernel, void** args) {
  Pending pending;
  bool cooperative = false;
  if (const cudaError_t error = read_config(config, kernel, &pending, &cooperative)) return error;
  return launch_by_address(kernel, pending.config, args, cooperative);
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* kernel) {
  return api_call([&]() -> cudaError_t {
    if (attributes == nullptr || kernel == nullptr) return cudaErrorInvalidValue;
    const FunctionInfo info = function_info(kernel);
    *attributes = {};
    attributes->sharedSizeBytes = info.static_shared;
    attributes->maxThreadsPerBlock = static_cast<int>(kMaxThreads);
    attributes->ptxVersion = attributes->binaryVersion = 80;
    attributes->maxDynamicSharedSizeBytes = info.max_dynamic_shared;
    attributes->preferredShmemCarveout = info.carveout;
    return cudaSuccess;
  });
}

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value) {
  return api_call([&]() -> cudaError_t {
    if (kernel == nullptr) return cudaErrorInvalidDeviceFunction;
    switch (attribute) {
      case cudaFuncAttributeMaxDynamicSharedMemorySize: {
        const std::size_t most = kMaxDynamicShared - function_info(kernel).static_shared;
        if (value < 0 || static_cast<std::size_t>(value) > most) return cudaErrorInvalidValue;
        set_max_dynamic_shared(kernel, value);
        return cudaSuccess;
      }
      case cudaFuncAttributePreferredSharedMemoryCarveout:
        if (value < -1 || value > 100) return cudaErrorInvalidValue;
        set_carveout(kernel, value);
        return cudaSuccess;
      default:
        return cudaErrorNotSupported;  // clusters
    }
  });
}

cudaError_t cudaFuncSetCacheConfig(const void* kernel, cudaFuncCache) {
  return api_call([&] { return kernel == nullptr ? cudaErrorInvalidDeviceFunction : cudaSuccess; });
}

cudaError_t cudaFuncSetSharedMemConfig(const void* kernel, cudaSharedMemConfig) {
  return api_call([&] { return kernel == nullptr ? cudaErrorInvalidDeviceFunction : cudaSuccess; });
}

// Registers are not modelled, so threads, blocks and shared memory alone limit residency.
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void* kernel,
                                                          int block_size, size_t dynamic_shared) {
  return api_call([&]() -> cudaError_t {
    if (blocks == nullptr || block_size <= 0) return cudaErrorInvalidValue;
    *blocks = 0;
    const FunctionInfo info = function_info(kernel);
    if (block_size > static_cast<int>(kMaxThreads) ||
        dynamic_shared > static_cast<std::size_t>(info.max_dynamic_shared)) {
      return cudaSuccess;
    }
    const int warps = (block_size + 31) / 32;
    int most = std::min(kMaxBlocksPerMultiprocessor, kMaxThreadsPerMultiprocessor / 32 / warps);
    const std::size_t bytes = info.static_shared + dynamic_shared + kReservedShared;
    most = std::min(most, static_cast<int>(kSharedPerMultiprocessor / bytes));
    *blocks = most;
    return cudaSuccess;
  });
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void* kernel,
                                                                   int block_size,
                                                                   size_t dynamic_shared,
                                                                   unsigned int flags) {
  if (flags > cudaOccupancyDisableCachingOverride) return set_last_error(cudaErrorInvalidValue);
  return cudaOccupancyMaxActiveBlocksPerMultiprocessor(blocks, kernel, block_size, dynamic_shared);
}

cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t* bytes, const void* kernel, int blocks,
                                                      int block_size) {
  return api_call([&]() -> cudaError_t {
    if (bytes == nullptr || blocks <= 0 || block_size <= 0) return cudaErrorInvalidValue;
    const std::size_t used = function_info(kernel).static_shared + kReservedShared;
    const std::size_t each = kSharedPerMultiprocessor / static_cast<std::size_t>(blocks);
    *bytes = std::min(each > used ? each - used : 0, kMaxDynamicShared);
    return cudaSuccess;
  });
}
