// Copies and fills of device memory: what cudaMemcpy, cudaMemset and their like share, and those calls.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "api_errors.h"
#include "capture.h"
#include "copy_check.h"
#include "device.h"
#include "finding.h"
#include "host_visible.h"
#include "memory.h"
#include "modules.h"
#include "printf.h"
#include "report.h"
#include "source.h"

namespace cudasim {
namespace {

enum class Side { host, device, any };
bool usable(const void* p, std::size_t bytes, Side side) {
  if (p == nullptr) return false;
  const Allocation a = find_allocation(p);
  const auto* at = static_cast<const char*>(p);
  if (a.base == nullptr) {
    if (in_device_range(p)) return false;  // freed
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

// With checks, when the copy is done: memory it takes from the device has been written, and what it
// brings the host must wait for.
struct CopyCheck {
  const void* at;  // the call
  bool wait;       // and it waits for the copy

  void operator()(const Box& to, const Box& from, const Shape& shape) const {
    const Allocation target = find_allocation(to.base);
    if (is_host_visible(target) && !target.registered && !wait) {
      note_device_write(target, to.base, shape.extent(to.pitch, to.slice));
    }
    const bool to_host = target.type != cudaMemoryTypeDevice && !is_program_data(to.base, 1);
    check_copied_rows({from.base, shape.width, shape.height, shape.depth, from.pitch, from.slice},
                      to_host, at);
  }
};

// What is wrong with a side of a copy, for a finding.
std::string explain(const char* name, const void* p, std::size_t bytes, Side side) {
  const std::string what = std::string("the ") + name + " ";
  if (p == nullptr) return what + "is a null pointer";
  const Allocation a = find_allocation(p);
  if (a.base == nullptr) {
    return in_device_range(p) ? what + "was freed, or is in no allocation"
                              : what + "is host memory where the kind of copy means the device's";
  }
  const auto left = static_cast<std::size_t>(a.base + a.bytes - static_cast<const char*>(p));
  if (bytes > left) {
    return what + "has " + std::to_string(left) + " bytes left in " + array_name(a) +
           ", allocated at " + where(a.made_at) + "; " + std::to_string(bytes) + " were asked for";
  }
  return side == Side::host ? what + "is device memory where the kind of copy means the host's"
                            : "";
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
    if (const cudaError_t error = capture_error(stream)) return error;
    if (wait) flush_printf();
    if (shape.width == 0 || shape.height == 0 || shape.depth == 0) return cudaSuccess;
    if ((shape.height > 1 && (to.pitch < shape.width || from.pitch < shape.width))) {
      return cudaErrorInvalidPitchValue;
    }
    const std::size_t to_bytes = shape.extent(to.pitch, to.slice),
                      from_bytes = shape.extent(from.pitch, from.slice);
    const bool to_usable = usable(to.base, to_bytes, to_side(kind));
    if (!to_usable || !usable(from.base, from_bytes, from_side(kind))) {
      if (checking()) {
        note_reason(to_usable ? explain("source", from.base, from_bytes, from_side(kind))
                              : explain("destination", to.base, to_bytes, to_side(kind)));
      }
      return cudaErrorInvalidValue;
    }
    mark_box_written(to, shape);
    const CopyCheck check{checking() ? program_call_address() : nullptr, wait};
    const auto checked_copy = [check, to, from, shape] {
      if (checking()) check(to, from, shape);
      copy_box(to, from, shape);
    };
    if (wait && device.idle(stream)) {
      // What made it idle may have failed since this call began.
      if (const cudaError_t error = device.sticky()) return error;
      checked_copy();
      note_host_waited();
      return cudaSuccess;
    }
    note_device_work();
    auto task = std::make_shared<Task>();
    task->kind = Task::Kind::work;
    task->graph_type = cudaGraphNodeTypeMemcpy;
    // From pageable host memory the runtime takes a copy first and returns; into it, it waits.
    // Programming guide, "Asynchronous Concurrent Execution"; API synchronization behavior.
    // A graph's copy reads when it is launched.
    if (!wait && stream->capture == nullptr && !is_pinned(from.base) &&
        !is_program_data(from.base, 1)) {
      std::vector<char> staged(shape.width * shape.height * shape.depth);
      copy_box({staged.data(), shape.width, shape.width * shape.height}, from, shape);
      task->work = [to, shape, staged = std::move(staged)]() mutable {
        copy_box(to, {staged.data(), shape.width, shape.width * shape.height}, shape);
      };
    } else {
      task->work = checked_copy;
    }
    device.enqueue(stream, task);
    if (wait || (!is_pinned(to.base) && !is_program_data(to.base, 1))) {
      device.wait(task);
      if (wait) {
        flush_printf();
        note_host_waited();
      }
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
    if (const cudaError_t error = capture_error(stream)) return error;
    if (shape.width == 0 || shape.height == 0 || shape.depth == 0) return cudaSuccess;
    if (shape.height > 1 && to.pitch < shape.width) return cudaErrorInvalidPitchValue;
    if (!usable(to.base, shape.extent(to.pitch, to.slice), Side::device)) {
      if (checking()) {
        note_reason(explain("array", to.base, shape.extent(to.pitch, to.slice), Side::device));
      }
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
      if (const cudaError_t error = device.sticky()) return error;
      work();
      return cudaSuccess;
    }
    auto task = std::make_shared<Task>();
    task->kind = Task::Kind::work;
    task->graph_type = cudaGraphNodeTypeMemset;
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
cudaError_t cudaMemset3DAsync(struct cudaPitchedPtr p, int value, struct cudaExtent extent,
                              cudaStream_t stream) {
  return fill(box_of(p, {0, 0, 0}), value, {extent.width, extent.height, extent.depth}, false,
              stream);
}
cudaError_t cudaMemset3D(struct cudaPitchedPtr p, int value, struct cudaExtent extent) {
  return fill(box_of(p, {0, 0, 0}), value, {extent.width, extent.height, extent.depth}, true,
              nullptr);
}

}  // extern "C"
