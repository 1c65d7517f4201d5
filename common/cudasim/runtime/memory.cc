// The device's memory. See memory.h.
#include "memory.h"

#include <link.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "device.h"
#include "finding.h"
#include "limits.h"
#include "printf.h"
#include "report.h"

namespace cudasim {

const char* device_range = nullptr;

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kAlignment = 256;  // cudaMalloc's, by the programming guide
// Addresses are not used again before the whole range has been, so a pointer that was freed leads
// nowhere.
constexpr std::size_t kRange = kDeviceRange;
// New memory holds a pattern, a NaN to floats, up to this size: beyond it the pages would all be
// touched for nothing.
constexpr std::size_t kPoison = std::size_t{64} << 20;

constexpr std::size_t round_up(std::size_t x, std::size_t to) { return (x + to - 1) / to * to; }

struct Heap {
  std::mutex mutex;
  std::map<const char*, Allocation> allocations;  // by address
  char* range = nullptr;
  std::size_t next = 0;         // offset in the range of the next allocation
  std::size_t device_used = 0;  // bytes of device and managed memory
  std::atomic<std::uint64_t> generation{0};
  std::vector<Allocation> freed;  // with checks only
};
Heap& heap() {
  static auto* instance = new Heap;
  return *instance;
}

cudaError_t allocate(void** pointer, std::size_t bytes, cudaMemoryType type, unsigned flags) {
  if (pointer == nullptr) return cudaErrorInvalidValue;
  *pointer = nullptr;
  if (bytes == 0) return cudaSuccess;
  Heap& h = heap();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const bool on_device = type != cudaMemoryTypeHost;
  if (bytes > kGlobalMemory || (on_device && h.device_used + bytes > kGlobalMemory)) {
    return cudaErrorMemoryAllocation;
  }
  if (h.range == nullptr) {
    void* range =
        mmap(nullptr, kRange, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED) return cudaErrorMemoryAllocation;
    h.range = static_cast<char*>(range);
    device_range = h.range;
  }
  // The allocation ends where the page after it begins, up to its alignment.
  const std::size_t aligned = round_up(bytes, kAlignment), pages = round_up(aligned, kPage);
  if (h.next + pages + kPage > kRange) h.next = 0;
  char* first = h.range + h.next;
  if (h.allocations.lower_bound(first) != h.allocations.end() &&
      h.allocations.lower_bound(first)->first < first + pages) {
    return cudaErrorMemoryAllocation;  // the whole range was used once, and this part still is
  }
  if (mprotect(first, pages, PROT_READ | PROT_WRITE) != 0) return cudaErrorMemoryAllocation;
  h.next += pages + kPage;
  char* base = first + (pages - aligned);
  if (on_device) {
    h.device_used += bytes;
    std::memset(base, 0xff, std::min(bytes, kPoison));
  }
  Allocation made{base, bytes, type, flags, false, nullptr, nullptr};
  if (checking()) {
    made.made_at = program_call_address();
    if (type == cudaMemoryTypeDevice) made.written = std::make_shared<WrittenMap>(bytes);
  }
  h.allocations[base] = made;
  ++h.generation;
  *pointer = base;
  return cudaSuccess;
}

// Ends the allocation that begins there, if it is of this kind (managed counts as device memory).
bool release(void* pointer, bool host) {
  Heap& h = heap();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const auto found = h.allocations.find(static_cast<char*>(pointer));
  if (found == h.allocations.end() || found->second.registered ||
      (found->second.type == cudaMemoryTypeHost) != host) {
    return false;
  }
  const Allocation a = found->second;
  h.allocations.erase(found);
  ++h.generation;
  if (checking()) h.freed.push_back(a);
  if (!host) h.device_used -= a.bytes;
  const std::size_t pages = round_up(round_up(a.bytes, kAlignment), kPage);
  char* first = a.base + round_up(a.bytes, kAlignment) - pages;
  // A new mapping in its place gives the memory back at once.
  mmap(first, pages, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  return true;
}

// __device__ and __constant__ variables are the program's data.
struct DataQuery {
  std::uintptr_t begin, end;
  bool found;
};
int in_data(dl_phdr_info* info, std::size_t, void* raw) {
  auto* q = static_cast<DataQuery*>(raw);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && q->begin >= begin && q->end <= begin + segment.p_memsz) {
      q->found = true;
    }
  }
  return q->found ? 1 : 0;
}
enum class Side { host, device, any };
bool usable(const void* p, std::size_t bytes, Side side) {
  if (p == nullptr) return false;
  const Allocation a = find_allocation(p);
  const auto* at = static_cast<const char*>(p);
  if (a.base == nullptr) {
    const Heap& h = heap();
    if (h.range != nullptr && at >= h.range && at < h.range + kRange) return false;  // freed
    return side != Side::device || is_program_data(p, bytes);
  }
  if (at + bytes > a.base + a.bytes) return false;
  return side != Side::host || a.type != cudaMemoryTypeDevice;
}

