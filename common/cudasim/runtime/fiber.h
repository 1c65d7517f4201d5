// Fibers: stacks of their own that one OS thread switches between, each holding one device thread.
#pragma once
#include <cstddef>
#include <deque>
#include <vector>

namespace cudasim {

// A fiber holds nothing while it holds no device thread: it then begins at the top of its stack.
struct Fiber {
  char* stack_top = nullptr;
  void* begin = nullptr;  // the stack to switch to for the fiber to begin
  Fiber* next = nullptr;  // in the list of free ones
};

extern "C" {
// A fiber begins with the closure of cudasim_run. What it does after a run: null, go on with another
// run; else leave for that stack.
void* cudasim_next_run();
// Leaves for another stack for good.
[[noreturn]] void cudasim_leave(void* to);
}

// The fibers of one OS thread. Stacks have a guard page below them, so that a recursion without end
// is a fault and not another thread's data; and they are staggered: equal alignment makes hundreds
// of stacks fight for the same few sets of the cache.
class FiberPool {
 public:
  explicit FiberPool(std::size_t stack_bytes);
  ~FiberPool();
  FiberPool(const FiberPool&) = delete;
  FiberPool& operator=(const FiberPool&) = delete;

  Fiber* take() {
    if (free_ == nullptr) grow();
    Fiber* fiber = free_;
    free_ = fiber->next;
    return fiber;
  }
  void put(Fiber* fiber) {
    fiber->next = free_;
    free_ = fiber;
  }

  std::size_t stack_bytes() const { return stack_bytes_; }

  // Whether the address lies in a guard page: the sign of a stack that overflowed.
  bool in_guard(const void* address) const;
  // Whether it lies in any of the stacks.
  bool holds(const void* address) const;

 private:
  void grow();

  std::size_t stack_bytes_;
  std::size_t stride_;  // bytes from one stack to the next, guard page and stagger included
  std::vector<char*> slabs_;
  std::deque<Fiber> fibers_;
  Fiber* free_ = nullptr;
};

}  // namespace cudasim
