// The runtime API's calls that allocate, free and ask about memory.
#include <memory>

#include "api_errors.h"
#include "capture.h"
#include "device.h"
#include "finding.h"
#include "host_visible.h"
#include "limits.h"
#include "memory.h"
#include "refused.h"

using namespace cudasim;

namespace {

// Rows begin at multiples of this: what devices of this kind answer.
std::size_t pitch_of(std::size_t width) { return (width + 511) / 512 * 512; }

}  // namespace

extern "C" {

cudaError_t cudaMalloc(void** pointer, size_t bytes) {
  return api_call([&]() -> cudaError_t {
    if (const cudaError_t error = capture_error_of_unsafe_call()) return error;
    return allocate(pointer, bytes, cudaMemoryTypeDevice, 0);
  });
}

cudaError_t cudaMallocManaged(void** pointer, size_t bytes, unsigned int flags) {
  return api_call([&]() -> cudaError_t {
    if (bytes == 0 || (flags != cudaMemAttachGlobal && flags != cudaMemAttachHost)) {
      return cudaErrorInvalidValue;
    }
    return allocate(pointer, bytes, cudaMemoryTypeManaged, flags);
  });
}

// Freeing waits for the device, as cudaFree is documented to.
cudaError_t cudaFree(void* pointer) {
  return api_call([&]() -> cudaError_t {
    if (const cudaError_t error = capture_error_of_unsafe_call()) return error;
    Device& device = Device::get();
    device.wait_all();
    note_host_waited();
    if (device.sticky() != cudaSuccess) return device.sticky();
    if (pointer == nullptr || release(pointer, false)) return cudaSuccess;
    if (checking()) note_reason(why_not_freed(pointer, false));
    return cudaErrorInvalidValue;
  });
}

cudaError_t cudaHostAlloc(void** pointer, size_t bytes, unsigned int flags) {
  return api_call([&]() -> cudaError_t {
    if (flags > 7) return cudaErrorInvalidValue;
    return allocate(pointer, bytes, cudaMemoryTypeHost, flags);
  });
}

cudaError_t cudaMallocHost(void** pointer, size_t bytes) {
  return cudaHostAlloc(pointer, bytes, 0);
}

cudaError_t cudaFreeHost(void* pointer) {
  return api_call([&]() -> cudaError_t {
    Device::get().wait_all();
    if (pointer == nullptr || release(pointer, true)) return cudaSuccess;
    if (checking()) note_reason(why_not_freed(pointer, true));
    return cudaErrorInvalidValue;
  });
}

cudaError_t cudaHostRegister(void* pointer, size_t bytes, unsigned int flags) {
  return api_call([&]() -> cudaError_t {
    if (pointer == nullptr || bytes == 0 || flags > 15) return cudaErrorInvalidValue;
    return register_host(pointer, bytes, flags);
  });
}

cudaError_t cudaHostUnregister(void* pointer) {
  return api_call([&] { return unregister_host(pointer); });
}

cudaError_t cudaHostGetDevicePointer(void** device, void* host, unsigned int flags) {
  return api_call([&]() -> cudaError_t {
    if (device == nullptr || flags != 0) return cudaErrorInvalidValue;
    if (find_allocation(host).type != cudaMemoryTypeHost) return cudaErrorInvalidValue;
    *device = host;
    return cudaSuccess;
  });
}

cudaError_t cudaHostGetFlags(unsigned int* flags, void* host) {
  return api_call([&]() -> cudaError_t {
    const Allocation a = find_allocation(host);
    if (flags == nullptr || a.type != cudaMemoryTypeHost) return cudaErrorInvalidValue;
    *flags = a.flags;
    return cudaSuccess;
  });
}

cudaError_t cudaMallocPitch(void** pointer, size_t* pitch, size_t width, size_t height) {
  return api_call([&]() -> cudaError_t {
    if (pitch == nullptr) return cudaErrorInvalidValue;
    *pitch = pitch_of(width);
    return allocate(pointer, *pitch * height, cudaMemoryTypeDevice, 0);
  });
}

cudaError_t cudaMalloc3D(struct cudaPitchedPtr* pitched, struct cudaExtent extent) {
  return api_call([&]() -> cudaError_t {
    if (pitched == nullptr) return cudaErrorInvalidValue;
    *pitched = {nullptr, pitch_of(extent.width), extent.width, extent.height};
    return allocate(&pitched->ptr, pitched->pitch * extent.height * extent.depth,
                    cudaMemoryTypeDevice, 0);
  });
}

cudaError_t cudaFreeAsync(void* pointer, cudaStream_t handle) {
  return api_call([&]() -> cudaError_t {
    Device& device = Device::get();
    const StreamPtr stream = device.find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (stream->capture != nullptr) return cudaErrorStreamCaptureUnsupported;  // not modelled
    const Allocation a = find_allocation(pointer);
    if (a.base == nullptr || a.base != pointer || a.type == cudaMemoryTypeHost) {
      return cudaErrorInvalidValue;
    }
    auto task = std::make_shared<Task>();
    task->kind = Task::Kind::work;
    task->even_after_error = true;
    task->work = [pointer] { release(pointer, false); };
    device.enqueue(stream, task);
    return cudaSuccess;
  });
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  return api_call([&]() -> cudaError_t {
    if (free == nullptr || total == nullptr) return cudaErrorInvalidValue;
    *total = kGlobalMemory;
    *free = kGlobalMemory - device_memory_used();
    return cudaSuccess;
  });
}

cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes* attributes,
                                     const void* pointer) {
  return api_call([&]() -> cudaError_t {
    if (attributes == nullptr) return cudaErrorInvalidValue;
    const Allocation a = find_allocation(pointer);
    *attributes = {a.type, a.base == nullptr ? -2 : 0, nullptr, nullptr};
    if (a.base != nullptr) attributes->devicePointer = const_cast<void*>(pointer);
    if (a.type == cudaMemoryTypeHost || a.type == cudaMemoryTypeManaged) {
      attributes->hostPointer = const_cast<void*>(pointer);
    }
    return cudaSuccess;
  });
}

}  // extern "C"
