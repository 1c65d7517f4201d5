// last_words: what a program says when a signal ends it: which signal, at which address, and the
// calls that led there. Linked into the test programs that ./learn runs; last_words.py reads it.
//
//   NN_LAST_WORDS=/tmp/words ./test     without the variable nothing is installed
//
//   last_words 1                                                    the form's version
//   signal 11 code 1 access read address 0x0 sp 0x7ffd5c20 stack_used_up 0
//   stack cpu_ms 3 frames 1 program+0x11f2 program+0x1240 libc.so.6+0x2724a
//   end
//
// A frame is a module and an address relative to where it was loaded: what addr2line takes, also
// for a program that is loaded somewhere else each time (PIE). The first of them is the instruction
// the signal interrupted if `frames` says 1; the others are where a call will return to.
//
// A signal handler runs in the middle of anything: of malloc, which then holds its lock, or with
// the heap in ruins. It may call only what is async-signal-safe (man 7 signal-safety): here write,
// sigaction, raise, nanosleep, clock_gettime and bare system calls. So every buffer is an array,
// numbers are written by hand, and what needs memory is done beforehand, at start:
//   - backtrace() loads the unwinder at its first call, so it is called once for nothing
//     (man 3 backtrace, NOTES);
//   - where each module was loaded is asked of dl_iterate_phdr and kept.
// An endless recursion leaves no stack for a handler to run on: it gets one of its own
// (sigaltstack), in the main thread; another thread that exhausts its stack dies without a word.
//
// SIGALRM is what ./learn sends to a program that runs too long. The kernel hands it to the main
// thread, which may only be waiting; so the handler passes it on to every other thread, and each
// writes its own stack line, with the processor time it has used: the busiest one is the one to blame.
//
// Source [BryantOHallaron16 sec. 8.5.5] for what a handler may do; man 2 sigaltstack.
#include <dirent.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

namespace {

constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM, SIGXCPU};
constexpr int kMaxFrames = 96;   // of an endless recursion the innermost are enough
constexpr int kMaxModules = 64;  // the program, its libraries, the loader
constexpr std::size_t kAltStackBytes = 64 * 1024;
constexpr std::uintptr_t kNearBytes = 64 * 1024;  // from the stack pointer to a frame's far end
constexpr std::uintptr_t kFarBytes = std::uintptr_t{1} << 30;  // no local array is larger

struct Module {
  std::uintptr_t base;   // what is added to the addresses in its file
  std::uintptr_t begin;  // [begin, end): its segments in memory
  std::uintptr_t end;
  // The file's name without its folders, "program" for the program itself; a copy, since the
  // loader keeps its own on the heap, which may be in ruins.
  std::array<char, 40> name;
};

// Set before the first handler is installed, and read only from then on.
std::array<Module, kMaxModules> modules;
int module_count = 0;
int words_fd = -1;
pid_t own_pid = 0;
std::uintptr_t stack_top = 0;    // of the main thread, about
std::uintptr_t stack_limit = 0;  // bytes it may grow to; 0 if it may grow without limit
alignas(16) std::array<std::byte, kAltStackBytes> alt_stack;

// The thread that was first to be ended; others that follow must not mix their words with its own.
std::atomic<pid_t> speaker{0};
std::atomic<int> stacks_written{0};
static_assert(std::atomic<int>::is_always_lock_free);  // pid_t is an int: no lock in a handler

pid_t this_thread() { return static_cast<pid_t>(syscall(SYS_gettid)); }

// A text put together without malloc and without printf. What does not fit is left out.
class Text {
 public:
  Text& operator<<(std::string_view text) {
    for (const char c : text) {
      if (size_ < bytes_.size()) bytes_[size_++] = c;
    }
    return *this;
  }

  Text& number(std::uintptr_t value, unsigned radix = 10) {
    std::array<char, 20> digits;  // 2^64 has 20 in radix 10
    std::size_t first = digits.size();
    do {
      digits[--first] = "0123456789abcdef"[value % radix];
      value /= radix;
    } while (value != 0);
    return *this << std::string_view(&digits[first], digits.size() - first);
  }

  Text& hex(std::uintptr_t value) { return (*this << "0x").number(value, 16); }

