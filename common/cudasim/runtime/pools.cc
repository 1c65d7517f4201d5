// Memory pools: cudaMallocAsync takes from the device's current pool. Memory that was freed is not kept for
// later, so a pool never holds more than the program uses, whatever its release threshold.
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "device.h"
#include "memory.h"

struct CUmemPoolHandle_st {
  std::vector<const void*> allocations;  // some may be freed by now: addresses do not come again
  std::uint64_t high = 0;                // most bytes used at a time
  std::uint64_t release_threshold = 0;
  int reuse[3] = {1, 1, 1};  // the cudaMemPoolReuse... settings, 1 to 3

  std::uint64_t used() {
    std::uint64_t bytes = 0;
    std::erase_if(allocations, [&](const void* p) {
      const cudasim::Allocation a = cudasim::find_allocation(p);
      bytes += a.base == p ? a.bytes : 0;
      return a.base != p;
    });
    return bytes;
  }
};

namespace cudasim {
namespace {

std::mutex pools_mutex;
struct Pools {
  CUmemPoolHandle_st standard;
  cudaMemPool_t current = &standard;
  std::map<cudaMemPool_t, std::unique_ptr<CUmemPoolHandle_st>> created;
  bool known(cudaMemPool_t pool) { return pool == &standard || created.count(pool) != 0; }
};
Pools& pools() {
  static auto* all = new Pools;
  return *all;
}

// Runs `body` under the mutex, with a pool that exists.
template <class F>
cudaError_t with_pool(cudaMemPool_t pool, F body) {
  return api_call([&]() -> cudaError_t {
    const std::lock_guard<std::mutex> lock(pools_mutex);
    return pools().known(pool) ? body(*pool) : cudaErrorInvalidValue;
  });
}

cudaError_t allocate_from(cudaMemPool_t pool, void** pointer, std::size_t bytes,
                          cudaStream_t stream) {
  const StreamPtr s = Device::get().find_stream(stream);
  if (s == nullptr) return api_call([] { return cudaErrorInvalidResourceHandle; });
  if (s->capture != nullptr) {  // a graph's own allocations are not modelled
    return api_call([] { return cudaErrorStreamCaptureUnsupported; });
  }
  // The memory is there at once, so it is before whatever the stream does next.
  if (const cudaError_t error = cudaMalloc(pointer, bytes)) return error;
  const std::lock_guard<std::mutex> lock(pools_mutex);
  if (*pointer != nullptr) pool->allocations.push_back(*pointer);
  pool->high = std::max(pool->high, pool->used());
  return cudaSuccess;
}

cudaError_t get_pool(cudaMemPool_t* pool, int device, bool current) {
  return api_call([&]() -> cudaError_t {
    if (pool == nullptr) return cudaErrorInvalidValue;
    if (device != 0) return cudaErrorInvalidDevice;
    const std::lock_guard<std::mutex> lock(pools_mutex);
    *pool = current ? pools().current : &pools().standard;
    return cudaSuccess;
  });
}

}  // namespace
}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int device) {
  return get_pool(pool, device, false);
}
cudaError_t cudaDeviceGetMemPool(cudaMemPool_t* pool, int device) {
  return get_pool(pool, device, true);
}
cudaError_t cudaDeviceSetMemPool(int device, cudaMemPool_t pool) {
  if (device != 0) return api_call([] { return cudaErrorInvalidDevice; });
  return with_pool(pool, [&](auto&) {
    pools().current = pool;
    return cudaSuccess;
  });
}

cudaError_t cudaMemPoolCreate(cudaMemPool_t* pool, const struct cudaMemPoolProps* p) {
  return api_call([&]() -> cudaError_t {
    if (pool == nullptr || p == nullptr || p->allocType != cudaMemAllocationTypePinned ||
        p->location.type != cudaMemLocationTypeDevice || p->location.id != 0) {
      return cudaErrorInvalidValue;
    }
    if (p->handleTypes != cudaMemHandleTypeNone) return cudaErrorNotSupported;  // other processes
    const std::lock_guard<std::mutex> lock(pools_mutex);
    auto made = std::make_unique<CUmemPoolHandle_st>();
    *pool = made.get();
    pools().created[*pool] = std::move(made);
    return cudaSuccess;
  });
}

