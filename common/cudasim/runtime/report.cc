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
#include <string_view>

#include "../include/cuda_runtime_api.h"
#include "addresses.h"
#include "check.h"
#include "finding.h"
#include "settings.h"
#include "source.h"
#include "worker.h"

namespace cudasim {
namespace {

// Whether the file is one of the simulator's own.
bool is_ours(const std::string& file) {
  return file.find("cudasim/include/") != std::string::npos ||
         file.find("cudasim/runtime/") != std::string::npos;
}

// Whether it is the compiler's or the system's, libstdc++ and the C library above all.
bool is_systems(const std::string& file) {
  for (const char* folder : {"/usr/include/", "/usr/lib/", "/usr/local/include/"}) {
    if (file.rfind(folder, 0) == 0) return true;
  }
  return false;
}

// What addr2line knows of an address: of the functions inlined there, the innermost that is in no
// header of ours or of the system; "??" where it knows nothing.
Place look_up(const void* address) {
  // Never destroyed: findings are printed at the program's very end.
  static auto& mutex = *new std::mutex;
  static auto& known = *new std::map<const void*, Place>;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = known.find(address);
  if (found != known.end()) return found->second;
  Place answer;
  Dl_info info{};
  link_map* map = nullptr;
  if (dladdr1(address, &info, reinterpret_cast<void**>(&map), RTLD_DL_LINKMAP) != 0) {
    // The program has no name in the list of modules; /proc has it, by the process's number.
    const bool is_program = map->l_name == nullptr || map->l_name[0] == '\0';
    const std::string module_name =
        is_program ? "/proc/" + std::to_string(getpid()) + "/exe" : map->l_name;
    if (module_name.rfind("/lib", 0) == 0 || module_name.rfind("/usr/lib", 0) == 0) {
      if (info.dli_sname != nullptr) answer.function = info.dli_sname;
      return known[address] = answer;  // the system's; whatever lines it has are nobody's here
    }
    const auto offset = reinterpret_cast<std::uintptr_t>(address) - map->l_addr;
    for (const Place& place : places_at(module_name, offset)) {
      answer = place;
      if (!is_ours(place.line) && !is_systems(place.line)) break;
    }
  }
  answer.line = answer.line.substr(0, answer.line.find(" (discriminator"));
  return known[address] = answer;
}

}  // namespace

std::string triple(const uint3& index) {
  return "(" + std::to_string(index.x) + "," + std::to_string(index.y) + "," +
         std::to_string(index.z) + ")";
}

std::string where(const void* instruction) {
  if (instruction == nullptr) return "?";
  // One byte back lies in the call itself, whose line is meant.
  const Place place = look_up(static_cast<const char*>(instruction) - 1);
  if (place.line.rfind("??", 0) != 0) return place.line;
  if (place.function != "??") return "in " + place.function + " (compile with -g for the line)";
  char text[32];
  std::snprintf(text, sizeof text, "at %p", instruction);
  return text;
}

bool is_programs_own(const void* instruction) {
  const Place place = look_up(static_cast<const char*>(instruction) - 1);
  return place.line.rfind("??", 0) != 0 && !is_ours(place.line) && !is_systems(place.line);
}

std::string kernel_name(const void* kernel) {
  if (kernel == nullptr) return "a kernel";
  std::string name = look_up(kernel).function;
  if (name == "??") return "a kernel";
  constexpr std::string_view kUnnamed = "(anonymous namespace)::";
  for (std::size_t at; (at = name.find(kUnnamed)) != std::string::npos;)
    name.erase(at, kUnnamed.size());
  // void ns::k<(Mode)1, float>(float*): without the type and the parameters.
  if (name.rfind("void ", 0) == 0) name.erase(0, 5);
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    depth += (name[i] == '<') - (name[i] == '>');
    if (name[i] == '(' && depth == 0) return name.substr(0, i);
  }
  return name;
}

