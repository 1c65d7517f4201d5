// What the device wrote and the host has not waited for. See host_visible.h.
#include "host_visible.h"

#include <atomic>
#include <map>
#include <mutex>

#include "device.h"
#include "finding.h"
#include "global_shadow.h"

namespace cudasim {

thread_local bool serves_device = false;

namespace {

struct Unwaited {
  std::mutex mutex;
  std::map<const char*, std::size_t>
      written;                   // allocations with words the device wrote: their bytes
  std::uint64_t work = 0;        // operations given to the device
  std::uint64_t waited_for = 0;  // of them, when the host last waited for a moment
};
Unwaited& unwaited() {
  static auto* instance = new Unwaited;
  return *instance;
}
std::atomic<bool> any{false};  // whether there is anything to wait for

}  // namespace

void note_device_work() {
  if (!checking()) return;
  Unwaited& u = unwaited();
  const std::lock_guard<std::mutex> lock(u.mutex);
  ++u.work;
  any = true;
}

void note_device_write(const Allocation& a, const char* address, std::size_t bytes) {
  Unwaited& u = unwaited();
  const std::lock_guard<std::mutex> lock(u.mutex);
  mark_shadow_written(address, bytes);
  u.written[a.base] = a.bytes;
}

void note_host_waited() {
  if (!any.exchange(false)) return;
  Unwaited& u = unwaited();
  const std::lock_guard<std::mutex> lock(u.mutex);
  for (const auto& [base, bytes] : u.written) {
    if (find_allocation(base).base == base) reset_host_visible(base, bytes);
  }
  u.written.clear();
}

bool host_may_touch(const char* address, std::size_t bytes) {
  if (!any || serves_device) return true;
  Unwaited& u = unwaited();
  bool has_waited;
  {
    const std::lock_guard<std::mutex> lock(u.mutex);
    has_waited = u.waited_for == u.work;
    u.waited_for = u.work;
  }
  if (!has_waited) Device::get().wait_a_moment();
  const std::lock_guard<std::mutex> lock(u.mutex);
  return !shadow_device_wrote(address, bytes);
}

}  // namespace cudasim
