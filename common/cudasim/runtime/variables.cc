// The device's variables, in order of address. See variables.h; include/cudasim/prelude.h registers them.
#include "variables.h"

#include <map>

namespace cudasim {
namespace {

struct Variables {
  std::map<const char*, DeviceVariable> all;  // by address
  std::map<const char*, std::size_t> gaps;
};
// Filled before main, then only read.
Variables& variables() {
  static auto* instance = new Variables;
  return *instance;
}

}  // namespace

int register_variable(const void* base, std::size_t bytes, const char* name, bool constant) {
  const auto* begin = static_cast<const char*>(base);
  variables().all[begin] = {begin, bytes, name, constant};
  return 1;
}

int register_gap(const void* base, std::size_t bytes) {
  variables().gaps[static_cast<const char*>(base)] = bytes;
  return 1;
}

const DeviceVariable* variable_at(const char* address) {
  const auto& all = variables().all;
  const auto above = all.upper_bound(address);
  if (above == all.begin()) return nullptr;
  const DeviceVariable& v = std::prev(above)->second;
  return address < v.base + v.bytes ? &v : nullptr;
}

bool in_gap(const char* address) {
  const auto& gaps = variables().gaps;
  const auto above = gaps.upper_bound(address);
  return above != gaps.begin() && address < std::prev(above)->first + std::prev(above)->second;
}

const DeviceVariable* nearest_variable(const char* address) {
  const auto& all = variables().all;
  const auto above = all.lower_bound(address);
  if (above == all.begin()) return above == all.end() ? nullptr : &above->second;
  const DeviceVariable& below = std::prev(above)->second;
  const bool next_is_nearer =
      above != all.end() && above->first - address < address - (below.base + below.bytes);
  return next_is_nearer ? &above->second : &below;
}

}  // namespace cudasim
