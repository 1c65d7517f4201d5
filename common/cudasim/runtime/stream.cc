// Streams, events, host functions, and waiting for the device.
#include <chrono>

#include "capture.h"
#include "device.h"
#include "host_visible.h"
#include "printf.h"

namespace cudasim {
namespace {

constexpr int kLeastPriority = 0, kGreatestPriority = -5;

// After a wait: what the kernels printed, and the error one of them may have ended with.
cudaError_t after_wait() {
  note_host_waited();
  flush_printf();
  return Device::get().sticky();
}

// After a question: a yes is as good as a wait.
cudaError_t after_query(bool done) {
  if (done) note_host_waited();
  return done ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t create_stream(cudaStream_t* stream, unsigned flags, int priority) {
  return api_call([&]() -> cudaError_t {
    if (stream == nullptr || flags > cudaStreamNonBlocking) return cudaErrorInvalidValue;
    // A priority outside the range counts as the nearest in it, by the documentation.
    if (priority > kLeastPriority) priority = kLeastPriority;
    if (priority < kGreatestPriority) priority = kGreatestPriority;
    *stream = Device::get().create_stream(flags, priority);
    return cudaSuccess;
  });
}

// Runs `body` with the stream of that handle.
template <class F>
cudaError_t with_stream(cudaStream_t handle, F body) {
  return api_call([&]() -> cudaError_t {
    const StreamPtr stream = Device::get().find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    return body(stream);
  });
}
template <class F>
cudaError_t with_event(cudaEvent_t handle, F body) {
  return api_call([&]() -> cudaError_t {
    const std::shared_ptr<Event> event = Device::get().find_event(handle);
    if (event == nullptr) return cudaErrorInvalidResourceHandle;
    return body(*event);
  });
}

bool is_captured(const Event& event) {
  return event.record != nullptr && event.record->captured != nullptr;
}

}  // namespace
}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaDeviceSynchronize() {
  return api_call([]() -> cudaError_t {
    if (const cudaError_t error = capture_error_of_wait(nullptr)) return error;
    Device::get().wait_all();
    return after_wait();
  });
}

cudaError_t cudaStreamCreate(cudaStream_t* stream) { return create_stream(stream, 0, 0); }
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned int flags) {
  return create_stream(stream, flags, 0);
}
cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned int flags, int priority) {
  return create_stream(stream, flags, priority);
}
cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
  return api_call([&] {
    if (least != nullptr) *least = kLeastPriority;
    if (greatest != nullptr) *greatest = kGreatestPriority;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return api_call([&] {
    return Device::get().destroy_stream(stream) ? cudaSuccess : cudaErrorInvalidResourceHandle;
  });
}

cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
  return with_stream(handle, [](const StreamPtr& stream) -> cudaError_t {
    if (const cudaError_t error = capture_error_of_wait(stream)) return error;
    Device& device = Device::get();
    if (stream->legacy) {
      // Everything in blocking streams belongs to the legacy default stream.
      auto marker = std::make_shared<Task>();
      device.enqueue(stream, marker);
      device.wait(marker);
    } else {
      device.wait(device.last_of(stream));
    }
    return after_wait();
  });
}

cudaError_t cudaStreamQuery(cudaStream_t handle) {
  return with_stream(handle, [](const StreamPtr& stream) -> cudaError_t {
    if (const cudaError_t error = capture_error_of_wait(stream)) return error;
    Device& device = Device::get();
    return after_query(device.done(device.last_of(stream)));
  });
}

