// The shadow of device memory, with checks only: two bits for each byte of the range that allocations
// come from. A byte of shadow stands for four bytes of memory, its low half for "a kernel may write it",
// its high half for "a kernel may read it". Of memory from cudaMalloc the first holds at once and the
// second from the first write on. Of memory that the host sees too, the second holds at once, and the
// first from the first write on: host_visible.h. Bytes of neither kind are in no allocation.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "memory.h"

namespace cudasim {

// Where device threads' accesses are looked up: the range's first address, and its shadow. On an OS
// thread that runs no kernel, and where each access must be looked at closely, `range` is an address
// that none is near to.
inline constexpr std::uintptr_t kNoShadow = std::uintptr_t{1} << 62;
struct DeviceShadow {
  std::uintptr_t range = kNoShadow;
  unsigned char* shadow = nullptr;
};
extern __thread DeviceShadow device_shadow __attribute__((tls_model("initial-exec")));
extern unsigned char* global_shadow;  // of the byte device_range + 4 i: global_shadow[i]

// This OS thread begins to run a kernel, and has done so.
void enter_device_shadow();
inline void leave_device_shadow() { device_shadow.range = kNoShadow; }

// Once, when the range is known; false: the system gives no address space for it.
bool reserve_global_shadow();
// An allocation begins or ends. False: there is no memory for its shadow.
bool open_shadow(const char* base, std::size_t bytes, bool host_visible);
void close_shadow(const char* base, std::size_t bytes);

void mark_shadow_written(const char* address, std::size_t bytes);
bool shadow_accessible(const char* address, std::size_t bytes);
// Whether any of it was written.
bool shadow_written_in_part(const char* address, std::size_t bytes);
// Of host-visible memory: whether a kernel wrote any of it since the reset.
bool shadow_device_wrote(const char* address, std::size_t bytes);
void reset_host_visible(const char* base, std::size_t bytes);

// Bytes in use, and the most that ever were: what the report says of the checks' cost.
class Peak {
 public:
  void add(std::ptrdiff_t bytes) {
    const std::ptrdiff_t now = now_ += bytes;
    std::ptrdiff_t most = most_;
    while (most < now && !most_.compare_exchange_weak(most, now)) {
    }
  }
  std::ptrdiff_t most() const { return most_; }

 private:
  std::atomic<std::ptrdiff_t> now_{0}, most_{0};
};
extern Peak device_use;  // allocations
extern Peak shared_use;  // the shared memory of blocks that run
extern Peak shadow_use;  // what the checks keep for both

}  // namespace cudasim
