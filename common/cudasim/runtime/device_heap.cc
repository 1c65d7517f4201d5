// malloc and free, which a translated kernel calls by the C library's names. On the host they are the
// library's. In a kernel they are too, but marked as time in the runtime, where the watchdog must not
// interrupt (it could leave the library's lock held). With checks a kernel's blocks are allocations of
// the device, so that all that is checked of those is checked of them.
#include <cstddef>
#include <utility>

#include "finding.h"
#include "memory.h"
#include "modules.h"
#include "report.h"
#include "view.h"

extern "C" {
void* __libc_malloc(std::size_t bytes);
void __libc_free(void* pointer);
}

namespace cudasim {
namespace {

void report_bad_free(const void* at) {
  Finding f;
  f.kind = "memory";
  f.severity = "error";
  f.where = where(at);
  f.block = triple(view.block);
  f.thread = triple(view.thread);
  f.what = "free of what is no block of the device's heap, or no longer";
  f.meaning = "A kernel frees only what malloc or new gave a kernel, and only once.";
  add_finding(std::move(f));
}

}  // namespace
}  // namespace cudasim

extern "C" void* malloc(std::size_t bytes) noexcept {
  using namespace cudasim;
  if (view.in_kernel == 0) return __libc_malloc(bytes);
  view.in_kernel = 0;
  void* pointer = nullptr;
  if (checking()) {
    const void* at = __builtin_return_address(0);
    pointer = allocate_in_kernel(bytes, program_image().holds(at) ? at : program_call_address());
  } else {
    pointer = __libc_malloc(bytes);
  }
  view.in_kernel = 1;
  return pointer;
}

extern "C" void free(void* pointer) noexcept {
  using namespace cudasim;
  if (view.in_kernel == 0) {
    __libc_free(pointer);
    return;
  }
  view.in_kernel = 0;
  if (!in_device_range(pointer)) {
    __libc_free(pointer);
  } else if (!release_in_kernel(pointer)) {
    report_bad_free(__builtin_return_address(0));
  }
  view.in_kernel = 1;
}
