// Faults of device threads, and the watchdog. See fault.h.
//
// A signal handler cannot do much; so ours only changes where the interrupted thread goes on: at
// landing(), on an emergency stack, after a fault; or at a trampoline that saves every register,
// lets another device thread run and later returns to the instruction that was interrupted.
#include "fault.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <sys/ucontext.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "memory.h"
#include "report.h"
#include "settings.h"
#include "view.h"
#include "worker.h"

#if !defined(__x86_64__)
#error "cudasim's handling of faults is written for x86-64 Linux"
#endif

namespace cudasim {
namespace {

constexpr int kFaults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
struct sigaction previous[NSIG];
int watchdog_signal() { return SIGRTMIN + 7; }

// Set once, before the first kernel can be ended for it.
char no_progress[96];

enum Request { kNone = 0, kYield = 1, kStop = 2 };

// What the handler found, for landing(); one fault at a time on an OS thread.
struct Fault {
  int signal;
  const void* address;
  const void* at;     // the instruction
  const char* stack;  // the stack pointer there
  bool protection;    // the processor gave no address: a misaligned one, or one that cannot be
};
thread_local Fault fault;

// Where the program's own code lies, that is, the module this runtime is linked into. Only there may
// the watchdog interrupt a thread: elsewhere it could hold a lock of the C library.
std::uintptr_t text_begin, text_end;
// And of that, the checks' fast paths (tsan.cc) are to be done in one go; a program without has none.
extern "C" const char __start_cudasim_checks[] __attribute__((weak));
extern "C" const char __stop_cudasim_checks[] __attribute__((weak));

// Nor may it interrupt where a loop goes from one thread to the next (Bound, launch.h): the first and the
// last byte of each such place, as distances from where they are written down.
extern "C" const std::int32_t __start_cudasim_between_threads[] __attribute__((weak));
extern "C" const std::int32_t __stop_cudasim_between_threads[] __attribute__((weak));
bool between_threads(std::uintptr_t at) {
  const auto address = [](const std::int32_t* place) {
    return reinterpret_cast<std::uintptr_t>(place) + static_cast<std::uintptr_t>(*place);
  };
  for (const std::int32_t* place = __start_cudasim_between_threads;
       place < __stop_cudasim_between_threads; place += 2) {
    if (at >= address(place) && at < address(place + 1)) return true;
  }
  return false;
}

int find_text(dl_phdr_info* info, std::size_t, void*) {
  const auto here = reinterpret_cast<std::uintptr_t>(&find_text);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && here >= begin && here < begin + segment.p_memsz) {
      text_begin = begin;
      text_end = begin + segment.p_memsz;
      return 1;
    }
  }
  return 0;
}

// Whether the instruction is an aligned vector load or store: on x86-64 these fault where a GPU
// reports a misaligned address.
bool is_aligned_move(const unsigned char* code) {
  while (*code == 0x66 || *code == 0xf2 || *code == 0xf3 || (*code & 0xf0) == 0x40) ++code;
  unsigned char opcode = 0;
  if (code[0] == 0x0f) {
    opcode = code[1];
  } else if (code[0] == 0xc5) {
    opcode = code[2];
  } else if (code[0] == 0xc4) {
    opcode = code[3];
  } else if (code[0] == 0x62) {
    opcode = code[4];
  }
  return opcode == 0x28 || opcode == 0x29 || opcode == 0x6f || opcode == 0x7f || opcode == 0xe7 ||
         opcode == 0x2b;
}

LaunchEnd end_of(const Worker& worker) {
  if (fault.signal == watchdog_signal()) {
    return {"hang", no_progress,
            "A loop that never ends, or a thread that waits for what no other thread does; "
            "CUDASIM_WATCHDOG sets the seconds allowed.",
            cudaErrorLaunchTimeout};
  }
  if (fault.signal == SIGFPE) {
    return {"fault", "integer division by zero, or overflow of a division",
            "A GPU goes on with any value, and this processor cannot: test the divisor first.",
            cudaErrorLaunchFailure};
  }
  if (fault.signal == SIGILL) {
    return {"fault", "illegal instruction",
            "The end of a function without its return, or __builtin_trap.",
            cudaErrorIllegalInstruction};
  }
  if (worker.fibers().in_guard(fault.address)) {
    return {"memory", "stack overflow",
            "A recursion too deep, or local arrays larger than cudaLimitStackSize, which "
            "cudaDeviceSetLimit changes.",
            cudaErrorHardwareStackError};
  }
  if (fault.protection && is_aligned_move(static_cast<const unsigned char*>(fault.at))) {
    return {"memory", "misaligned address", kMisalignedMeaning, cudaErrorMisalignedAddress};
  }
  return {"memory", "illegal memory access",
          "There is no memory at this address: a pointer that was never set, or an index far out "
          "of range.",
          cudaErrorIllegalAddress};
}