Side from_side(cudaMemcpyKind kind) {
  if (kind == cudaMemcpyDefault) return Side::any;
  return kind == cudaMemcpyHostToHost || kind == cudaMemcpyHostToDevice ? Side::host : Side::device;
}
Side to_side(cudaMemcpyKind kind) {
  if (kind == cudaMemcpyDefault) return Side::any;
  return kind == cudaMemcpyHostToHost || kind == cudaMemcpyDeviceToHost ? Side::host : Side::device;
}

// A box of bytes: rows of `width` bytes, `height` rows in a slice, `depth` slices.
struct Box {
  char* base;
  std::size_t pitch, slice;  // bytes from row to row, from slice to slice
};
struct Shape {
  std::size_t width, height, depth;
  std::size_t extent(std::size_t pitch, std::size_t slice) const {  // bytes from first to last
    return (depth - 1) * slice + (height - 1) * pitch + width;
  }
};

void copy_box(const Box& to, const Box& from, const Shape& shape) {
  for (std::size_t z = 0; z < shape.depth; ++z) {
    for (std::size_t y = 0; y < shape.height; ++y) {
      std::memmove(to.base + z * to.slice + y * to.pitch,
                   from.base + z * from.slice + y * from.pitch, shape.width);
    }
  }
}

void mark_box_written(const Box& to, const Shape& shape) {
  if (!checking()) return;
  for (std::size_t z = 0; z < shape.depth; ++z) {
    for (std::size_t y = 0; y < shape.height; ++y) {
      mark_written(to.base + z * to.slice + y * to.pitch, shape.width);
    }
  }
}

// Whether host memory is known to CUDA (pinned): only then may a copy go on behind the host's back.
bool is_pinned(const void* p) { return find_allocation(p).type != cudaMemoryTypeUnregistered; }

cudaError_t copy(Box to, Box from, const Shape& shape, cudaMemcpyKind kind, bool wait,
                 cudaStream_t handle) {
  return api_call([&]() -> cudaError_t {
    if (kind < cudaMemcpyHostToHost || kind > cudaMemcpyDefault) {
      return cudaErrorInvalidMemcpyDirection;
    }
    Device& device = Device::get();
    const StreamPtr stream = device.find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (wait) flush_printf();
    if (shape.width == 0 || shape.height == 0 || shape.depth == 0) return cudaSuccess;
    if ((shape.height > 1 && (to.pitch < shape.width || from.pitch < shape.width))) {
      return cudaErrorInvalidPitchValue;
    }
    if (!usable(to.base, shape.extent(to.pitch, to.slice), to_side(kind)) ||
        !usable(from.base, shape.extent(from.pitch, from.slice), from_side(kind))) {
      return cudaErrorInvalidValue;
    }
    mark_box_written(to, shape);
    if (wait && device.idle(stream)) {
      copy_box(to, from, shape);
      return cudaSuccess;
    }
    auto task = std::make_shared<Task>();
    task->kind = Task::Kind::work;
    // From pageable host memory the runtime takes a copy first and returns; into it, it waits.
    // Programming guide, "Asynchronous Concurrent Execution"; API synchronization behavior.
    if (!wait && !is_pinned(from.base) && !is_program_data(from.base, 1)) {
      std::vector<char> staged(shape.width * shape.height * shape.depth);
      copy_box({staged.data(), shape.width, shape.width * shape.height}, from, shape);
      task->work = [to, shape, staged = std::move(staged)]() mutable {
        copy_box(to, {staged.data(), shape.width, shape.width * shape.height}, shape);
      };
    } else {
      task->work = [to, from, shape] { copy_box(to, from, shape); };
    }
    device.enqueue(stream, task);
    if (wait || (!is_pinned(to.base) && !is_program_data(to.base, 1))) {
      device.wait(task);
      if (wait) flush_printf();
      return device.sticky();
    }
    return cudaSuccess;
  });
}

