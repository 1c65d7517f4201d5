// Prefetch: values made ahead on a thread of their own, a bounded number of them.
//
//   std::vector<Batch> slots(3);
//   Prefetch<Batch> ahead(slots, [&](Batch& batch) { return fill(batch); });   false: no more
//   while (const Batch* batch = ahead.next()) { ... }
//
//   slots      | being filled | ready | ready | held by whoever called next() |
//              one thread writes here         the other reads here
//
// The thread waits when every slot is full, and starts nothing new once this is being destroyed.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

#include "common/check.h"

namespace nn::cpu {

template <class T>
class Prefetch {
 public:
  // make(slot) fills a slot, whatever it held before, and says whether it did: false is the end. It
  // is called on the thread, one call at a time. slots outlive this, 2 or more: all but one are
  // made ahead. nn::Error where no thread can be started.
  Prefetch(std::span<T> slots, std::function<bool(T&)> make)
      : slots_(slots), make_(std::move(make)) {
    NN_CHECK(slots.size() >= 2, slots.size(), " slots; one is held, and one or more are filled");
    try {
      thread_ = std::thread([this] { work(); });
    } catch (const std::system_error& error) {
      throw Error(detail::cat("no thread could be started to prefetch: ", error.what()));
    }
  }
  // Waits for the call of make() that is in progress, if there is one.
  ~Prefetch() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;

  // The next value, which is good until the next call; null at the end. What make() threw is thrown
  // here, after what it made before, and at each further call.
  const T* next() {
    std::unique_lock lock(mutex_);
    released_ = taken_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return made_ > taken_ || ended_; });
    if (made_ > taken_) return &slot(taken_++);
    if (thrown_) std::rethrow_exception(thrown_);
    return nullptr;
  }

 private:
  T& slot(std::uint64_t number) { return slots_[number % slots_.size()]; }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return closing_ || made_ - released_ < slots_.size(); });
      if (closing_) return;
      T& free = slot(made_);
      lock.unlock();
      bool filled = false;
      std::exception_ptr thrown;
      try {
        filled = make_(free);
      } catch (...) {
        thrown = std::current_exception();
      }
      lock.lock();
      if (filled) ++made_;
      ended_ = !filled;
      thrown_ = thrown;
      changed_.notify_all();
      if (ended_) return;
    }
  }

  std::span<T> slots_;
  std::function<bool(T&)> make_;
  std::mutex mutex_;  // of all below
  std::condition_variable changed_;
  std::uint64_t made_ = 0;      // values in all
  std::uint64_t taken_ = 0;     // by next()
  std::uint64_t released_ = 0;  // of these, no longer looked at
  bool ended_ = false;          // make() said false, or threw
  bool closing_ = false;
  std::exception_ptr thrown_;
  std::thread thread_;
};

}  // namespace nn::cpu
