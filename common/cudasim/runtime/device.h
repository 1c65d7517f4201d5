// The device: work in streams, the OS threads that do it, and the errors that end it.
//
// Each operation is a task that begins when those it depends on are done. Operations of one stream
// follow each other; one in the legacy default stream waits for every blocking stream, and they for
// it. CUDASIM_WORKERS threads run blocks of kernels, and one more only copies and host functions, so
// that a kernel that waits for a copy in another stream gets it.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "../include/cuda_runtime_api.h"
#include "grid.h"

namespace cudasim {

struct Capture;       // of a stream into a graph: graph.h
struct CapturePoint;  // what a marker in such a stream stands for

struct Task {
  enum class Kind { kernel, work, marker };
  Kind kind = Kind::marker;
  std::function<void()> work;
  bool even_after_error = false;  // a host callback is told of the error; a kernel is left out
  std::unique_ptr<Grid> grid;
  cudaGraphNodeType graph_type = cudaGraphNodeTypeHost;  // what `work` is, as a node of a graph
  std::shared_ptr<const CapturePoint> captured;
  // Under the device's mutex from here on.
  std::vector<std::shared_ptr<Task>> followers;
  int unmet = 0;  // tasks it still waits for
  bool done = false;
  int active = 0;          // workers in the grid
  bool exhausted = false;  // no block is left to take
  std::chrono::steady_clock::time_point finished;
};
using TaskPtr = std::shared_ptr<Task>;

struct Stream {
  unsigned flags = 0;
  int priority = 0;
  bool legacy = false;
  TaskPtr last;                       // the newest task in it
  std::shared_ptr<Capture> capture;   // null: it is not being captured
  std::vector<cudaGraphNode_t> tail;  // then: the nodes that its next one depends on
};
using StreamPtr = std::shared_ptr<Stream>;

struct Event {
  unsigned flags = 0;
  TaskPtr record;  // null: never recorded
};

class Device {
 public:
  static Device& get();

  // Streams. find() knows the default streams' names; null for what is no stream (any more).
  cudaStream_t create_stream(unsigned flags, int priority);
  StreamPtr find_stream(cudaStream_t handle);
  cudaStream_t adopt_stream(const StreamPtr& stream);
  bool destroy_stream(cudaStream_t handle);

  cudaEvent_t create_event(unsigned flags);
  std::shared_ptr<Event> find_event(cudaEvent_t handle);
  bool destroy_event(cudaEvent_t handle);

  // Puts the task at the end of the stream; where that is being captured, into its graph.
  void enqueue(const StreamPtr& stream, const TaskPtr& task);
  // Tasks that wait for each other and for others, and whose ends the stream's later work waits for:
  // a graph. What it returns is done when they are.
  struct Step {
    TaskPtr task;
    std::vector<TaskPtr> before;
  };
  TaskPtr enqueue_steps(const StreamPtr& stream, const std::vector<Step>& steps,
                        const std::vector<TaskPtr>& last);
  // The stream's later work waits for this task too.
  void wait_for(const StreamPtr& stream, const TaskPtr& task);
  TaskPtr last_of(const StreamPtr& stream);
  // What an operation in this stream would have to wait for is done.
  bool idle(const StreamPtr& stream);
  bool done(const TaskPtr& task);
  void wait(const TaskPtr& task);  // null: nothing to wait for
  void wait_all();
  void wait_a_moment();  // for all, or a second

  // The error that ended the context, or cudaSuccess.
  cudaError_t sticky() const { return static_cast<cudaError_t>(sticky_.load()); }
  void fail(cudaError_t code) {
    int none = cudaSuccess;
    sticky_.compare_exchange_strong(none, code);
  }

  std::uint64_t next_launch() { return launches_++; }

 private:
  Device();
  void start_threads();
  void serve(bool kernels);
  void append(const StreamPtr& stream, const TaskPtr& task);
  void make_ready(const TaskPtr& task);
  void complete(TaskPtr task);
  void depend(const TaskPtr& task, const TaskPtr& on);
  TaskPtr joinable();
  void shut_down();

  std::mutex mutex_;
  std::condition_variable grid_ready_, work_ready_, task_done_;
  std::deque<TaskPtr> grids_;  // that have blocks left to take
  std::deque<TaskPtr> works_;
  std::unordered_map<const void*, StreamPtr> streams_;
  std::unordered_map<const void*, std::shared_ptr<Event>> events_;
  std::vector<TaskPtr> orphans_;  // last tasks of destroyed blocking streams
  TaskPtr cooperative_active_;
  StreamPtr legacy_ = std::make_shared<Stream>();
  std::uintptr_t next_handle_ = 0x1000;  // handles are never given out twice
  int pending_ = 0;                      // tasks enqueued and not done
  bool threads_started_ = false, stopping_ = false;
  int serving_ = 0;       // threads at a task
  int idle_workers_ = 0;  // of those that run kernels
  std::atomic<int> sticky_{cudaSuccess};
  std::atomic<std::uint64_t> launches_{0};
};

// What each entry of the API does first and last: a broken set-up or context answers every call, and
// the result becomes the host thread's last error.
cudaError_t set_last_error(cudaError_t error);
cudaError_t context_error();
// Ends the launch if it is a kernel that calls.
void refuse_in_kernel();
template <class F>
cudaError_t api_call(F body) {
  if (const cudaError_t error = context_error(); error != cudaSuccess) {
    return set_last_error(error);
  }
  return set_last_error(body());
}

}  // namespace cudasim
