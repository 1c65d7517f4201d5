// memcpy, memmove and memset called in checked programs: simcc links them with --wrap, since g++ does not
// instrument what they do. In a kernel they are accesses like others, and in the program's host code where
// they touch the device's memory, as the runtime itself may; then they are the C library's.
#include "check.h"
#include "memory.h"
#include "report.h"
#include "view.h"

extern "C" {

void* __real_memcpy(void* to, const void* from, std::size_t bytes);
void* __real_memmove(void* to, const void* from, std::size_t bytes);
void* __real_memset(void* to, int value, std::size_t bytes);

#define AT __builtin_return_address(0)

static void check(const void* p, std::size_t bytes, bool write, const void* at) {
  if (bytes == 0) return;
  const cudasim::MemoryAccess access{static_cast<const char*>(p), bytes, write, false, at, 1};
  if (cudasim::view.in_kernel != 0) {
    cudasim::check_access(access);
  } else if (cudasim::in_device_range(p) && cudasim::is_programs_own(at)) {
    cudasim::check_host(access);
  }
}

void* __wrap_memcpy(void* to, const void* from, std::size_t bytes) {
  check(from, bytes, false, AT);
  check(to, bytes, true, AT);
  return __real_memcpy(to, from, bytes);
}

void* __wrap_memmove(void* to, const void* from, std::size_t bytes) {
  check(from, bytes, false, AT);
  check(to, bytes, true, AT);
  return __real_memmove(to, from, bytes);
}

void* __wrap_memset(void* to, int value, std::size_t bytes) {
  check(to, bytes, true, AT);
  return __real_memset(to, value, bytes);
}

}  // extern "C"