  // In one system call where the kernel takes it whole, so that threads do not mix their lines.
  void write_to(int fd) {
    std::size_t done = 0;
    while (done < size_) {
      const ssize_t count = ::write(fd, &bytes_[done], size_ - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;  // the disk is full, perhaps: there is nobody left to tell
      done += static_cast<std::size_t>(count);
    }
    size_ = 0;
  }

 private:
  std::array<char, 4096> bytes_;
  std::size_t size_ = 0;
};

// The registers that tell where the thread was. 0 where this machine's are not known.
struct Interrupted {
  std::uintptr_t pc = 0;  // the instruction
  std::uintptr_t sp = 0;  // the stack pointer
  std::string_view access = "unknown";
};

Interrupted interrupted(int number, const void* context) {
  const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
  Interrupted result;
#if defined(__x86_64__)
  result.pc = static_cast<std::uintptr_t>(machine.gregs[REG_RIP]);
  result.sp = static_cast<std::uintptr_t>(machine.gregs[REG_RSP]);
  // Bits 1 and 4 of a page fault's error code: a write, and the fetch of an instruction.
  // Source: Intel's manual, volume 3A, "Page-Fault Exception (#PF)".
  if (number == SIGSEGV) {
    const auto error = machine.gregs[REG_ERR];
    result.access = (error & 16) != 0 ? "run" : (error & 2) != 0 ? "write" : "read";
  }
#elif defined(__aarch64__)
  result.pc = machine.pc;
  result.sp = machine.sp;
#endif
  (void)number;
  return result;
}

void write_frame(Text& text, std::uintptr_t address) {
  for (int i = 0; i < module_count; ++i) {
    if (modules[i].begin <= address && address < modules[i].end) {
      (text << " " << modules[i].name.data() << "+").hex(address - modules[i].base);
      return;
    }
  }
  (text << " unknown+").hex(address);
}

// The calls that led to `pc`, innermost first, without the handler's own.
void write_stack(const Interrupted& at) {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  std::array<void*, kMaxFrames> frames;
  const int count = backtrace(frames.data(), kMaxFrames);
  int first = 0;
  while (first < count && reinterpret_cast<std::uintptr_t>(frames[first]) != at.pc) ++first;
  const bool found = first < count;
  Text text;
  (text << "stack cpu_ms ")
      .number(static_cast<std::uintptr_t>(used.tv_sec * 1000 + used.tv_nsec / 1000000));
  text << " frames " << (found ? "1" : "0");
  for (int i = found ? first : 0; i < count; ++i) {
    write_frame(text, reinterpret_cast<std::uintptr_t>(frames[i]));
  }
  text << "\n";
  text.write_to(words_fd);
}

// The stack is used up if the address that could not be had lies about where the stack ends: near
// the stack pointer, or, after a local array of megabytes, with the stack pointer beyond the limit.
bool stack_used_up(int number, std::uintptr_t address, std::uintptr_t sp) {
  if ((number != SIGSEGV && number != SIGBUS) || sp == 0) return false;
  const bool near = (address > sp ? address - sp : sp - address) <= kNearBytes;
  if (this_thread() != own_pid) return near;
  if (near) return address < stack_top;  // beyond its other end an array was overrun
  const std::uintptr_t low = stack_top - stack_limit;
  return stack_limit != 0 && sp < low && low - sp < kFarBytes;
}

void nap() {
  const timespec millisecond{.tv_sec = 0, .tv_nsec = 1000000};
  nanosleep(&millisecond, nullptr);
}

// Passes the signal to every other thread, and waits up to half a second for their stacks.
// /proc is read by system call, since opendir() allocates.
void ask_other_threads(int number) {
  const int folder = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  const pid_t own = this_thread();
  int asked = 0;
  alignas(8) std::array<char, 2048> entries;
  long bytes = 0;
  while ((bytes = syscall(SYS_getdents64, folder, entries.data(), entries.size())) > 0) {
    for (long at = 0; at < bytes;) {
      const auto* entry = reinterpret_cast<const dirent64*>(&entries[static_cast<std::size_t>(at)]);
      at += entry->d_reclen;
      pid_t thread = 0;
      for (const char* c = entry->d_name; '0' <= *c && *c <= '9'; ++c) {
        thread = thread * 10 + (*c - '0');
      }
      if (thread != 0 && thread != own && syscall(SYS_tgkill, own_pid, thread, number) == 0) {
        ++asked;
      }
    }
  }
  close(folder);
  for (int i = 0; i < 500 && stacks_written.load() < asked; ++i) nap();
}

// The signal is blocked while its handler runs: raised again, it arrives when the handler returns,
// and then ends the process by its default action.
void end_by(int number) {
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  sigaction(number, &plain, nullptr);
  raise(number);
}

void last_words(int number, siginfo_t* info, void* context) {
  // A child of fork(), as of a GoogleTest death test, speaks to its parent in its own way.
  if (getpid() == own_pid) {
    const int kept_errno = errno;
    const Interrupted at = interrupted(number, context);
    pid_t nobody = 0;
    if (!speaker.compare_exchange_strong(nobody, this_thread())) {
      if (nobody ==
          this_thread()) {  // the unwinder fell over a ruined stack: what is written stays
        end_by(number);
        return;
      }
      if (number == SIGALRM || number == SIGXCPU) {
        write_stack(at);
        ++stacks_written;
      }
      while (true) nap();  // the process ends when the speaker has spoken
    }
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const bool fault = number == SIGSEGV || number == SIGBUS || number == SIGFPE;
    Text text;
    // First what cannot fail: the unwinder may fall over a stack that was written over.
    text << "last_words 1\nsignal ";
    text.number(static_cast<std::uintptr_t>(number)) << " code ";
    text.number(static_cast<std::uintptr_t>(info->si_code < 0 ? 0 : info->si_code)) << " access ";
    text << at.access << " address ";
    text.hex(fault ? address : 0) << " sp ";
    text.hex(at.sp) << " stack_used_up " << (stack_used_up(number, address, at.sp) ? "1" : "0")
                    << "\n";
    text.write_to(words_fd);
    write_stack(at);
    if (number == SIGALRM || number == SIGXCPU) ask_other_threads(number);
    (text << "end\n").write_to(words_fd);
    errno = kept_errno;
  }
  end_by(number);
}

int remember_module(dl_phdr_info* info, std::size_t /*size*/, void* /*unused*/) {
  if (module_count == kMaxModules) return 1;
  Module module{.base = info->dlpi_addr, .begin = UINTPTR_MAX, .end = 0, .name = {}};
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD) continue;
    const std::uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    if (begin < module.begin) module.begin = begin;
    if (begin + segment.p_memsz > module.end) module.end = begin + segment.p_memsz;
  }
  std::string_view name = "program";  // which comes first (man 3 dl_iterate_phdr)
  if (module_count > 0) {
    name = info->dlpi_name;
    name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
    if (name.empty()) name = "unknown";
  }
  name.copy(module.name.data(), module.name.size() - 1);
  modules[module_count++] = module;
  return 0;
}

