// The device: its queue of tasks and the threads that serve it. See device.h.
#include "device.h"

#include <cstdlib>
#include <thread>

#include "capture.h"
#include "host_visible.h"
#include "settings.h"
#include "worker.h"

namespace cudasim {

Device& Device::get() {
  static Device* device = new Device;  // never destroyed: its threads may outlive main's statics
  return *device;
}

Device::Device() {
  legacy_->legacy = true;
  // A program that ends without waiting leaves its kernels unfinished, as on a GPU.
  std::atexit([] { Device::get().shut_down(); });
}

void Device::shut_down() {
  std::unique_lock<std::mutex> lock(mutex_);
  stopping_ = true;
  for (const TaskPtr& grid : grids_) grid->grid->fail(cudaErrorCudartUnloading);
  works_.clear();
  work_ready_.notify_all();
  grid_ready_.notify_all();
  // Threads still in user code would see its globals destroyed; they get a moment to leave.
  task_done_.wait_for(lock, std::chrono::seconds(1), [&] { return serving_ == 0; });
}

void Device::start_threads() {
  threads_started_ = true;
  for (int i = 0; i < settings().workers; ++i) {
    std::thread([this] { serve(true); }).detach();
  }
  std::thread([this] { serve(false); }).detach();
}

cudaStream_t Device::create_stream(unsigned flags, int priority) {
  auto stream = std::make_shared<Stream>();
  stream->flags = flags;
  stream->priority = priority;
  return adopt_stream(stream);
}

cudaStream_t Device::adopt_stream(const StreamPtr& stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto handle = reinterpret_cast<cudaStream_t>(next_handle_ += 16);
  streams_[handle] = stream;
  return handle;
}

StreamPtr Device::find_stream(cudaStream_t handle) {
  if (handle == nullptr || handle == cudaStreamLegacy) return legacy_;
  if (handle == cudaStreamPerThread) {
    static thread_local cudaStream_t own = create_stream(cudaStreamDefault, 0);
    handle = own;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = streams_.find(handle);
  return found == streams_.end() ? nullptr : found->second;
}

bool Device::destroy_stream(cudaStream_t handle) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = streams_.find(handle);
  if (found == streams_.end()) return false;
  // Work still in it goes on; the default stream must keep waiting for it.
  if (found->second->last && !found->second->last->done && found->second->flags == 0) {
    orphans_.push_back(found->second->last);
  }
  streams_.erase(found);
  return true;
}

cudaEvent_t Device::create_event(unsigned flags) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto handle = reinterpret_cast<cudaEvent_t>(next_handle_ += 16);
  events_[handle] = std::make_shared<Event>(Event{flags, nullptr});
  return handle;
}

std::shared_ptr<Event> Device::find_event(cudaEvent_t handle) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = events_.find(handle);
  return found == events_.end() ? nullptr : found->second;
}

bool Device::destroy_event(cudaEvent_t handle) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return events_.erase(handle) == 1;
}

void Device::depend(const TaskPtr& task, const TaskPtr& on) {
  if (on == nullptr || on->done) return;
  on->followers.push_back(task);
  ++task->unmet;
}

void Device::enqueue(const StreamPtr& stream, const TaskPtr& task) {
  if (stream->capture != nullptr) return capture_task(stream, task);
  const std::lock_guard<std::mutex> lock(mutex_);
  append(stream, task);
}

void Device::append(const StreamPtr& stream, const TaskPtr& task) {
  if (!threads_started_) start_threads();
  depend(task, stream->last);
  if (stream->legacy) {
    for (const auto& [handle, other] : streams_) {
      if ((other->flags & cudaStreamNonBlocking) == 0) depend(task, other->last);
    }
    for (const TaskPtr& orphan : orphans_) depend(task, orphan);
    orphans_.clear();
  } else if ((stream->flags & cudaStreamNonBlocking) == 0) {
    depend(task, legacy_->last);
  }
  stream->last = task;
  ++pending_;
  if (task->unmet == 0) make_ready(task);
}

TaskPtr Device::enqueue_steps(const StreamPtr& stream, const std::vector<Step>& steps,
                              const std::vector<TaskPtr>& last) {
  const auto end = std::make_shared<Task>();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!threads_started_) start_threads();
  for (const Step& step : steps) {
    for (const TaskPtr& before : step.before) depend(step.task, before);
  }
  for (const TaskPtr& task : last) depend(end, task);
  append(stream, end);
  // One more, so that none begins, and lets others begin, before all are counted.
  for (const Step& step : steps) ++step.task->unmet;
  pending_ += static_cast<int>(steps.size());
  for (const Step& step : steps) {
    if (--step.task->unmet == 0) make_ready(step.task);
  }
  return end;
}

