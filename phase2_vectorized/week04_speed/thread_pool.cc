#include "phase2_vectorized/week04_speed/thread_pool.h"

#include <hwy/cache_control.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/check.h"
#include "common/timing.h"

namespace nn::cpu {
namespace {

constexpr int kMostThreads = 1024;
// How long a thread looks again and again before it sleeps. Waking one that sleeps takes some 10 us, and
// several times that in a virtual machine, whose idle processor is given back to the host: as long as a
// thread's share of a product. Between two products of a training step lies about as much.
constexpr double kLookSeconds = 100e-6;

int processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

int asked_by_environment() {
  const char* text = std::getenv("NN_THREADS");
  if (text == nullptr || *text == '\0') return std::min(processors(), kMostThreads);
  char* end = nullptr;
  const long count = std::strtol(text, &end, 10);
  NN_CHECK(*end == '\0' && count >= 1 && count <= kMostThreads, "NN_THREADS is \"", text,
           "\"; it may be a number from 1 to ", kMostThreads);
  return static_cast<int>(count);
}

// Until done() or for kLookSeconds. It does not yield: who wants the processor would keep it for some
// milliseconds, as long as several steps of a training.
template <class Done>
void look_for(Done done) {
  const Stopwatch watch;
  while (!done() && watch.seconds() < kLookSeconds) hwy::Pause();
}

// A job is handed out number by number under one lock: a piece of work is long against that.
class Pool {
 public:
  explicit Pool(int helpers) : looks_(helpers < processors()) {
    for (int i = 0; i < helpers; ++i) threads_.emplace_back([this] { help(); });
  }
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      ++jobs_;
    }
    work_there_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void run(int count, const std::function<void(int)>& work) {
    std::unique_lock lock(mutex_);
    work_ = &work;
    count_ = count;
    next_ = 0;
    unfinished_ = 0;
    failed_.reset();
    ++jobs_;
    work_there_.notify_all();
    take_part(lock);
    if (unfinished_ != 0 && looks_) {
      lock.unlock();
      look_for([this] { return unfinished_ == 0; });
      lock.lock();
    }
    all_done_.wait(lock, [this] { return unfinished_ == 0; });
    work_ = nullptr;
    if (failed_) std::rethrow_exception(failed_->what);
  }

 private:
  struct Failure {
    int number;
    std::exception_ptr what;
  };

  void help() {
    inside() = true;
    int seen = 0;
    for (;;) {
      if (looks_) look_for([&] { return jobs_ != seen; });
      std::unique_lock lock(mutex_);
      work_there_.wait(lock, [this] { return closing_ || (work_ != nullptr && next_ < count_); });
      if (closing_) return;
      take_part(lock);
      seen = jobs_;
    }
  }

  // Takes numbers until none is left. Holds the lock except while it works.
  void take_part(std::unique_lock<std::mutex>& lock) {
    while (next_ < count_) {
      const int number = next_++;
      ++unfinished_;
      const std::function<void(int)>& work = *work_;
      lock.unlock();
      std::exception_ptr thrown;
      try {
        work(number);
      } catch (...) {
        thrown = std::current_exception();
      }
      lock.lock();
      if (thrown && (!failed_ || number < failed_->number)) failed_ = Failure{number, thrown};
      if (--unfinished_ == 0 && next_ >= count_) all_done_.notify_all();
    }
  }

 public:
  // Is this thread at work for a pool?
  static bool& inside() {
    thread_local bool value = false;
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable work_there_, all_done_;
  const std::function<void(int)>* work_ = nullptr;  // null: none
  int count_ = 0, next_ = 0;
  std::optional<Failure> failed_;
  bool closing_ = false;
  // Written with the lock held, and looked at without it.
  std::atomic<int> jobs_ = 0;        // begun, and one more when it closes
  std::atomic<int> unfinished_ = 0;  // pieces that somebody works on
  const bool looks_;                 // where every thread has a processor of its own
  std::vector<std::thread> threads_;
};

struct State {
  std::mutex mutex;  // one job at a time
  int count = asked_by_environment();
  std::optional<Pool> pool;
};
State& state() {
  static State only;
  return only;
}

}  // namespace

int threads() { return state().count; }

void set_threads(int count) {
  NN_CHECK(count >= 1 && count <= kMostThreads, count, " threads; there may be 1 to ",
           kMostThreads);
  NN_CHECK(!Pool::inside(), "set_threads is called from within run_parallel");
  const std::lock_guard lock(state().mutex);
  state().pool.reset();
  state().count = count;
}

void run_parallel(int count, const std::function<void(int)>& work) {
  State& shared = state();
  if (count <= 1 || shared.count == 1 || Pool::inside()) {
    for (int i = 0; i < count; ++i) work(i);
    return;
  }
  const std::lock_guard lock(shared.mutex);
  if (!shared.pool) shared.pool.emplace(shared.count - 1);
  struct Mark {  // the caller works too, and may not wait for itself
    Mark() { Pool::inside() = true; }
    ~Mark() { Pool::inside() = false; }
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;
  } mark;
  shared.pool->run(count, work);
}

}  // namespace nn::cpu
