// What the runtime remembers about kernels. See function_info.h.
#include "function_info.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace cudasim {
namespace {

std::mutex& table_mutex() {
  static auto* mutex = new std::mutex;
  return *mutex;
}
std::unordered_map<const void*, FunctionInfo>& table() {
  static auto* kernels = new std::unordered_map<const void*, FunctionInfo>;
  return *kernels;
}

}  // namespace

FunctionInfo function_info(const void* kernel) {
  const std::lock_guard<std::mutex> lock(table_mutex());
  const auto found = table().find(kernel);
  return found == table().end() ? FunctionInfo{} : found->second;
}

void set_max_dynamic_shared(const void* kernel, int bytes) {
  const std::lock_guard<std::mutex> lock(table_mutex());
  table()[kernel].max_dynamic_shared = bytes;
}

void set_carveout(const void* kernel, int percent) {
  const std::lock_guard<std::mutex> lock(table_mutex());
  table()[kernel].carveout = percent;
}

void note_static_shared(const void* kernel, std::size_t bytes) {
  const std::lock_guard<std::mutex> lock(table_mutex());
  FunctionInfo& info = table()[kernel];
  info.static_shared = std::max(info.static_shared, bytes);
}

int register_kernel(const void* kernel, FromArgs from_args, Loop any, Loop known) {
  const std::lock_guard<std::mutex> lock(table_mutex());
  FunctionInfo& info = table()[kernel];
  info.from_args = from_args;
  info.any = any;
  info.known = known;
  return 1;
}

}  // namespace cudasim
