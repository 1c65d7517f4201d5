// The simulated device's properties, attributes and limits.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <regex>

#include "device.h"
#include "limits.h"
#include "memory.h"
#include "printf.h"

namespace cudasim {
namespace {

constexpr int kMajor = 8, kMinor = 0;
constexpr const char* kBusId = "0000:00:00.0";
constexpr std::size_t kKiB = 1024, kMiB = kKiB * kKiB;
std::atomic<std::size_t> stack_limit{kKiB}, heap_limit{8 * kMiB};

cudaDeviceProp make_properties() {
  cudaDeviceProp p;
  std::memset(&p, 0, sizeof p);
  std::strcpy(p.name, "cudasim");
  std::memcpy(p.uuid.bytes, "groundup-cudasim", sizeof p.uuid.bytes);
  p.totalGlobalMem = kGlobalMemory;
  p.sharedMemPerBlock = kMaxStaticShared;
  p.sharedMemPerBlockOptin = kMaxDynamicShared;
  p.sharedMemPerMultiprocessor = kSharedPerMultiprocessor;
  p.reservedSharedMemPerBlock = kReservedShared;
  p.regsPerBlock = p.regsPerMultiprocessor = 65536;
  p.warpSize = 32;
  p.memPitch = 2147483647;
  p.maxThreadsPerBlock = static_cast<int>(kMaxThreads);
  p.maxThreadsDim[0] = p.maxThreadsDim[1] = static_cast<int>(kMaxBlockXY);
  p.maxThreadsDim[2] = static_cast<int>(kMaxBlockZ);
  p.maxGridSize[0] = static_cast<int>(kMaxGridX);
  p.maxGridSize[1] = p.maxGridSize[2] = static_cast<int>(kMaxGridYZ);
  p.totalConstMem = 64 * kKiB;
  p.major = kMajor;
  p.minor = kMinor;
  p.clockRate = 1000000;  // clock64() counts nanoseconds
  p.textureAlignment = 512;
  p.texturePitchAlignment = 32;
  p.deviceOverlap = 1;
  p.multiProcessorCount = kMultiprocessors;
  p.integrated = 0;
  p.canMapHostMemory = 1;
  p.computeMode = cudaComputeModeDefault;
  p.concurrentKernels = 1;
  p.asyncEngineCount = 1;
  p.unifiedAddressing = 1;
  p.memoryClockRate = 1000000;
  p.memoryBusWidth = 64;
  p.l2CacheSize = static_cast<int>(4 * kMiB);
  p.maxThreadsPerMultiProcessor = kMaxThreadsPerMultiprocessor;
  p.maxBlocksPerMultiProcessor = kMaxBlocksPerMultiprocessor;
  p.streamPrioritiesSupported = 1;
  p.globalL1CacheSupported = p.localL1CacheSupported = 1;
  p.managedMemory = p.concurrentManagedAccess = 1;
  p.hostNativeAtomicSupported = 1;
  p.singleToDoublePrecisionPerfRatio = 2;
  p.computePreemptionSupported = 1;
  p.canUseHostPointerForRegisteredMem = 1;
  p.cooperativeLaunch = 1;
  p.hostRegisterSupported = 1;
  p.memoryPoolsSupported = 1;
  return p;
}

const cudaDeviceProp& properties() {
  static const cudaDeviceProp p = make_properties();
  return p;
}

cudaError_t check_device(int device) { return device == 0 ? cudaSuccess : cudaErrorInvalidDevice; }

}  // namespace

std::size_t stack_bytes() {
  // A host's frames, and printf on top of them, need more than a GPU's.
  return std::max<std::size_t>(256 * kKiB, 64 * kKiB + stack_limit * 4);
}

}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaGetDeviceCount(int* count) {
  return api_call([&]() -> cudaError_t {
    if (count == nullptr) return cudaErrorInvalidValue;
    *count = 1;
    return cudaSuccess;
  });
}
cudaError_t cudaGetDevice(int* device) {
  return api_call([&]() -> cudaError_t {
    if (device == nullptr) return cudaErrorInvalidValue;
    *device = 0;
    return cudaSuccess;
  });
}
cudaError_t cudaSetDevice(int device) {
  return api_call([&] { return check_device(device); });
}
cudaError_t cudaInitDevice(int device, unsigned int, unsigned int) {
  return api_call([&] { return check_device(device); });
}

namespace {
std::atomic<unsigned> device_flags{0};
}
cudaError_t cudaSetDeviceFlags(unsigned int flags) {
  return api_call([&]() -> cudaError_t {
    if (flags > 0x1f) return cudaErrorInvalidValue;
    device_flags = flags;
    return cudaSuccess;
  });
}
cudaError_t cudaGetDeviceFlags(unsigned int* flags) {
  return api_call([&]() -> cudaError_t {
    if (flags == nullptr) return cudaErrorInvalidValue;
    *flags = device_flags;
    return cudaSuccess;
  });
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp* p, int device) {
  return api_call([&]() -> cudaError_t {
    if (p == nullptr) return cudaErrorInvalidValue;
    if (device != 0) return cudaErrorInvalidDevice;
    *p = properties();
    return cudaSuccess;
  });
}

