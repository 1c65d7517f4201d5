// What the API's entries ask before they put work into a stream that may be being captured.
#pragma once
#include "device.h"

namespace cudasim {

extern std::atomic<int> active_captures;

cudaError_t work_while_capturing(const StreamPtr& stream);
cudaError_t wait_while_capturing(const StreamPtr& stream);
cudaError_t unsafe_while_capturing();

// cudaSuccess, or why work may not go into this stream now. A capture that it breaks is invalid.
inline cudaError_t capture_error(const StreamPtr& stream) {
  return active_captures.load(std::memory_order_relaxed) == 0 ? cudaSuccess
                                                              : work_while_capturing(stream);
}
// The same for waiting for the stream, or asking whether it is done; null: for the whole device.
inline cudaError_t capture_error_of_wait(const StreamPtr& stream) {
  return active_captures.load(std::memory_order_relaxed) == 0 ? cudaSuccess
                                                              : wait_while_capturing(stream);
}
// The same for what cannot be captured and may wait for the device, as cudaMalloc.
inline cudaError_t capture_error_of_unsafe_call() {
  return active_captures.load(std::memory_order_relaxed) == 0 ? cudaSuccess
                                                              : unsafe_while_capturing();
}

// Called in place of enqueueing, where the stream is being captured: the task becomes a node.
void capture_task(const StreamPtr& stream, const TaskPtr& task);
// cudaStreamWaitEvent where the stream or the event is captured; *handled: nothing is left to do.
cudaError_t capture_wait(const StreamPtr& stream, const TaskPtr& record, bool* handled);

}  // namespace cudasim