cudaError_t cudaStreamGetFlags(cudaStream_t handle, unsigned int* flags) {
  return with_stream(handle, [&](const StreamPtr& stream) {
    if (flags == nullptr) return cudaErrorInvalidValue;
    *flags = stream->flags;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamGetDevice(cudaStream_t handle, int* device) {
  return with_stream(handle, [&](const StreamPtr&) {
    if (device == nullptr) return cudaErrorInvalidValue;
    *device = 0;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamGetId(cudaStream_t handle, unsigned long long* id) {
  return with_stream(handle, [&](const StreamPtr& stream) {
    if (id == nullptr) return cudaErrorInvalidValue;
    *id = reinterpret_cast<unsigned long long>(stream.get());
    return cudaSuccess;
  });
}

cudaError_t cudaStreamGetPriority(cudaStream_t handle, int* priority) {
  return with_stream(handle, [&](const StreamPtr& stream) {
    if (priority == nullptr) return cudaErrorInvalidValue;
    *priority = stream->priority;
    return cudaSuccess;
  });
}

cudaError_t cudaLaunchHostFunc(cudaStream_t handle, cudaHostFn_t function, void* user_data) {
  return with_stream(handle, [&](const StreamPtr& stream) -> cudaError_t {
    if (function == nullptr) return cudaErrorInvalidValue;
    if (const cudaError_t error = capture_error(stream)) return error;
    auto task = std::make_shared<Task>();
    task->kind = Task::Kind::work;
    task->work = [=] { function(user_data); };
    Device::get().enqueue(stream, task);
    return cudaSuccess;
  });
}

cudaError_t cudaStreamAddCallback(cudaStream_t handle, cudaStreamCallback_t callback,
                                  void* user_data, unsigned int flags) {
  return with_stream(handle, [&](const StreamPtr& stream) -> cudaError_t {
    if (callback == nullptr || flags != 0) return cudaErrorInvalidValue;
    // "Stream capture does not support callbacks": cudaLaunchHostFunc is for that.
    if (const cudaError_t error = capture_error_of_wait(stream)) return error;
    auto task = std::make_shared<Task>();
    task->kind = Task::Kind::work;
    task->even_after_error = true;
    task->work = [=] {
      flush_printf();
      callback(handle, Device::get().sticky(), user_data);
    };
    Device::get().enqueue(stream, task);
    return cudaSuccess;
  });
}

cudaError_t cudaStreamWaitEvent(cudaStream_t handle, cudaEvent_t event, unsigned int flags) {
  return with_stream(handle, [&](const StreamPtr& stream) {
    if (flags > cudaEventWaitExternal) return cudaErrorInvalidValue;
    const std::shared_ptr<Event> e = Device::get().find_event(event);
    if (e == nullptr) return cudaErrorInvalidResourceHandle;
    bool captured = false;
    const cudaError_t error = capture_wait(stream, e->record, &captured);
    if (error == cudaSuccess && !captured && e->record != nullptr) {
      if (const cudaError_t forbidden = capture_error(stream)) return forbidden;
      Device::get().wait_for(stream, e->record);
    }
    return error;
  });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags) {
  return api_call([&]() -> cudaError_t {
    if (event == nullptr || flags > 7) return cudaErrorInvalidValue;
    // Interprocess events must not be timed, by the documentation; between processes there is
    // nothing to share here.
    if ((flags & cudaEventInterprocess) != 0) return cudaErrorNotSupported;
    *event = Device::get().create_event(flags);
    return cudaSuccess;
  });
}
cudaError_t cudaEventCreate(cudaEvent_t* event) { return cudaEventCreateWithFlags(event, 0); }

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return api_call([&] {
    return Device::get().destroy_event(event) ? cudaSuccess : cudaErrorInvalidResourceHandle;
  });
}

cudaError_t cudaEventRecord(cudaEvent_t handle, cudaStream_t stream) {
  return with_event(handle, [&](Event& event) -> cudaError_t {
    const StreamPtr s = Device::get().find_stream(stream);
    if (s == nullptr) return cudaErrorInvalidResourceHandle;
    if (const cudaError_t error = capture_error(s)) return error;
    auto marker = std::make_shared<Task>();
    event.record = marker;
    Device::get().enqueue(s, marker);
    return cudaSuccess;
  });
}
cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned int flags) {
  if (flags > cudaEventRecordExternal) return api_call([] { return cudaErrorInvalidValue; });
  return cudaEventRecord(event, stream);
}

cudaError_t cudaEventQuery(cudaEvent_t handle) {
  return with_event(handle, [](Event& event) {
    return is_captured(event) ? cudaErrorCapturedEvent
                              : after_query(Device::get().done(event.record));
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t handle) {
  return with_event(handle, [](Event& event) {
    if (is_captured(event)) return cudaErrorCapturedEvent;
    Device::get().wait(event.record);
    return after_wait();
  });
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  return with_event(start, [&](Event& first) {
    const std::shared_ptr<Event> last = Device::get().find_event(end);
    if (last == nullptr) return cudaErrorInvalidResourceHandle;
    if (milliseconds == nullptr) return cudaErrorInvalidValue;
    if (is_captured(first) || is_captured(*last)) return cudaErrorCapturedEvent;
    if (first.record == nullptr || last->record == nullptr ||
        ((first.flags | last->flags) & cudaEventDisableTiming) != 0) {
      return cudaErrorInvalidResourceHandle;
    }
    if (!Device::get().done(first.record) || !Device::get().done(last->record)) {
      return cudaErrorNotReady;
    }
    const std::chrono::duration<float, std::milli> elapsed =
        last->record->finished - first.record->finished;
    *milliseconds = elapsed.count();
    return cudaSuccess;
  });
}

}  // extern "C"
