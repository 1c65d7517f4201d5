// Reports of what goes wrong in a kernel. See report.h.
#include "report.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>

#include "../include/cuda_runtime_api.h"
#include "settings.h"
#include "worker.h"

namespace cudasim {
namespace {

// addr2line's two lines for an address: the function and file:line; "??" where it knows nothing.
std::pair<std::string, std::string> look_up(const void* address) {
  static std::mutex mutex;
  static std::map<const void*, std::pair<std::string, std::string>> known;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = known.find(address);
  if (found != known.end()) return found->second;
  std::pair<std::string, std::string> answer{"??", "??:0"};
  Dl_info info{};
  link_map* map = nullptr;
  if (dladdr1(address, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) != 0) {
    // The program has no name in the list of modules; /proc has it, by the process's number.
    const bool is_program = map->l_name == nullptr || map->l_name[0] == '\0';
    const std::string module =
        is_program ? "/proc/" + std::to_string(getpid()) + "/exe" : map->l_name;
    char command[4096];
    std::snprintf(
        command, sizeof command, "addr2line -f -C -e '%s' 0x%llx 2>/dev/null", module.c_str(),
        static_cast<unsigned long long>(reinterpret_cast<std::uintptr_t>(address) - map->l_addr));
    if (std::FILE* pipe = popen(command, "r")) {
      char line[2048];
      std::array<std::string*, 2> parts{&answer.first, &answer.second};
      for (std::string* part : parts) {
        if (std::fgets(line, sizeof line, pipe) == nullptr) break;
        part->assign(line);
        while (!part->empty() && part->back() == '\n') part->pop_back();
      }
      pclose(pipe);
    }
  }
  return known[address] = answer;
}

std::string triple(const uint3& b) {
  return "(" + std::to_string(b.x) + "," + std::to_string(b.y) + "," + std::to_string(b.z) + ")";
}

}  // namespace

std::string where(const void* instruction) {
  // One byte back lies in the call itself, whose line is meant.
  const auto answer = look_up(static_cast<const char*>(instruction) - 1);
  if (answer.second.rfind("??", 0) != 0) {
    return answer.second.substr(0, answer.second.find(" (discriminator"));
  }
  if (answer.first != "??") return "in " + answer.first + " (compile with -g for the line)";
  char text[32];
  std::snprintf(text, sizeof text, "at %p", instruction);
  return text;
}

std::string kernel_name(const void* kernel) {
  if (kernel == nullptr) return "a kernel";
  std::string name = look_up(kernel).first;
  if (name == "??") return "a kernel";
  return name.substr(0, name.find('('));
}

void report_fault(const Worker& worker, const char* what, const void* address, const void* at,
                  cudaError_t code) {
  char where_to[64] = "";
  if (address != nullptr) std::snprintf(where_to, sizeof where_to, " at %p", address);
  std::fprintf(stderr,
               "cudasim: %s%s\n  %s, kernel %s, block %s, thread %s, seed %llu\n  the launch ends "
               "with %s\n",
               what, where_to, where(static_cast<const char*>(at) + 1).c_str(),
               kernel_name(worker.grid()->kernel).c_str(), triple(view.block).c_str(),
               triple(view.thread).c_str(), static_cast<unsigned long long>(settings().seed),
               cudaGetErrorName(code));
}

void report_blocked_threads(Worker& worker) {
  static const char* const kWaits[] = {"", "a block barrier", "a grid barrier", "a warp operation",
                                       "__activemask"};
  Block& b = worker.block();
  struct Group {
    unsigned count = 0, first = 0;
  };
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (unsigned t = 0; t < worker.grid()->threads; ++t) {
    const WarpState& warp = b.warps[t / kWarp];
    if ((warp.alive >> t % kWarp & 1) == 0) continue;
    std::string wait = kWaits[static_cast<int>(b.wait[t])];
    if (b.wait[t] == Wait::warp) {
      char mask[32];
      std::snprintf(mask, sizeof mask, " with mask 0x%08x", warp.mask[t % kWarp]);
      wait += mask;
    }
    Group& g = groups[{wait, where(b.site[t])}];
    if (g.count++ == 0) g.first = t;
  }
  std::fprintf(stderr,
               "cudasim: deadlock: no thread of block %s of kernel %s can go on (seed %llu)\n",
               triple(b.index).c_str(), kernel_name(worker.grid()->kernel).c_str(),
               static_cast<unsigned long long>(settings().seed));
  for (const auto& [key, g] : groups) {
    std::fprintf(stderr, "  %u thread%s, the first %s, wait%s in %s: %s\n", g.count,
                 g.count == 1 ? "" : "s", triple(worker.index_of(g.first)).c_str(),
                 g.count == 1 ? "s" : "", key.first.c_str(), key.second.c_str());
  }
  std::fprintf(stderr, "  the launch ends with %s\n", cudaGetErrorName(cudaErrorLaunchFailure));
}

void report_bad_mask(Worker& worker, unsigned mask, const void* site) {
  std::fprintf(stderr,
               "cudasim: thread %s of block %s calls a warp operation whose mask 0x%08x leaves out "
               "its own lane %u: %s\n",
               triple(view.thread).c_str(), triple(worker.block().index).c_str(), mask, view.lane,
               where(site).c_str());
}

void report_static_shared(Worker& worker, std::size_t bytes) {
  std::fprintf(stderr,
               "cudasim: kernel %s declares %zu bytes of static shared memory; 49152 are allowed "
               "(nvcc refuses to compile it). Larger arrays need dynamic shared memory.\n",
               kernel_name(worker.grid()->kernel).c_str(), bytes);
}

}  // namespace cudasim