cudaError_t cudaChooseDevice(int* device, const struct cudaDeviceProp* p) {
  return api_call([&]() -> cudaError_t {
    if (device == nullptr || p == nullptr) return cudaErrorInvalidValue;
    *device = 0;
    return cudaSuccess;
  });
}

cudaError_t cudaDeviceGetPCIBusId(char* id, int length, int device) {
  return api_call([&]() -> cudaError_t {
    if (id == nullptr || length < 13) return cudaErrorInvalidValue;
    if (device != 0) return cudaErrorInvalidDevice;
    std::strcpy(id, kBusId);
    return cudaSuccess;
  });
}

// With or without the domain and the function, as lspci writes them: 0000:00:00.0, 00:00.0, 0000:00:00.
cudaError_t cudaDeviceGetByPCIBusId(int* device, const char* id) {
  return api_call([&]() -> cudaError_t {
    if (device == nullptr || id == nullptr) return cudaErrorInvalidValue;
    const std::regex form("([0-9a-fA-F]{1,8}:)?[0-9a-fA-F]{1,2}:[0-9a-fA-F]{1,2}(\\.[0-7])?");
    if (!std::regex_match(id, form)) return cudaErrorInvalidValue;
    // The one device there is has nothing but zeros.
    if (std::strpbrk(id, "123456789abcdefABCDEF") != nullptr) return cudaErrorInvalidDevice;
    *device = 0;
    return cudaSuccess;
  });
}

cudaError_t cudaDeviceGetAttribute(int* value, enum cudaDeviceAttr attribute, int device) {
  return api_call([&]() -> cudaError_t {
    if (value == nullptr) return cudaErrorInvalidValue;
    if (device != 0) return cudaErrorInvalidDevice;
    const cudaDeviceProp& p = properties();
    const auto give = [&](auto v) {
      *value = static_cast<int>(v);
      return cudaSuccess;
    };
    switch (attribute) {
      case cudaDevAttrMaxThreadsPerBlock:
        return give(p.maxThreadsPerBlock);
      case cudaDevAttrMaxBlockDimX:
        return give(p.maxThreadsDim[0]);
      case cudaDevAttrMaxBlockDimY:
        return give(p.maxThreadsDim[1]);
      case cudaDevAttrMaxBlockDimZ:
        return give(p.maxThreadsDim[2]);
      case cudaDevAttrMaxGridDimX:
        return give(p.maxGridSize[0]);
      case cudaDevAttrMaxGridDimY:
        return give(p.maxGridSize[1]);
      case cudaDevAttrMaxGridDimZ:
        return give(p.maxGridSize[2]);
      case cudaDevAttrMaxSharedMemoryPerBlock:
        return give(p.sharedMemPerBlock);
      case cudaDevAttrTotalConstantMemory:
        return give(p.totalConstMem);
      case cudaDevAttrWarpSize:
        return give(p.warpSize);
      case cudaDevAttrMaxPitch:
        return give(p.memPitch);
      case cudaDevAttrMaxRegistersPerBlock:
        return give(p.regsPerBlock);
      case cudaDevAttrClockRate:
        return give(p.clockRate);
      case cudaDevAttrTextureAlignment:
        return give(p.textureAlignment);
      case cudaDevAttrGpuOverlap:
        return give(p.deviceOverlap);
      case cudaDevAttrMultiProcessorCount:
        return give(p.multiProcessorCount);
      case cudaDevAttrKernelExecTimeout:
        return give(p.kernelExecTimeoutEnabled);
      case cudaDevAttrIntegrated:
        return give(p.integrated);
      case cudaDevAttrCanMapHostMemory:
        return give(p.canMapHostMemory);
      case cudaDevAttrComputeMode:
        return give(p.computeMode);
      case cudaDevAttrConcurrentKernels:
        return give(p.concurrentKernels);
      case cudaDevAttrEccEnabled:
        return give(p.ECCEnabled);
      case cudaDevAttrPciBusId:
        return give(p.pciBusID);
      case cudaDevAttrPciDeviceId:
        return give(p.pciDeviceID);
      case cudaDevAttrMemoryClockRate:
        return give(p.memoryClockRate);
      case cudaDevAttrGlobalMemoryBusWidth:
        return give(p.memoryBusWidth);
      case cudaDevAttrL2CacheSize:
        return give(p.l2CacheSize);
      case cudaDevAttrMaxThreadsPerMultiProcessor:
        return give(p.maxThreadsPerMultiProcessor);
      case cudaDevAttrAsyncEngineCount:
        return give(p.asyncEngineCount);
      case cudaDevAttrUnifiedAddressing:
        return give(p.unifiedAddressing);
      case cudaDevAttrComputeCapabilityMajor:
        return give(p.major);
      case cudaDevAttrComputeCapabilityMinor:
        return give(p.minor);
      case cudaDevAttrStreamPrioritiesSupported:
        return give(p.streamPrioritiesSupported);
      case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
        return give(p.sharedMemPerMultiprocessor);
      case cudaDevAttrMaxRegistersPerMultiprocessor:
        return give(p.regsPerMultiprocessor);
      case cudaDevAttrManagedMemory:
        return give(p.managedMemory);
      case cudaDevAttrHostNativeAtomicSupported:
        return give(p.hostNativeAtomicSupported);
      case cudaDevAttrPageableMemoryAccess:
        return give(p.pageableMemoryAccess);
      case cudaDevAttrConcurrentManagedAccess:
        return give(p.concurrentManagedAccess);
      case cudaDevAttrComputePreemptionSupported:
        return give(p.computePreemptionSupported);
      case cudaDevAttrCooperativeLaunch:
        return give(p.cooperativeLaunch);
      case cudaDevAttrMaxSharedMemoryPerBlockOptin:
        return give(p.sharedMemPerBlockOptin);
      case cudaDevAttrHostRegisterSupported:
        return give(p.hostRegisterSupported);
      case cudaDevAttrMaxBlocksPerMultiprocessor:
        return give(p.maxBlocksPerMultiProcessor);
      case cudaDevAttrReservedSharedMemoryPerBlock:
        return give(p.reservedSharedMemPerBlock);
      case cudaDevAttrMemoryPoolsSupported:
        return give(p.memoryPoolsSupported);
    }
    return cudaErrorInvalidValue;
  });
}