// Before other static initialisers, so that a crash in one of them is heard too: 101 is the first
// priority that is not the compiler's own.
[[gnu::constructor(101)]] void install() {
  const char* file = std::getenv("NN_LAST_WORDS");
  if (file == nullptr || *file == '\0') return;
  words_fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (words_fd < 0) {
    std::fprintf(stderr, "NN_LAST_WORDS is '%s', which cannot be written: %s\n", file,
                 std::strerror(errno));
    return;
  }
  own_pid = getpid();
  // When what waits for this program is killed, nobody would end its endless loop.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  stack_top = reinterpret_cast<std::uintptr_t>(&file);
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < stack_top) {
    stack_limit = limit.rlim_cur;
  }
  std::array<void*, 4> frames;
  backtrace(frames.data(), frames.size());
  dl_iterate_phdr(remember_module, nullptr);

  stack_t stack{};
  stack.ss_sp = alt_stack.data();
  stack.ss_size = alt_stack.size();
  sigaltstack(&stack, nullptr);
  sigset_t ours;
  sigemptyset(&ours);
  for (const int number : kSignals) {
    struct sigaction now {};
    sigaction(number, nullptr, &now);
    if (now.sa_handler != SIG_DFL) continue;  // a sanitizer's handler knows more than this one
    struct sigaction action {};
    action.sa_sigaction = last_words;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
    sigaddset(&ours, number);
  }
  sigprocmask(SIG_UNBLOCK, &ours, nullptr);  // a parent that blocked one passed that on
}

}  // namespace
