// cuda_runtime.h: the runtime API in C++, the built-in types and variables, and what device code may
// call. simcc includes it before a .cu file's first line; a host .cc file may include it too.
#pragma once
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cuda_runtime_api.h"
#include "vector_functions.h"

// Typed forms: cudaMalloc(&x) for any x, kernels by name, symbols by reference.
template <class T>
static inline cudaError_t cudaMalloc(T** pointer, size_t bytes) {
  return cudaMalloc(reinterpret_cast<void**>(pointer), bytes);
}
template <class T>
static inline cudaError_t cudaMallocHost(T** pointer, size_t bytes, unsigned int flags = 0) {
  return cudaHostAlloc(reinterpret_cast<void**>(pointer), bytes, flags);
}
template <class T>
static inline cudaError_t cudaHostAlloc(T** pointer, size_t bytes, unsigned int flags) {
  return cudaHostAlloc(reinterpret_cast<void**>(pointer), bytes, flags);
}
template <class T>
static inline cudaError_t cudaHostGetDevicePointer(T** device, void* host, unsigned int flags) {
  return cudaHostGetDevicePointer(reinterpret_cast<void**>(device), host, flags);
}
template <class T>
static inline cudaError_t cudaMallocManaged(T** pointer, size_t bytes,
                                            unsigned int flags = cudaMemAttachGlobal) {
  return cudaMallocManaged(reinterpret_cast<void**>(pointer), bytes, flags);
}
template <class T>
static inline cudaError_t cudaMallocPitch(T** pointer, size_t* pitch, size_t width, size_t height) {
  return cudaMallocPitch(reinterpret_cast<void**>(pointer), pitch, width, height);
}
template <class T>
static inline cudaError_t cudaMallocAsync(T** pointer, size_t bytes, cudaStream_t stream) {
  return cudaMallocAsync(reinterpret_cast<void**>(pointer), bytes, stream);
}
template <class T>
static inline cudaError_t cudaMallocFromPoolAsync(T** pointer, size_t bytes, cudaMemPool_t pool,
                                                  cudaStream_t stream) {
  return cudaMallocFromPoolAsync(reinterpret_cast<void**>(pointer), bytes, pool, stream);
}
template <class T>
static inline cudaError_t cudaMallocAsync(T** pointer, size_t bytes, cudaMemPool_t pool,
                                          cudaStream_t stream) {
  return cudaMallocFromPoolAsync(reinterpret_cast<void**>(pointer), bytes, pool, stream);
}
template <class T>
static inline cudaError_t cudaStreamAttachMemAsync(cudaStream_t stream, T* pointer,
                                                   size_t bytes = 0,
                                                   unsigned int flags = cudaMemAttachSingle) {
  return cudaStreamAttachMemAsync(stream, (void*)pointer, bytes, flags);
}

namespace cudasim {
cudaError_t copy_symbol(void* to, const void* from, size_t symbol_bytes, size_t bytes,
                        size_t offset, cudaMemcpyKind kind, bool to_symbol, bool wait,
                        cudaStream_t stream);
}  // namespace cudasim
template <class T>
static inline cudaError_t cudaMemcpyToSymbol(const T& symbol, const void* from, size_t bytes,
                                             size_t offset = 0,
                                             cudaMemcpyKind kind = cudaMemcpyHostToDevice) {
  return ::cudasim::copy_symbol((void*)&symbol, from, sizeof(T), bytes, offset, kind, true, true,
                                nullptr);
}
template <class T>
static inline cudaError_t cudaMemcpyToSymbolAsync(const T& symbol, const void* from, size_t bytes,
                                                  size_t offset, cudaMemcpyKind kind,
                                                  cudaStream_t stream = 0) {
  return ::cudasim::copy_symbol((void*)&symbol, from, sizeof(T), bytes, offset, kind, true, false,
                                stream);
}
template <class T>
static inline cudaError_t cudaMemcpyFromSymbol(void* to, const T& symbol, size_t bytes,
                                               size_t offset = 0,
                                               cudaMemcpyKind kind = cudaMemcpyDeviceToHost) {
  return ::cudasim::copy_symbol(to, (const void*)&symbol, sizeof(T), bytes, offset, kind, false,
                                true, nullptr);
}
template <class T>
static inline cudaError_t cudaMemcpyFromSymbolAsync(void* to, const T& symbol, size_t bytes,
                                                    size_t offset, cudaMemcpyKind kind,
                                                    cudaStream_t stream = 0) {
  return ::cudasim::copy_symbol(to, (const void*)&symbol, sizeof(T), bytes, offset, kind, false,
                                false, stream);
}
template <class T>
static inline cudaError_t cudaGetSymbolAddress(void** address, const T& symbol) {
  *address = (void*)&symbol;
  return cudaSuccess;
}
template <class P, class T>
static inline cudaError_t cudaGetSymbolAddress(P** address, const T& symbol) {
  *address = (P*)&symbol;
  return cudaSuccess;
}
template <class T>
static inline cudaError_t cudaGetSymbolSize(size_t* bytes, const T&) {
  *bytes = sizeof(T);
  return cudaSuccess;
}