void report_fault(const Worker& worker, const LaunchEnd& end, const void* address, const void* at) {
  const std::string place = at == nullptr ? "?" : where(static_cast<const char*>(at) + 1);
  const std::string code = cudaGetErrorName(end.code);
  if (checking()) {
    // What the checks said of this very access tells more.
    if (end.code == cudaErrorIllegalAddress && tell_end("memory", place, code)) return;
    Finding f;
    f.kind = end.kind;
    f.severity = "error";
    f.where = place;
    f.what = std::string(end.what) + "; the launch ends with " + code;
    f.meaning = end.meaning;
    f.kernel = kernel_name(worker.grid()->kernel);
    f.block = triple(view.block);
    f.thread = triple(view.thread);
    tell_finding(std::move(f));
    return;
  }
  char where_to[64] = "";
  if (address != nullptr) std::snprintf(where_to, sizeof where_to, " at %p", address);
  std::fprintf(stderr,
               "cudasim: %s%s\n  %s, kernel %s, block %s, thread %s, seed %llu\n  the launch ends "
               "with %s\n",
               end.what, where_to, as_typed(place).c_str(),
               kernel_name(worker.grid()->kernel).c_str(), triple(view.block).c_str(),
               triple(view.thread).c_str(), static_cast<unsigned long long>(settings().seed),
               code.c_str());
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
  if (checking()) {
    Finding f;
    f.kind = "barrier";
    f.severity = "error";
    f.kernel = kernel_name(worker.grid()->kernel);
    f.block = f.other_block = triple(b.index);
    for (const auto& [key, g] : groups) {
      std::string& place = f.where.empty() ? f.where : f.other;
      std::string& first = f.thread.empty() ? f.thread : f.other_thread;
      if (!place.empty()) continue;
      place = key.second;
      first = triple(worker.index_of(g.first));
      f.what += f.what.empty() ? "deadlock: " : "; at the other place ";
      f.what += std::to_string(g.count) +
                (g.count == 1 ? " thread waits in " : " threads wait in ") + key.first;
    }
    f.meaning =
        "No thread of the block can go on: all threads that have not returned must reach the same "
        "barrier, and all lanes of a mask the same warp operation.";
    f.what += "; the launch ends with " + std::string(cudaGetErrorName(cudaErrorLaunchFailure));
    tell_finding(std::move(f));
    return;
  }
  std::fprintf(stderr,
               "cudasim: deadlock: no thread of block %s of kernel %s can go on (seed %llu)\n",
               triple(b.index).c_str(), kernel_name(worker.grid()->kernel).c_str(),
               static_cast<unsigned long long>(settings().seed));
  for (const auto& [key, g] : groups) {
    std::fprintf(stderr, "  %u thread%s, the first %s, wait%s in %s: %s\n", g.count,
                 g.count == 1 ? "" : "s", triple(worker.index_of(g.first)).c_str(),
                 g.count == 1 ? "s" : "", key.first.c_str(), as_typed(key.second).c_str());
  }
  std::fprintf(stderr, "  the launch ends with %s\n", cudaGetErrorName(cudaErrorLaunchFailure));
}

void report_bad_mask(Worker& worker, unsigned mask, const void* site) {
  if (checking()) {
    Finding f;
    f.kind = "barrier";
    f.severity = "error";
    f.where = where(site);
    f.kernel = kernel_name(worker.grid()->kernel);
    f.block = triple(worker.block().index);
    f.thread = triple(view.thread);
    char text[96];
    std::snprintf(text, sizeof text, "the mask 0x%08x leaves out the caller's own lane %u", mask,
                  view.lane());
    f.what = text;
    f.meaning = "A lane may call a warp operation only with a mask it is part of.";
    add_finding(std::move(f));
    return;
  }
  std::fprintf(stderr,
               "cudasim: thread %s of block %s calls a warp operation whose mask 0x%08x leaves out "
               "its own lane %u: %s\n",
               triple(view.thread).c_str(), triple(worker.block().index).c_str(), mask, view.lane(),
               as_typed(where(site)).c_str());
}

void report_divergent_barrier(Worker& worker, unsigned first, unsigned second) {
  const Block& b = worker.block();
  Finding f;
  f.where = where(b.site[second]);
  f.other = where(b.site[first]);
  if (f.where == f.other) return;  // one barrier, which the compiler wrote twice
  f.kind = "barrier";
  f.severity = "error";
  f.kernel = kernel_name(worker.grid()->kernel);
  f.block = f.other_block = triple(b.index);
  f.thread = triple(worker.index_of(second));
  f.other_thread = triple(worker.index_of(first));
  f.what = "threads of one block meet at two different __syncthreads()";
  f.meaning =
      "__syncthreads() in a branch is allowed only where all threads of the block take it the same "
      "way.";
  add_finding(std::move(f));
}

void report_grid_sync(Worker& worker, const void* site) {
  if (!checking()) {
    std::fprintf(stderr,
                 "cudasim: grid.sync() in a kernel that was not launched with "
                 "cudaLaunchCooperativeKernel\n");
    return;
  }
  Finding f = device_finding(worker, "barrier", "error", site);
  f.what = "grid.sync() in a kernel that was launched with <<<>>>; the launch ends with " +
           std::string(cudaGetErrorName(cudaErrorLaunchFailure));
  f.meaning =
      "Blocks can wait for each other only if all are there at once: launch with "
      "cudaLaunchCooperativeKernel.";
  tell_finding(std::move(f));
}

void report_static_shared(Worker& worker, std::size_t bytes) {
  std::fprintf(stderr,
               "cudasim: kernel %s declares %zu bytes of static shared memory; 49152 are allowed "
               "(nvcc refuses to compile it). Larger arrays need dynamic shared memory.\n",
               kernel_name(worker.grid()->kernel).c_str(), bytes);
}

}  // namespace cudasim
