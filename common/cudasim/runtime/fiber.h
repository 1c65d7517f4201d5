// Fibers: stacks of their own that one OS thread switches between, each holding one device thread.
#pragma once
#include <cstddef>
#include <deque>
#include <vector>

namespace cudasim {

struct Fiber {
  void* stack_pointer = nullptr;  // where it goes on, while it holds no device thread
  char* stack_top = nullptr;
};

// Leaves the running fiber, whose stack pointer is stored at *from, and goes on in the one whose
// stack pointer is `to`. The registers a function must preserve are on the stack; the rounding mode
// and exception masks are not switched: every device thread has the default ones.
extern "C" void cudasim_switch(void** from, void* to);

// The fibers of one OS thread. Stacks have a guard page below them, so that a recursion without end
// is a fault and not another thread's data; and they are staggered: equal alignment makes hundreds
// of stacks fight for the same few sets of the cache.
class FiberPool {
 public:
  using Entry = void (*)();  // never returns

  FiberPool(Entry entry, std::size_t stack_bytes);
  ~FiberPool();
  FiberPool(const FiberPool&) = delete;
  FiberPool& operator=(const FiberPool&) = delete;

  Fiber* take() {
    if (free_.empty()) grow();
    Fiber* fiber = free_.back();
    free_.pop_back();
    return fiber;
  }
  void put(Fiber* fiber) { free_.push_back(fiber); }
  // Makes a fiber new whose stack holds a device thread that will never go on, and puts it back.
  void renew(Fiber* fiber);

  std::size_t stack_bytes() const { return stack_bytes_; }

  // Whether the address lies in a guard page: the sign of a stack that overflowed.
  bool in_guard(const void* address) const;
  // Whether it lies in any of the stacks.
  bool holds(const void* address) const;

 private:
  void grow();

  Entry entry_;
  std::size_t stack_bytes_;
  std::size_t stride_;  // bytes from one stack to the next, guard page and stagger included
  std::vector<char*> slabs_;
  std::deque<Fiber> fibers_;
  std::vector<Fiber*> free_;
};

}  // namespace cudasim
