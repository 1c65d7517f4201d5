// How a device thread waits: it leaves its stack for another's. In line where the thread waits, for two
// reasons. The compiler then saves what is live and no more; and every place where threads wait has a
// jump of its own, which the processor predicts: a return in a common function would be predicted by
// the last call, and of a loop with two barriers each thread comes from the other one.
#pragma once

#if !defined(__x86_64__)
#error "cudasim's switch between stacks is written for x86-64"
#endif

namespace cudasim {

#ifdef __AVX512F__
#define CUDASIM_AVX512_REGISTERS                                                                \
  , "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",   \
      "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6", \
      "k7"
#else
#define CUDASIM_AVX512_REGISTERS
#endif

// Leaves the running stack, whose stack pointer goes to *from, for the one whose stack pointer is `to`.
// There stand the address to go on at and rbp, the one register that may not be named as changed.
// Rounding mode and exception masks are not switched: every device thread has the default ones.
static inline __attribute__((always_inline)) void switch_stack(void** from, void* to) {
  asm volatile(
      "pushq %%rbp\n\t"
      "leaq 1f(%%rip), %%rdx\n\t"
      "pushq %%rdx\n\t"
      "movq %%rsp, (%%rcx)\n\t"
      "movq %%rax, %%rsp\n\t"
      "popq %%rdx\n\t"
      "jmp *%%rdx\n"
      "1:\n\t"
      "popq %%rbp"
      : "+a"(to), "+c"(from)
      :
      : "rbx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory",
        "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
        "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "st", "st(1)", "st(2)", "st(3)",
        "st(4)", "st(5)", "st(6)", "st(7)" CUDASIM_AVX512_REGISTERS);
}
#undef CUDASIM_AVX512_REGISTERS

}  // namespace cudasim