cudaError_t fill(Box to, int value, const Shape& shape, bool wait, cudaStream_t handle) {
  return api_call([&]() -> cudaError_t {
    Device& device = Device::get();
    const StreamPtr stream = device.find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (shape.width == 0 || shape.height == 0 || shape.depth == 0) return cudaSuccess;
    if (shape.height > 1 && to.pitch < shape.width) return cudaErrorInvalidPitchValue;
    if (!usable(to.base, shape.extent(to.pitch, to.slice), Side::device)) {
      return cudaErrorInvalidValue;
    }
    mark_box_written(to, shape);
    const auto work = [to, value, shape] {
      for (std::size_t z = 0; z < shape.depth; ++z) {
        for (std::size_t y = 0; y < shape.height; ++y) {
          std::memset(to.base + z * to.slice + y * to.pitch, value, shape.width);
        }
      }
    };
    if (wait && device.idle(stream)) {
      work();
      return cudaSuccess;
    }
    auto task = std::make_shared<Task>();
    task->kind = Task::Kind::work;
    task->work = work;
    device.enqueue(stream, task);
    return cudaSuccess;
  });
}

Box flat(const void* p) { return {static_cast<char*>(const_cast<void*>(p)), 0, 0}; }
Box rows(const void* p, std::size_t pitch) {
  return {static_cast<char*>(const_cast<void*>(p)), pitch, 0};
}
Box box_of(const cudaPitchedPtr& p, const cudaPos& at) {
  const std::size_t slice = p.pitch * p.ysize;
  return {static_cast<char*>(p.ptr) + at.z * slice + at.y * p.pitch + at.x, p.pitch, slice};
}

}  // namespace

bool is_program_data(const void* p, std::size_t bytes) {
  const auto begin = reinterpret_cast<std::uintptr_t>(p);
  DataQuery query{begin, begin + bytes, false};
  dl_iterate_phdr(in_data, &query);
  return query.found;
}

void WrittenMap::set(std::size_t first, std::size_t count) {
  for (std::size_t i = first; i < first + count;) {
    if (i % 8 == 0 && i + 8 <= first + count) {
      bits_[i / 8].store(0xff, std::memory_order_relaxed);
      i += 8;
      continue;
    }
    const auto bit = static_cast<std::uint8_t>(1u << i % 8);
    if ((bits_[i / 8].load(std::memory_order_relaxed) & bit) == 0) {
      bits_[i / 8].fetch_or(bit, std::memory_order_relaxed);
    }
    ++i;
  }
}

bool WrittenMap::all(std::size_t first, std::size_t count) const {
  for (std::size_t i = first; i < first + count; ++i) {
    if ((bits_[i / 8].load(std::memory_order_relaxed) >> i % 8 & 1) == 0) return false;
  }
  return true;
}

std::uint64_t allocation_generation() { return heap().generation.load(std::memory_order_acquire); }

