// Fibers: their stacks. See fiber.h.
#include "fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <new>

#if !defined(__x86_64__)
#error "cudasim's switch between fibers is written for x86-64"
#endif

// System V ABI, AMD64 supplement, figure 3.4: what a function must preserve. It ends with a return, not
// a jump: the processor predicts returns from the calls made before, and at a barrier all fibers come
// by the same calls.
asm(R"(
.text
.globl cudasim_switch
.type cudasim_switch, @function
cudasim_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size cudasim_switch, .-cudasim_switch
)");

namespace cudasim {
namespace {

constexpr std::size_t kStacksPerSlab = 32;  // one mapping for so many stacks
constexpr std::size_t kPage = 4096;
// Tops of stacks are spread over two pages in steps of five cache lines (5 and 128 have no common
// factor, so 128 stacks in a row begin in 128 different lines).
constexpr std::size_t kStagger = 5 * 64;
constexpr std::size_t kStaggerRange = 2 * kPage;

}  // namespace

FiberPool::FiberPool(Entry entry, std::size_t stack_bytes)
    : entry_(entry),
      stack_bytes_((stack_bytes + kPage - 1) / kPage * kPage),
      stride_(stack_bytes_ + kStaggerRange + kPage) {}

FiberPool::~FiberPool() {
  for (char* slab : slabs_) munmap(slab, stride_ * kStacksPerSlab);
}

void FiberPool::grow() {
  void* memory = mmap(nullptr, stride_ * kStacksPerSlab, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  char* slab = static_cast<char*>(memory);
  slabs_.push_back(slab);
  for (std::size_t i = 0; i < kStacksPerSlab; ++i) {
    mprotect(slab + i * stride_, kPage, PROT_NONE);
    const std::size_t shift = (fibers_.size() * kStagger) % kStaggerRange;
    Fiber& fiber = fibers_.emplace_back();
    fiber.stack_top = slab + (i + 1) * stride_ - shift;
    renew(&fiber);
  }
}

void FiberPool::renew(Fiber* fiber) {
  // What cudasim_switch expects on a stack: six registers, then where to go on; above that the
  // return address of entry_, which has none.
  void** stack = reinterpret_cast<void**>(fiber->stack_top);
  *--stack = nullptr;
  *--stack = reinterpret_cast<void*>(entry_);
  for (int i = 0; i < 6; ++i) *--stack = nullptr;
  fiber->stack_pointer = stack;
  put(fiber);
}

bool FiberPool::in_guard(const void* address) const {
  const auto a = reinterpret_cast<std::uintptr_t>(address);
  for (char* slab : slabs_) {
    const auto begin = reinterpret_cast<std::uintptr_t>(slab);
    if (a >= begin && a < begin + stride_ * kStacksPerSlab) return (a - begin) % stride_ < kPage;
  }
  return false;
}

bool FiberPool::holds(const void* address) const {
  const auto* a = static_cast<const char*>(address);
  for (const char* slab : slabs_) {
    if (a >= slab && a < slab + stride_ * kStacksPerSlab) return true;
  }
  return false;
}

}  // namespace cudasim
