// malloc and free, which a translated kernel calls by the C library's names. On the host they are the
// library's. In a kernel they are too, but marked as time in the runtime, where the watchdog must not
// interrupt (it could leave the library's lock held); and with checks the blocks are remembered, so that
// a kernel's own memory is told from the host's.
#include "device_heap.h"

#include <cstddef>
#include <iterator>
#include <map>
#include <mutex>

#include "finding.h"
#include "view.h"

extern "C" {
void* __libc_malloc(std::size_t bytes);
void __libc_free(void* pointer);
}

namespace cudasim {
namespace {

struct Blocks {
  std::mutex mutex;
  std::map<const char*, std::size_t> bytes_of;
};
Blocks& blocks() {
  static auto* instance = new Blocks;
  return *instance;
}

}  // namespace

bool is_device_heap(const void* address) {
  Blocks& b = blocks();
  const std::lock_guard<std::mutex> lock(b.mutex);
  const auto* at = static_cast<const char*>(address);
  const auto above = b.bytes_of.upper_bound(at);
  if (above == b.bytes_of.begin()) return false;
  const auto& [base, bytes] = *std::prev(above);
  return at < base + bytes;
}

}  // namespace cudasim

extern "C" void* malloc(std::size_t bytes) noexcept {
  if (cudasim::view.in_kernel == 0) return __libc_malloc(bytes);
  cudasim::view.in_kernel = 0;
  void* pointer = __libc_malloc(bytes);
  if (pointer != nullptr && cudasim::checking()) {
    cudasim::Blocks& b = cudasim::blocks();
    const std::lock_guard<std::mutex> lock(b.mutex);
    b.bytes_of[static_cast<char*>(pointer)] = bytes;
  }
  cudasim::view.in_kernel = 1;
  return pointer;
}

extern "C" void free(void* pointer) noexcept {
  if (cudasim::view.in_kernel == 0) {
    __libc_free(pointer);
    return;
  }
  cudasim::view.in_kernel = 0;
  if (cudasim::checking()) {
    cudasim::Blocks& b = cudasim::blocks();
    const std::lock_guard<std::mutex> lock(b.mutex);
    b.bytes_of.erase(static_cast<char*>(pointer));
  }
  __libc_free(pointer);
  cudasim::view.in_kernel = 1;
}