// The instruction; where it is the C library's or a header's, the program's own call that led there, as
// far as the addresses on the stack tell.
const void* own_instruction(const Worker& worker) {
  const auto* at = static_cast<const char*>(fault.at);
  if (fault.stack == nullptr || worker.fibers().in_guard(fault.address) ||
      is_programs_own(at + 1)) {
    return at;
  }
  constexpr int kWords = 256, kCandidates = 16;
  const auto* word = reinterpret_cast<const std::uintptr_t*>(fault.stack);
  const auto* end = reinterpret_cast<const std::uintptr_t*>(worker.stack_top());
  int candidates = 0;
  for (int i = 0; i < kWords && word + i < end && candidates < kCandidates; ++i) {
    if (word[i] < text_begin || word[i] >= text_end) continue;
    ++candidates;
    const auto* return_address = reinterpret_cast<const char*>(word[i]);
    if (is_programs_own(return_address)) return return_address - 1;
  }
  return at;
}

[[noreturn]] void landing() {
  Worker& worker = Worker::here();
  view.in_kernel = 0;
  const LaunchEnd end = end_of(worker);
  report_fault(worker, end, fault.address, own_instruction(worker));
  worker.fail(end.code);
}

extern "C" __attribute__((used)) void cudasim_preempted() {
  view.in_kernel = 0;
  Worker::here().yield();
  view.in_kernel = 1;
}

// Entered by the handler with the interrupted instruction's address on the stack, above it the 128
// bytes that the interrupted function may use below its stack pointer. Saves and restores all
// registers; 0xe7 is x87, SSE, AVX and AVX-512 state (Intel SDM, volume 1, section 13.1), which
// needs at most 2688 bytes in the standard format.
extern "C" void cudasim_trampoline();
asm(R"(
.text
.globl cudasim_trampoline
.type cudasim_trampoline, @function
cudasim_trampoline:
  pushfq
  pushq %rax
  pushq %rbx
  pushq %rcx
  pushq %rdx
  pushq %rsi
  pushq %rdi
  pushq %rbp
  pushq %r8
  pushq %r9
  pushq %r10
  pushq %r11
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, %rbx
  subq $3072, %rsp
  andq $-64, %rsp
  xorl %eax, %eax
  leaq 512(%rsp), %rdi
  movl $8, %ecx
  cld
  rep stosq
  movl $0xe7, %eax
  xorl %edx, %edx
  xsave64 (%rsp)
  call cudasim_preempted
  movl $0xe7, %eax
  xorl %edx, %edx
  xrstor64 (%rsp)
  movq %rbx, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %r11
  popq %r10
  popq %r9
  popq %r8
  popq %rbp
  popq %rdi
  popq %rsi
  popq %rdx
  popq %rcx
  popq %rbx
  popq %rax
  popfq
  ret $128
.size cudasim_trampoline, .-cudasim_trampoline
)");

struct Watched {
  Worker* worker;
  pthread_t os_thread;
  std::uint64_t progress;
  std::chrono::steady_clock::time_point since;
};

// Lives as long as the process: workers are OS threads that nobody joins.
struct Watchdog {
  std::mutex mutex;
  std::vector<Watched> watched;
  bool running = false;
};
Watchdog& watchdog() {
  static auto* instance = new Watchdog;
  return *instance;
}

// For a process that is about to end: takes no lock.
bool runs_kernels(pthread_t os_thread) {
  for (const Watched& w : watchdog().watched) {
    if (pthread_equal(w.os_thread, os_thread) != 0 && w.worker->busy) return true;
  }
  return false;
}

void land(ucontext_t* context, Worker& worker) {
  auto& registers = context->uc_mcontext.gregs;
  registers[REG_RSP] = reinterpret_cast<greg_t>(worker.emergency_stack_top()) & ~greg_t{63};
  registers[REG_RSP] -= 8;  // as after a call
  registers[REG_RIP] = reinterpret_cast<greg_t>(&landing);
}

// The process ends for it, as it would without us. Only what a signal handler may do.
void explain_host_fault(const void* address) {
  const char* text = nullptr;
  if (in_device_range(address)) {
    text =
        "cudasim: host code touched an address of the device's memory, where no array is (any "
        "more); "
        "--check says where\n";
  } else if (runs_kernels(pthread_self())) {
    text =
        "cudasim: a kernel destroyed the simulator's own data, most likely by an index far outside "
        "a "
        "shared or local array; --check says where\n";
  }
  if (text != nullptr) static_cast<void>(!write(STDERR_FILENO, text, std::strlen(text)));
}