// Destroying the current pool makes the default one current, by the documentation.
cudaError_t cudaMemPoolDestroy(cudaMemPool_t pool) {
  return with_pool(pool, [&](auto&) {
    if (pools().created.count(pool) == 0) return cudaErrorInvalidValue;  // the default pool
    if (pools().current == pool) pools().current = &pools().standard;
    pools().created.erase(pool);
    return cudaSuccess;
  });
}

cudaError_t cudaMemPoolTrimTo(cudaMemPool_t pool, size_t) {
  return with_pool(pool, [](auto&) { return cudaSuccess; });
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t pool, enum cudaMemPoolAttr attribute,
                                    void* value) {
  return with_pool(pool, [&](CUmemPoolHandle_st& p) -> cudaError_t {
    if (value == nullptr) return cudaErrorInvalidValue;
    switch (attribute) {
      case cudaMemPoolReuseFollowEventDependencies:
      case cudaMemPoolReuseAllowOpportunistic:
      case cudaMemPoolReuseAllowInternalDependencies:
        p.reuse[attribute - 1] = *static_cast<const int*>(value);
        return cudaSuccess;
      case cudaMemPoolAttrReleaseThreshold:
        p.release_threshold = *static_cast<const std::uint64_t*>(value);
        return cudaSuccess;
      case cudaMemPoolAttrReservedMemHigh:
      case cudaMemPoolAttrUsedMemHigh:  // the most so far: it may be set to 0 alone
        if (*static_cast<const std::uint64_t*>(value) != 0) return cudaErrorInvalidValue;
        p.high = 0;
        return cudaSuccess;
      default:
        return cudaErrorInvalidValue;
    }
  });
}

cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t pool, enum cudaMemPoolAttr attribute,
                                    void* value) {
  return with_pool(pool, [&](CUmemPoolHandle_st& p) -> cudaError_t {
    if (value == nullptr) return cudaErrorInvalidValue;
    switch (attribute) {
      case cudaMemPoolReuseFollowEventDependencies:
      case cudaMemPoolReuseAllowOpportunistic:
      case cudaMemPoolReuseAllowInternalDependencies:
        *static_cast<int*>(value) = p.reuse[attribute - 1];
        return cudaSuccess;
      case cudaMemPoolAttrReleaseThreshold:
        *static_cast<std::uint64_t*>(value) = p.release_threshold;
        return cudaSuccess;
      case cudaMemPoolAttrReservedMemCurrent:
      case cudaMemPoolAttrUsedMemCurrent:
        *static_cast<std::uint64_t*>(value) = p.used();
        return cudaSuccess;
      case cudaMemPoolAttrReservedMemHigh:
      case cudaMemPoolAttrUsedMemHigh:
        *static_cast<std::uint64_t*>(value) = p.high;
        return cudaSuccess;
    }
    return cudaErrorInvalidValue;
  });
}

cudaError_t cudaMallocFromPoolAsync(void** pointer, size_t bytes, cudaMemPool_t pool,
                                    cudaStream_t stream) {
  if (const cudaError_t error = with_pool(pool, [](auto&) { return cudaSuccess; })) return error;
  return allocate_from(pool, pointer, bytes, stream);
}
cudaError_t cudaMallocAsync(void** pointer, size_t bytes, cudaStream_t stream) {
  cudaMemPool_t pool = nullptr;
  if (const cudaError_t error = get_pool(&pool, 0, true)) return error;
  return allocate_from(pool, pointer, bytes, stream);
}

}  // extern "C"
