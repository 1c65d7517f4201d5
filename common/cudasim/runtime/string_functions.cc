// memcpy, memmove and memset called in checked programs: simcc links them with --wrap, since g++ does not
// instrument what they do. In a kernel they are accesses like others; then they are the C library's.
#include "check.h"
#include "view.h"

extern "C" {

void* __real_memcpy(void* to, const void* from, std::size_t bytes);
void* __real_memmove(void* to, const void* from, std::size_t bytes);
void* __real_memset(void* to, int value, std::size_t bytes);

#define AT __builtin_return_address(0)

static void check(const void* p, std::size_t bytes, bool write, const void* at) {
  if (cudasim::view.in_kernel == 0 || bytes == 0) return;
  cudasim::check_access({static_cast<const char*>(p), bytes, write, false, at, 1});
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