void Device::wait_for(const StreamPtr& stream, const TaskPtr& other) {
  auto marker = std::make_shared<Task>();
  const std::lock_guard<std::mutex> lock(mutex_);
  depend(marker, other);
  append(stream, marker);
}

TaskPtr Device::last_of(const StreamPtr& stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stream->last;
}

bool Device::idle(const StreamPtr& stream) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (pending_ == 0) return true;
  if (stream->legacy) return false;
  const bool legacy_done = legacy_->last == nullptr || legacy_->last->done ||
                           (stream->flags & cudaStreamNonBlocking) != 0;
  return legacy_done && (stream->last == nullptr || stream->last->done);
}

bool Device::done(const TaskPtr& task) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return task == nullptr || task->done;
}

void Device::wait(const TaskPtr& task) {
  if (task == nullptr) return;
  std::unique_lock<std::mutex> lock(mutex_);
  task_done_.wait(lock, [&] { return task->done; });
}

void Device::wait_all() {
  std::unique_lock<std::mutex> lock(mutex_);
  task_done_.wait(lock, [&] { return pending_ == 0; });
}

void Device::wait_a_moment() {
  std::unique_lock<std::mutex> lock(mutex_);
  task_done_.wait_for(lock, std::chrono::seconds(1), [&] { return pending_ == 0; });
}

// From here on: under the mutex, but for serve().

void Device::make_ready(const TaskPtr& task) {
  switch (task->kind) {
    case Task::Kind::marker:
      complete(task);
      return;
    case Task::Kind::work:
      works_.push_back(task);
      work_ready_.notify_one();
      return;
    case Task::Kind::kernel:
      if (task->grid->cooperative) task->grid->shares = settings().workers;
      grids_.push_back(task);
      if (task->grid->blocks == 1) {
        grid_ready_.notify_one();
      } else {
        grid_ready_.notify_all();
      }
      return;
  }
}

void Device::complete(TaskPtr task) {
  std::vector<TaskPtr> stack{std::move(task)};
  while (!stack.empty()) {
    const TaskPtr t = std::move(stack.back());
    stack.pop_back();
    t->done = true;
    t->finished = std::chrono::steady_clock::now();
    --pending_;
    for (const TaskPtr& follower : t->followers) {
      if (--follower->unmet != 0) continue;
      if (follower->kind == Task::Kind::marker) {
        stack.push_back(follower);
      } else {
        make_ready(follower);
      }
    }
    t->followers.clear();
  }
  task_done_.notify_all();
}

// A grid that can use one more worker. Two cooperative grids at a time could wait for each other's
// workers for ever, so only the first of them is served.
TaskPtr Device::joinable() {
  bool cooperative_seen = cooperative_active_ != nullptr;
  for (const TaskPtr& task : grids_) {
    Grid& grid = *task->grid;
    if (grid.cooperative) {
      if (cooperative_seen && cooperative_active_ != task) continue;
      cooperative_seen = true;
      if (task->active < grid.shares) return task;
    } else if (static_cast<std::uint64_t>(task->active) < grid.chunks) {
      return task;
    }
  }
  return nullptr;
}

void Device::serve(bool kernels) {
  serves_device = true;
  if (kernels) Worker::here();
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    if (stopping_) {
      task_done_.notify_all();
      return;
    }
    if (TaskPtr task = kernels ? joinable() : nullptr) {
      ++task->active;
      ++serving_;
      Grid& grid = *task->grid;
      if (grid.cooperative) cooperative_active_ = task;
      lock.unlock();
      if (sticky() == cudaSuccess) Worker::here().run(grid);
      lock.lock();
      --serving_;
      const bool all_joined = !grid.cooperative || grid.next_share >= grid.shares;
      if (!task->exhausted && (all_joined || grid.error != cudaSuccess || sticky())) {
        task->exhausted = true;
        std::erase(grids_, task);
      }
      if (--task->active == 0 && task->exhausted) {
        if (cooperative_active_ == task) cooperative_active_ = nullptr;
        if (grid.error != cudaSuccess) fail(static_cast<cudaError_t>(grid.error.load()));
        complete(std::move(task));
        if (!grids_.empty()) grid_ready_.notify_all();
      }
      continue;
    }
    if (!works_.empty()) {
      TaskPtr task = std::move(works_.front());
      works_.pop_front();
      ++serving_;
      lock.unlock();
      if (sticky() == cudaSuccess || task->even_after_error) task->work();
      task->work = nullptr;  // what it owns goes outside the lock
      lock.lock();
      --serving_;
      complete(std::move(task));
      continue;
    }
    idle_workers_ += kernels;
    (kernels ? grid_ready_ : work_ready_).wait(lock);
    idle_workers_ -= kernels;
  }
}

}  // namespace cudasim
