// printf, puts, putchar and assert, in kernels and on the host. See printf.h.
//
// A translated kernel calls the C library's own names, so this file defines them: a program's own
// definition comes before the C library's. On the host they do what the library's do. g++ turns
// printf("text\n") into puts and with _FORTIFY_SOURCE into __printf_chk, hence the others.
#include "printf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <deque>
#include <mutex>
#include <string>

#include "finding.h"
#include "in_runtime.h"
#include "report.h"
#include "view.h"
#include "worker.h"

namespace cudasim {
namespace {

// A circular buffer of whole lines of output: what does not fit any more pushes the oldest out.
struct PrintBuffer {
  std::mutex mutex;
  std::deque<std::string> entries;
  std::size_t bytes = 0;
  std::size_t capacity = std::size_t{1} << 20;
};
PrintBuffer& buffer() {
  static auto* instance = new PrintBuffer;
  return *instance;
}

void append(std::string text) {
  PrintBuffer& b = buffer();
  const std::lock_guard<std::mutex> lock(b.mutex);
  b.bytes += text.size();
  b.entries.push_back(std::move(text));
  while (b.bytes > b.capacity && b.entries.size() > 1) {
    b.bytes -= b.entries.front().size();
    b.entries.pop_front();
  }
}

// The number of arguments a format uses: what printf returns in a kernel.
int count_arguments(const char* format) {
  int count = 0;
  for (const char* p = format; (p = strchr(p, '%')) != nullptr; ++p) {
    if (p[1] == '%') {
      ++p;
      continue;
    }
    ++count;
    for (++p; *p != '\0' && strchr("-+ #0123456789.*hlzjtL", *p) != nullptr; ++p) {
      if (*p == '*') ++count;
    }
    if (*p == '\0') break;
  }
  return count;
}

int print_from_kernel(const char* format, va_list arguments) {
  const InRuntime guard;
  if (format == nullptr) return -1;
  va_list again;
  va_copy(again, arguments);
  char small[512];
  const int length = vsnprintf(small, sizeof small, format, arguments);
  if (length < 0) {
    va_end(again);
    return -1;
  }
  std::string text(small, strnlen(small, sizeof small));
  if (static_cast<std::size_t>(length) >= sizeof small) {
    text.resize(static_cast<std::size_t>(length) + 1);
    vsnprintf(text.data(), text.size(), format, again);
    text.pop_back();
  }
  va_end(again);
  append(std::move(text));
  return count_arguments(format);
}

}  // namespace

void flush_printf() {
  PrintBuffer& b = buffer();
  const std::lock_guard<std::mutex> lock(b.mutex);
  if (b.entries.empty()) return;
  for (const std::string& text : b.entries) fwrite(text.data(), 1, text.size(), stdout);
  b.entries.clear();
  b.bytes = 0;
}

void set_printf_capacity(std::size_t bytes) {
  PrintBuffer& b = buffer();
  const std::lock_guard<std::mutex> lock(b.mutex);
  b.capacity = bytes;
}

std::size_t printf_capacity() {
  PrintBuffer& b = buffer();
  const std::lock_guard<std::mutex> lock(b.mutex);
  return b.capacity;
}

}  // namespace cudasim

using cudasim::Worker;

extern "C" {

int printf(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = Worker::in_kernel() != nullptr ? cudasim::print_from_kernel(format, arguments)
                                                    : vfprintf(stdout, format, arguments);
  va_end(arguments);
  return result;
}

int __printf_chk(int, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = Worker::in_kernel() != nullptr ? cudasim::print_from_kernel(format, arguments)
                                                    : vfprintf(stdout, format, arguments);
  va_end(arguments);
  return result;
}

int puts(const char* text) {
  if (Worker::in_kernel() != nullptr) {
    const cudasim::InRuntime guard;
    cudasim::append(std::string(text) + '\n');
    return 0;
  }
  flockfile(stdout);
  const bool good = fputs(text, stdout) >= 0 && putc('\n', stdout) != EOF;
  funlockfile(stdout);
  return good ? 0 : EOF;
}

// glibc's header holds a putchar to be compiled in place, beside which clang++ takes no other: ours
// has that name for the linker alone.
int own_putchar(int c) __asm__("putchar");
int own_putchar(int c) {
  if (Worker::in_kernel() != nullptr) {
    const cudasim::InRuntime guard;
    cudasim::append(std::string(1, static_cast<char>(c)));
    return c;
  }
  return putc(c, stdout);
}

// What assert calls. In a kernel the message is CUDA's, and the launch fails.
[[noreturn]] void __assert_fail(const char* expression, const char* file, unsigned int line,
                                const char* function) noexcept(true) {
  Worker* worker = Worker::in_kernel();
  if (worker == nullptr) {
    fflush(stdout);
    fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line,
            function == nullptr ? "?" : function, expression);
    abort();
  }
  const cudasim::InRuntime guard;
  if (cudasim::checking()) {
    const std::string what = std::string("Assertion `") + expression + "` failed";
    const cudasim::LaunchEnd end{"assert", what.c_str(), "The kernel asserts that this holds.",
                                 cudaErrorAssert};
    cudasim::report_fault(*worker, end, nullptr,
                          static_cast<const char*>(__builtin_return_address(0)) - 1);
    worker->fail(cudaErrorAssert);
  }
  const uint3 b = cudasim::view.block, t = cudasim::view.thread;
  fprintf(stderr, "%s:%u: %s: block: [%u,%u,%u], thread: [%u,%u,%u] Assertion `%s` failed.\n", file,
          line, function == nullptr ? "?" : function, b.x, b.y, b.z, t.x, t.y, t.z, expression);
  worker->fail(cudaErrorAssert);
}

}  // extern "C"