Neighbour nearest_allocation(const void* address) {
  Heap& h = heap();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const auto* at = static_cast<const char*>(address);
  for (const Allocation& a : h.freed) {
    if (at >= a.base && at < a.base + a.bytes) return {a, true};
  }
  if (!in_device_range(address)) return {};
  const auto above = h.allocations.upper_bound(at);
  if (above != h.allocations.begin()) {
    const Allocation& below = std::prev(above)->second;
    const bool next_is_nearer =
        above != h.allocations.end() && above->first - at < at - (below.base + below.bytes);
    if (!next_is_nearer) return {below, false};
  }
  return above == h.allocations.end() ? Neighbour{} : Neighbour{above->second, false};
}

void mark_written(const void* address, std::size_t bytes) {
  const Allocation a = find_allocation(address);
  if (a.written == nullptr) return;
  const std::size_t first = static_cast<std::size_t>(static_cast<const char*>(address) - a.base);
  a.written->set(first, std::min(bytes, a.bytes - first));
}

void mark_allocation_written(const void* address) {
  const Allocation a = find_allocation(address);
  if (a.written != nullptr) a.written->set(0, a.bytes);
}

void report_leaks() {
  Heap& h = heap();
  const std::lock_guard<std::mutex> lock(h.mutex);
  for (const auto& [address, a] : h.allocations) {
    if (a.registered) continue;
    Finding f;
    f.kind = "memory";
    f.severity = "warning";
    f.where = where(a.made_at);
    f.what = "leak: " + std::to_string(a.bytes) + " bytes were never freed";
    f.meaning = a.type == cudaMemoryTypeHost ? "cudaFreeHost gives pinned memory back."
                                             : "cudaFree gives device memory back.";
    add_finding(std::move(f));
  }
}

Allocation find_allocation(const void* address) {
  Heap& h = heap();
  const std::lock_guard<std::mutex> lock(h.mutex);
  const auto* at = static_cast<const char*>(address);
  auto found = h.allocations.upper_bound(at);
  if (found == h.allocations.begin()) return {};
  --found;
  return at < found->second.base + found->second.bytes ? found->second : Allocation{};
}

void release_all() {
  std::vector<char*> device_memory;
  {
    Heap& h = heap();
    const std::lock_guard<std::mutex> lock(h.mutex);
    for (const auto& [address, a] : h.allocations) {
      if (a.type != cudaMemoryTypeHost) device_memory.push_back(a.base);
    }
  }
  for (char* base : device_memory) release(base, false);
}

bool is_global(const void* pointer) {
  return find_allocation(pointer).base != nullptr || is_program_data(pointer, 1);
}

cudaError_t copy_symbol(void* to, const void* from, size_t symbol_bytes, size_t bytes,
                        size_t offset, cudaMemcpyKind kind, bool to_symbol, bool wait,
                        cudaStream_t stream) {
  if (offset > symbol_bytes || bytes > symbol_bytes - offset) {
    return api_call([] { return cudaErrorInvalidValue; });
  }
  // The symbol's side is the device; a kind that says otherwise is refused.
  const bool fits = to_symbol ? kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice
                              : kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (!fits && kind != cudaMemcpyDefault) {
    return api_call([] { return cudaErrorInvalidMemcpyDirection; });
  }
  char* target = static_cast<char*>(to) + (to_symbol ? offset : 0);
  const char* source = static_cast<const char*>(from) + (to_symbol ? 0 : offset);
  return copy(flat(target), flat(source), {bytes, 1, 1}, kind, wait, stream);
}

}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaMalloc(void** pointer, size_t bytes) {
  return api_call([&] { return allocate(pointer, bytes, cudaMemoryTypeDevice, 0); });
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
    Device& device = Device::get();
    device.wait_all();
    if (device.sticky() != cudaSuccess) return device.sticky();
    if (pointer == nullptr || release(pointer, false)) return cudaSuccess;
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
    return pointer == nullptr || release(pointer, true) ? cudaSuccess : cudaErrorInvalidValue;
  });
}