#include "cudasim/launch.h"

template <class... P>
static inline cudaError_t cudaLaunchKernel(void (*kernel)(P...), dim3 grid, dim3 block, void** args,
                                           size_t shared = 0, cudaStream_t stream = 0) {
  const void* address = reinterpret_cast<const void*>(kernel);
  return ::cudasim::submit_checked({address, {grid, block, shared, stream}},
                                   ::cudasim::closure_from_args<P...>(address, args), false);
}
template <class... P>
static inline cudaError_t cudaLaunchCooperativeKernel(void (*kernel)(P...), dim3 grid, dim3 block,
                                                      void** args, size_t shared = 0,
                                                      cudaStream_t stream = 0) {
  const void* address = reinterpret_cast<const void*>(kernel);
  return ::cudasim::submit_checked({address, {grid, block, shared, stream}},
                                   ::cudasim::closure_from_args<P...>(address, args), true);
}
template <class... P, class... A>
static inline cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(P...),
                                             A&&... args) {
  ::cudasim::Pending pending;
  bool cooperative = false;
  if (const cudaError_t error = ::cudasim::read_config(
          config, reinterpret_cast<const void*>(kernel), &pending, &cooperative)) {
    return error;
  }
  return ::cudasim::submit_checked(
      pending, new ::cudasim::BoundTo<void (*)(P...), P...>(kernel, static_cast<A&&>(args)...),
      cooperative);
}
template <class... P>
static inline cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config,
                                              void (*kernel)(P...), void** args) {
  return cudaLaunchKernelExC(config, reinterpret_cast<const void*>(kernel), args);
}

template <class... P>
static inline cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes,
                                                void (*kernel)(P...)) {
  return cudaFuncGetAttributes(attributes, reinterpret_cast<const void*>(kernel));
}
template <class... P>
static inline cudaError_t cudaFuncSetAttribute(void (*kernel)(P...), cudaFuncAttribute attribute,
                                               int value) {
  return cudaFuncSetAttribute(reinterpret_cast<const void*>(kernel), attribute, value);
}
template <class... P>
static inline cudaError_t cudaFuncSetCacheConfig(void (*kernel)(P...), cudaFuncCache config) {
  return cudaFuncSetCacheConfig(reinterpret_cast<const void*>(kernel), config);
}
template <class... P>
static inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks,
                                                                        void (*kernel)(P...),
                                                                        int block_size,
                                                                        size_t dynamic_shared) {
  return cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      blocks, reinterpret_cast<const void*>(kernel), block_size, dynamic_shared);
}
template <class... P>
static inline cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int* blocks, void (*kernel)(P...), int block_size, size_t dynamic_shared, unsigned int flags) {
  return cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
      blocks, reinterpret_cast<const void*>(kernel), block_size, dynamic_shared, flags);
}
template <class... P>
static inline cudaError_t cudaOccupancyAvailableDynamicSMemPerBlock(size_t* bytes,
                                                                    void (*kernel)(P...),
                                                                    int blocks, int block_size) {
  return cudaOccupancyAvailableDynamicSMemPerBlock(bytes, reinterpret_cast<const void*>(kernel),
                                                   blocks, block_size);
}
template <class F, class S>
static inline cudaError_t cudaOccupancyMaxPotentialBlockSizeVariableSMem(int* grid_size,
                                                                         int* block_size, F kernel,
                                                                         S shared_of,
                                                                         int limit = 0) {
  cudaDeviceProp device;
  if (const cudaError_t error = cudaGetDeviceProperties(&device, 0)) return error;
  const int largest =
      limit > 0 && limit < device.maxThreadsPerBlock ? limit : device.maxThreadsPerBlock;
  int best = 0;
  *grid_size = *block_size = 0;
  for (int threads = largest - largest % 32; threads >= 32; threads -= 32) {
    int blocks = 0;
    const cudaError_t error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(
        &blocks, reinterpret_cast<const void*>(kernel), threads, (size_t)shared_of(threads));
    if (error) return error;
    if (blocks * threads > best) {
      best = blocks * threads;
      *block_size = threads;
      *grid_size = blocks * device.multiProcessorCount;
    }
  }
  return cudaSuccess;
}
template <class F>
static inline cudaError_t cudaOccupancyMaxPotentialBlockSize(int* grid_size, int* block_size,
                                                             F kernel, size_t shared = 0,
                                                             int limit = 0) {
  return cudaOccupancyMaxPotentialBlockSizeVariableSMem(
      grid_size, block_size, kernel, [shared](int) { return shared; }, limit);
}

// Device code: the built-in variables and functions. Programs define names such as lerp or clamp of
// their own, so only what CUDA itself declares is declared here. A host .cc that includes this file
// for the API alone is spared the macros.
#ifdef __CUDACC__
#include "cudasim/atomics.h"
#include "cudasim/device_functions.h"
#include "cudasim/ptx.h"
#include "cudasim/shared.h"
#include "cudasim/sync.h"
#include "cudasim/thread_view.h"
#endif