void on_fault(int signal, siginfo_t* info, void* raw) {
  auto* context = static_cast<ucontext_t*>(raw);
  Worker* worker = Worker::in_kernel();
  if (worker == nullptr) {  // host code: whoever was there before us
    explain_host_fault(info->si_addr);
    sigaction(signal, &previous[signal], nullptr);
    return;  // the instruction faults again
  }
  fault = {signal, info->si_addr,
           reinterpret_cast<const void*>(context->uc_mcontext.gregs[REG_RIP]),
           reinterpret_cast<const char*>(context->uc_mcontext.gregs[REG_RSP]),
           info->si_code == SI_KERNEL};
  land(context, *worker);
}

void on_watchdog(int signal, siginfo_t*, void* raw) {
  auto* context = static_cast<ucontext_t*>(raw);
  Worker* worker = Worker::in_kernel();
  if (worker == nullptr || view.in_kernel == 0) return;
  auto& registers = context->uc_mcontext.gregs;
  const auto at = static_cast<std::uintptr_t>(registers[REG_RIP]);
  if (at < text_begin || at >= text_end ||
      (at >= reinterpret_cast<std::uintptr_t>(__start_cudasim_checks) &&
       at < reinterpret_cast<std::uintptr_t>(__stop_cudasim_checks)) ||
      between_threads(at)) {
    return;  // asked again at the next look
  }
  const int request = worker->request.exchange(kNone);
  if (request == kStop) {
    fault = {signal, nullptr, reinterpret_cast<const void*>(at), nullptr, false};
    land(context, *worker);
  } else if (request == kYield) {
    registers[REG_RSP] -= 128 + 8;
    *reinterpret_cast<std::uintptr_t*>(registers[REG_RSP]) = at;
    registers[REG_RIP] = reinterpret_cast<greg_t>(&cudasim_trampoline);
  }
}

void watch_loop() {
  using Clock = std::chrono::steady_clock;
  constexpr auto kLook = std::chrono::milliseconds(20);
  Watchdog& dog = watchdog();
  for (;;) {
    std::this_thread::sleep_for(kLook);
    const std::lock_guard<std::mutex> lock(dog.mutex);
    const auto now = Clock::now();
    for (Watched& w : dog.watched) {
      const std::uint64_t progress = w.worker->progress.load(std::memory_order_relaxed);
      if (!w.worker->busy.load(std::memory_order_relaxed) || progress != w.progress) {
        w.progress = progress;
        w.since = now;
        continue;
      }
      const double idle = std::chrono::duration<double>(now - w.since).count();
      w.worker->request = idle > settings().watchdog ? kStop : kYield;
      pthread_kill(w.worker->os_thread, watchdog_signal());
    }
  }
}

}  // namespace

void yield_if_asked() {
  Worker* worker = Worker::in_kernel();
  int asked = kYield;
  if (worker != nullptr && worker->request.load(std::memory_order_relaxed) == kYield &&
      worker->request.compare_exchange_strong(asked, kNone)) {
    cudasim_preempted();
  }
}

void catch_faults(char* stack, std::size_t bytes) {
  static std::once_flag once;
  std::call_once(once, [] {
    dl_iterate_phdr(find_text, nullptr);
    const double seconds = settings().watchdog;
    std::snprintf(no_progress, sizeof no_progress,
                  "a thread ran for %g second%s and came to no end or barrier", seconds,
                  seconds == 1 ? "" : "s");
    struct sigaction action {};
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    action.sa_sigaction = on_fault;
    for (const int signal : kFaults) sigaction(signal, &action, &previous[signal]);
    action.sa_flags |= SA_RESTART;
    action.sa_sigaction = on_watchdog;
    sigaction(watchdog_signal(), &action, nullptr);
  });
  stack_t own{};
  own.ss_sp = stack;
  own.ss_size = bytes;
  sigaltstack(&own, nullptr);
}

void watch(Worker* worker) {
  Watchdog& dog = watchdog();
  const std::lock_guard<std::mutex> lock(dog.mutex);
  dog.watched.push_back({worker, worker->os_thread, 0, std::chrono::steady_clock::now()});
  if (!dog.running) {
    dog.running = true;
    std::thread(watch_loop).detach();
  }
}

void unwatch(Worker* worker) {
  Watchdog& dog = watchdog();
  const std::lock_guard<std::mutex> lock(dog.mutex);
  std::erase_if(dog.watched, [&](const Watched& w) { return w.worker == worker; });
}

}  // namespace cudasim