cudaError_t cudaHostRegister(void* pointer, size_t bytes, unsigned int flags) {
  return api_call([&]() -> cudaError_t {
    if (pointer == nullptr || bytes == 0 || flags > 15) return cudaErrorInvalidValue;
    if (find_allocation(pointer).base != nullptr) return cudaErrorHostMemoryAlreadyRegistered;
    Heap& h = heap();
    const std::lock_guard<std::mutex> lock(h.mutex);
    auto* base = static_cast<char*>(pointer);
    h.allocations[base] = {base, bytes, cudaMemoryTypeHost, flags, true, nullptr, nullptr};
    ++h.generation;
    return cudaSuccess;
  });
}

cudaError_t cudaHostUnregister(void* pointer) {
  return api_call([&]() -> cudaError_t {
    Heap& h = heap();
    const std::lock_guard<std::mutex> lock(h.mutex);
    const auto found = h.allocations.find(static_cast<char*>(pointer));
    if (found == h.allocations.end() || !found->second.registered) {
      return cudaErrorHostMemoryNotRegistered;
    }
    h.allocations.erase(found);
    ++h.generation;
    return cudaSuccess;
  });
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
    *pitch = round_up(width, 512);  // what devices of this kind answer
    return allocate(pointer, *pitch * height, cudaMemoryTypeDevice, 0);
  });
}

cudaError_t cudaMalloc3D(struct cudaPitchedPtr* pitched, struct cudaExtent extent) {
  return api_call([&]() -> cudaError_t {
    if (pitched == nullptr) return cudaErrorInvalidValue;
    *pitched = {nullptr, round_up(extent.width, 512), extent.width, extent.height};
    return allocate(&pitched->ptr, pitched->pitch * extent.height * extent.depth,
                    cudaMemoryTypeDevice, 0);
  });
}

cudaError_t cudaMallocAsync(void** pointer, size_t bytes, cudaStream_t stream) {
  return api_call([&]() -> cudaError_t {
    if (Device::get().find_stream(stream) == nullptr) return cudaErrorInvalidResourceHandle;
    return allocate(pointer, bytes, cudaMemoryTypeDevice, 0);
  });
}

