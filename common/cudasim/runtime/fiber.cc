// Fibers: their stacks. See fiber.h.
#include "fiber.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <new>

// What stands on a stack that is left: see switch.h. A fiber's first 16 bytes hold what it begins with,
// and nothing else ever; 0 is the offset of Run::closure and of Closure::run.
asm(R"(
.text
.globl cudasim_begin
.type cudasim_begin, @function
cudasim_begin:
  .cfi_startproc
  .cfi_undefined rip
  subq $16, %rsp
1:
  movq cudasim_run@gottpoff(%rip), %rax
  movq %fs:(%rax), %rdi
  call *(%rdi)
  call cudasim_next_run
  testq %rax, %rax
  jz 1b
  movq %rax, %rsp
  popq %rdx
  jmp *%rdx
  .cfi_endproc
.globl cudasim_leave
.type cudasim_leave, @function
cudasim_leave:
  movq %rdi, %rsp
  popq %rdx
  jmp *%rdx
)");
extern "C" void cudasim_begin();

namespace cudasim {
namespace {

constexpr std::size_t kStacksPerSlab = 32;  // one mapping for so many stacks
constexpr std::size_t kPage = 4096;
// Tops of stacks are spread over two pages in steps of five cache lines (5 and 128 have no common
// factor, so 128 stacks in a row begin in 128 different lines).
constexpr std::size_t kStagger = 5 * 64;
constexpr std::size_t kStaggerRange = 2 * kPage;

}  // namespace

FiberPool::FiberPool(std::size_t stack_bytes)
    : stack_bytes_((stack_bytes + kPage - 1) / kPage * kPage),
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
    void** begin = reinterpret_cast<void**>(fiber.stack_top) - 1;
    *begin = reinterpret_cast<void*>(&cudasim_begin);
    fiber.begin = begin;
    put(&fiber);
  }
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
