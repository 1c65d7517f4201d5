// The capture of streams into graphs. Rules and error codes: CUDA programming guide, "Creating a Graph Using Stream
// Capture" and "Prohibited and Unhandled Operations"; CUDA Runtime API documentation.
#include "capture.h"

#include <algorithm>
#include <unordered_set>

#include "graph.h"

namespace cudasim {

std::atomic<int> active_captures{0};

namespace {

thread_local cudaStreamCaptureMode thread_mode = cudaStreamCaptureModeGlobal;
thread_local char this_thread;  // its address tells host threads apart

std::vector<std::shared_ptr<Capture>>& active() {
  static auto* all = new std::vector<std::shared_ptr<Capture>>;
  return *all;
}

bool blocks_legacy(const Capture& capture) {
  return std::any_of(capture.streams.begin(), capture.streams.end(), [](const auto& weak) {
    const StreamPtr stream = weak.lock();
    return stream != nullptr && (stream->flags & cudaStreamNonBlocking) == 0;
  });
}

cudaError_t break_capture(Capture& capture, cudaError_t error) {
  capture.invalid = true;
  return error;
}

void join(const std::shared_ptr<Capture>& capture, const StreamPtr& stream) {
  stream->capture = capture;
  capture->streams.push_back(stream);
}

void end(Capture& capture) {
  for (const auto& weak : capture.streams) {
    if (const StreamPtr stream = weak.lock()) {
      stream->capture = nullptr;
      stream->tail.clear();
    }
  }
  capture.over = true;
  std::erase_if(active(), [&](const auto& c) { return c.get() == &capture; });
  --active_captures;
}

void add_missing(std::vector<CUgraphNode_st*>& to, const std::vector<CUgraphNode_st*>& from) {
  for (CUgraphNode_st* node : from) {
    if (std::find(to.begin(), to.end(), node) == to.end()) to.push_back(node);
  }
}

// Whether all work of the capture is before what its first stream would do next.
bool joined(const Capture& capture, const Stream& origin) {
  std::unordered_set<const CUgraphNode_st*> before;
  std::vector<const CUgraphNode_st*> left(origin.tail.begin(), origin.tail.end());
  while (!left.empty()) {
    const CUgraphNode_st* node = left.back();
    left.pop_back();
    if (!before.insert(node).second) continue;
    left.insert(left.end(), node->dependencies.begin(), node->dependencies.end());
  }
  return before.size() == capture.graph->nodes.size();
}

}  // namespace

cudaError_t work_while_capturing(const StreamPtr& stream) {
  const std::lock_guard<std::mutex> lock(graph_mutex());
  if (stream->capture != nullptr) {
    return stream->capture->invalid ? cudaErrorStreamCaptureInvalidated : cudaSuccess;
  }
  if (!stream->legacy) return cudaSuccess;
  // The default stream would wait for the captured one, whose work is not being done.
  cudaError_t error = cudaSuccess;
  for (const auto& capture : active()) {
    if (blocks_legacy(*capture)) error = break_capture(*capture, cudaErrorStreamCaptureImplicit);
  }
  return error;
}

cudaError_t wait_while_capturing(const StreamPtr& stream) {
  if (stream != nullptr) {
    const std::lock_guard<std::mutex> lock(graph_mutex());
    if (stream->capture != nullptr) {
      return break_capture(*stream->capture, cudaErrorStreamCaptureUnsupported);
    }
  }
  if (stream != nullptr) return work_while_capturing(stream);
  const std::lock_guard<std::mutex> lock(graph_mutex());
  for (const auto& capture : active()) capture->invalid = true;
  return active().empty() ? cudaSuccess : cudaErrorStreamCaptureUnsupported;
}

// In the global mode any thread's capture forbids such calls, in the thread-local one its own thread's.
cudaError_t unsafe_while_capturing() {
  if (thread_mode == cudaStreamCaptureModeRelaxed) return cudaSuccess;
  const std::lock_guard<std::mutex> lock(graph_mutex());
  cudaError_t error = cudaSuccess;
  for (const auto& capture : active()) {
    const bool own = capture->thread == &this_thread;
    const bool forbids = capture->mode != cudaStreamCaptureModeRelaxed &&
                         (own || (capture->mode == cudaStreamCaptureModeGlobal &&
                                  thread_mode == cudaStreamCaptureModeGlobal));
    if (forbids) error = break_capture(*capture, cudaErrorStreamCaptureUnsupported);
  }
  return error;
}

void capture_task(const StreamPtr& stream, const TaskPtr& task) {
  const std::lock_guard<std::mutex> lock(graph_mutex());
  task->done = true;  // for who would wait for it
  const std::shared_ptr<Capture> capture = stream->capture;
  if (task->kind == Task::Kind::marker) {
    task->captured = std::make_shared<CapturePoint>(CapturePoint{capture, stream->tail});
  } else if (!capture->invalid) {
    stream->tail = {add_node(capture->graph.get(), *task, stream->tail)};
  }
}

cudaError_t capture_wait(const StreamPtr& stream, const TaskPtr& record, bool* handled) {
  const std::lock_guard<std::mutex> lock(graph_mutex());
  const std::shared_ptr<const CapturePoint> point = record == nullptr ? nullptr : record->captured;
  *handled = stream->capture != nullptr || point != nullptr;
  if (!*handled || record == nullptr) return cudaSuccess;
  if (stream->capture != nullptr && stream->capture->invalid) {
    return cudaErrorStreamCaptureInvalidated;
  }
  if (point == nullptr) {
    return break_capture(*stream->capture, cudaErrorStreamCaptureIsolation);
  }
  if (point->capture->over) return cudaErrorCapturedEvent;
  if (stream->legacy) return break_capture(*point->capture, cudaErrorStreamCaptureImplicit);
  if (stream->capture == nullptr) {
    join(point->capture, stream);
  } else if (stream->capture != point->capture) {
    stream->capture->invalid = true;
    return break_capture(*point->capture, cudaErrorStreamCaptureMerge);
  }
  add_missing(stream->tail, point->tail);
  return cudaSuccess;
}

}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaStreamBeginCapture(cudaStream_t handle, cudaStreamCaptureMode mode) {
  return api_call([&]() -> cudaError_t {
    if (mode < cudaStreamCaptureModeGlobal || mode > cudaStreamCaptureModeRelaxed) {
      return cudaErrorInvalidValue;
    }
    const StreamPtr stream = Device::get().find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (stream->legacy) return cudaErrorStreamCaptureUnsupported;
    const std::lock_guard<std::mutex> lock(graph_mutex());
    if (stream->capture != nullptr) return cudaErrorIllegalState;
    static unsigned long long captures = 0;
    auto capture = std::make_shared<Capture>();
    capture->graph = std::make_unique<CUgraph_st>();
    capture->origin = stream.get();
    capture->mode = mode;
    capture->thread = &this_thread;
    capture->id = ++captures;
    join(capture, stream);
    active().push_back(capture);
    ++active_captures;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamEndCapture(cudaStream_t handle, cudaGraph_t* graph) {
  return api_call([&]() -> cudaError_t {
    if (graph == nullptr) return cudaErrorInvalidValue;
    *graph = nullptr;
    const StreamPtr stream = Device::get().find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    const std::lock_guard<std::mutex> lock(graph_mutex());
    const std::shared_ptr<Capture> capture = stream->capture;
    if (capture == nullptr) return cudaErrorIllegalState;
    if (capture->origin != stream.get()) {
      return break_capture(*capture, cudaErrorStreamCaptureUnmatched);
    }
    if (capture->mode != cudaStreamCaptureModeRelaxed && capture->thread != &this_thread) {
      return cudaErrorStreamCaptureWrongThread;
    }
    const bool complete = joined(*capture, *stream);
    end(*capture);
    if (capture->invalid) return cudaErrorStreamCaptureInvalidated;
    if (!complete) return cudaErrorStreamCaptureUnjoined;
    *graph = capture->graph.get();
    keep_graph(std::move(capture->graph));
    return cudaSuccess;
  });
}

cudaError_t cudaStreamGetCaptureInfo(cudaStream_t handle, cudaStreamCaptureStatus* status,
                                     unsigned long long* id, cudaGraph_t* graph,
                                     const cudaGraphNode_t** dependencies,
                                     const cudaGraphEdgeData** edges, size_t* count) {
  return api_call([&]() -> cudaError_t {
    if (status == nullptr) return cudaErrorInvalidValue;
    const StreamPtr stream = Device::get().find_stream(handle);
    if (stream == nullptr) return cudaErrorInvalidResourceHandle;
    if (const cudaError_t error = stream->legacy ? capture_error(stream) : cudaSuccess) {
      return error;
    }
    const std::lock_guard<std::mutex> lock(graph_mutex());
    const Capture* capture = stream->capture.get();
    *status = capture == nullptr ? cudaStreamCaptureStatusNone
              : capture->invalid ? cudaStreamCaptureStatusInvalidated
                                 : cudaStreamCaptureStatusActive;
    if (*status != cudaStreamCaptureStatusActive) return cudaSuccess;
    if (id != nullptr) *id = capture->id;
    if (graph != nullptr) *graph = capture->graph.get();
    if (dependencies != nullptr) *dependencies = stream->tail.data();
    if (edges != nullptr) *edges = nullptr;
    if (count != nullptr) *count = stream->tail.size();
    return cudaSuccess;
  });
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, enum cudaStreamCaptureStatus* status) {
  return cudaStreamGetCaptureInfo(stream, status, nullptr, nullptr, nullptr, nullptr, nullptr);
}

cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  return api_call([&]() -> cudaError_t {
    if (mode == nullptr || *mode < cudaStreamCaptureModeGlobal ||
        *mode > cudaStreamCaptureModeRelaxed) {
      return cudaErrorInvalidValue;
    }
    std::swap(*mode, thread_mode);
    return cudaSuccess;
  });
}

}  // extern "C"