cudaError_t cudaFreeAsync(void* pointer, cudaStream_t handle) {
  return api_call([&]() -> cudaError_t {
    Device& device = Device::get();
    const StreamPtr stream = device.find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
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
    Heap& h = heap();
    const std::lock_guard<std::mutex> lock(h.mutex);
    *total = kGlobalMemory;
    *free = kGlobalMemory - h.device_used;
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

cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, enum cudaMemcpyKind kind) {
  return copy(flat(to), flat(from), {bytes, 1, 1}, kind, true, nullptr);
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, enum cudaMemcpyKind kind,
                            cudaStream_t stream) {
  return copy(flat(to), flat(from), {bytes, 1, 1}, kind, false, stream);
}
cudaError_t cudaMemcpyPeer(void* to, int to_device, const void* from, int from_device,
                           size_t bytes) {
  if (to_device != 0 || from_device != 0) return api_call([] { return cudaErrorInvalidDevice; });
  return copy(flat(to), flat(from), {bytes, 1, 1}, cudaMemcpyDeviceToDevice, true, nullptr);
}
cudaError_t cudaMemcpyPeerAsync(void* to, int to_device, const void* from, int from_device,
                                size_t bytes, cudaStream_t stream) {
  if (to_device != 0 || from_device != 0) return api_call([] { return cudaErrorInvalidDevice; });
  return copy(flat(to), flat(from), {bytes, 1, 1}, cudaMemcpyDeviceToDevice, false, stream);
}
cudaError_t cudaMemcpy2D(void* to, size_t to_pitch, const void* from, size_t from_pitch,
                         size_t width, size_t height, enum cudaMemcpyKind kind) {
  return copy(rows(to, to_pitch), rows(from, from_pitch), {width, height, 1}, kind, true, nullptr);
}
cudaError_t cudaMemcpy2DAsync(void* to, size_t to_pitch, const void* from, size_t from_pitch,
                              size_t width, size_t height, enum cudaMemcpyKind kind,
                              cudaStream_t stream) {
  return copy(rows(to, to_pitch), rows(from, from_pitch), {width, height, 1}, kind, false, stream);
}

cudaError_t cudaMemcpy3D(const struct cudaMemcpy3DParms* p) {
  if (p == nullptr) return api_call([] { return cudaErrorInvalidValue; });
  if (p->srcArray != nullptr || p->dstArray != nullptr) {
    return api_call([] { return cudaErrorNotSupported; });  // CUDA arrays are not modelled
  }
  return copy(box_of(p->dstPtr, p->dstPos), box_of(p->srcPtr, p->srcPos),
              {p->extent.width, p->extent.height, p->extent.depth}, p->kind, true, nullptr);
}
cudaError_t cudaMemcpy3DAsync(const struct cudaMemcpy3DParms* p, cudaStream_t stream) {
  if (p == nullptr) return api_call([] { return cudaErrorInvalidValue; });
  if (p->srcArray != nullptr || p->dstArray != nullptr) {
    return api_call([] { return cudaErrorNotSupported; });
  }
  return copy(box_of(p->dstPtr, p->dstPos), box_of(p->srcPtr, p->srcPos),
              {p->extent.width, p->extent.height, p->extent.depth}, p->kind, false, stream);
}

cudaError_t cudaMemset(void* pointer, int value, size_t bytes) {
  return fill(flat(pointer), value, {bytes, 1, 1}, true, nullptr);
}
cudaError_t cudaMemsetAsync(void* pointer, int value, size_t bytes, cudaStream_t stream) {
  return fill(flat(pointer), value, {bytes, 1, 1}, false, stream);
}
cudaError_t cudaMemset2D(void* pointer, size_t pitch, int value, size_t width, size_t height) {
  return fill(rows(pointer, pitch), value, {width, height, 1}, true, nullptr);
}
cudaError_t cudaMemset2DAsync(void* pointer, size_t pitch, int value, size_t width, size_t height,
                              cudaStream_t stream) {
  return fill(rows(pointer, pitch), value, {width, height, 1}, false, stream);
}
cudaError_t cudaMemset3D(struct cudaPitchedPtr p, int value, struct cudaExtent extent) {
  return fill(box_of(p, {0, 0, 0}), value, {extent.width, extent.height, extent.depth}, true,
              nullptr);
}

}  // extern "C"

// Managed memory is one memory here, so where it should be is noted by nobody.
namespace {
cudaError_t check_managed(const void* pointer, size_t bytes) {
  return api_call([&]() -> cudaError_t {
    const Allocation a = find_allocation(pointer);
    if (a.type != cudaMemoryTypeManaged || bytes == 0 ||
        static_cast<const char*>(pointer) + bytes > a.base + a.bytes) {
      return cudaErrorInvalidValue;
    }
    return cudaSuccess;
  });
}
}  // namespace
cudaError_t cudaMemPrefetchAsync(const void* pointer, size_t bytes, int device, cudaStream_t) {
  if (device != 0 && device != cudaCpuDeviceId) {
    return api_call([] { return cudaErrorInvalidDevice; });
  }
  return check_managed(pointer, bytes);
}
cudaError_t cudaMemPrefetchAsync(const void* pointer, size_t bytes, cudaMemLocation, unsigned int,
                                 cudaStream_t) {
  return check_managed(pointer, bytes);
}
cudaError_t cudaMemAdvise(const void* pointer, size_t bytes, cudaMemoryAdvise, int) {
  return check_managed(pointer, bytes);
}
cudaError_t cudaMemAdvise(const void* pointer, size_t bytes, cudaMemoryAdvise, cudaMemLocation) {
  return check_managed(pointer, bytes);
}