// A context that an error ended stays ended: "the process must be terminated and relaunched".
cudaError_t cudaDeviceReset() {
  return api_call([] {
    Device::get().wait_all();
    flush_printf();
    release_all();
    return Device::get().sticky();
  });
}

cudaError_t cudaDeviceSetLimit(enum cudaLimit limit, size_t value) {
  return api_call([&]() -> cudaError_t {
    switch (limit) {
      case cudaLimitStackSize:
        if (value > 512 * kKiB) return cudaErrorInvalidValue;  // of local memory a thread
        stack_limit = value;
        return cudaSuccess;
      case cudaLimitPrintfFifoSize:
        set_printf_capacity(value);
        return cudaSuccess;
      case cudaLimitMallocHeapSize:
        heap_limit = value;
        return cudaSuccess;
      default:
        return cudaErrorUnsupportedLimit;
    }
  });
}

cudaError_t cudaDeviceGetLimit(size_t* value, enum cudaLimit limit) {
  return api_call([&]() -> cudaError_t {
    if (value == nullptr) return cudaErrorInvalidValue;
    switch (limit) {
      case cudaLimitStackSize:
        *value = stack_limit;
        return cudaSuccess;
      case cudaLimitPrintfFifoSize:
        *value = printf_capacity();
        return cudaSuccess;
      case cudaLimitMallocHeapSize:
        *value = heap_limit;
        return cudaSuccess;
      default:
        return cudaErrorUnsupportedLimit;
    }
  });
}

cudaError_t cudaDeviceSetCacheConfig(enum cudaFuncCache) {
  return api_call([] { return cudaSuccess; });
}
cudaError_t cudaDeviceGetCacheConfig(enum cudaFuncCache* config) {
  return api_call([&]() -> cudaError_t {
    if (config == nullptr) return cudaErrorInvalidValue;
    *config = cudaFuncCachePreferNone;
    return cudaSuccess;
  });
}
cudaError_t cudaDeviceSetSharedMemConfig(enum cudaSharedMemConfig) {
  return api_call([] { return cudaSuccess; });
}
cudaError_t cudaDeviceGetSharedMemConfig(enum cudaSharedMemConfig* config) {
  return api_call([&]() -> cudaError_t {
    if (config == nullptr) return cudaErrorInvalidValue;
    *config = cudaSharedMemBankSizeFourByte;
    return cudaSuccess;
  });
}

// One device: it has no peers, and cannot be its own.
cudaError_t cudaDeviceCanAccessPeer(int* can_access, int device, int peer) {
  return api_call([&]() -> cudaError_t {
    if (can_access == nullptr) return cudaErrorInvalidValue;
    if (device != 0 || peer != 0) return cudaErrorInvalidDevice;
    *can_access = 0;
    return cudaSuccess;
  });
}
cudaError_t cudaDeviceEnablePeerAccess(int, unsigned int flags) {
  return api_call([&] { return flags != 0 ? cudaErrorInvalidValue : cudaErrorInvalidDevice; });
}
cudaError_t cudaDeviceDisablePeerAccess(int peer) {
  return api_call(
      [&] { return peer == 0 ? cudaErrorPeerAccessNotEnabled : cudaErrorInvalidDevice; });
}

cudaError_t cudaDriverGetVersion(int* version) {
  return api_call([&]() -> cudaError_t {
    if (version == nullptr) return cudaErrorInvalidValue;
    *version = CUDART_VERSION;
    return cudaSuccess;
  });
}
cudaError_t cudaRuntimeGetVersion(int* version) { return cudaDriverGetVersion(version); }
cudaError_t cudaProfilerStart() {
  return api_call([] { return cudaSuccess; });
}
cudaError_t cudaProfilerStop() {
  return api_call([] { return cudaSuccess; });
}

}  // extern "C"
