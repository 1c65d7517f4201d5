// Errors nobody looked at. See api_errors.h.
#include "api_errors.h"

#include <cstdio>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "../include/cuda_runtime_api.h"
#include "finding.h"
#include "report.h"
#include "source.h"

namespace cudasim {
namespace {

struct Unseen {
  std::thread::id host_thread;
  cudaError_t error;
  const void* at;  // the call
  std::string reason;
};
struct AllUnseen {
  std::mutex mutex;
  std::vector<Unseen> list;
};
AllUnseen& unseen() {
  static auto* instance = new AllUnseen;
  return *instance;
}

// Whether the instruction that a call returns to takes the code from register eax: a test, a comparison,
// a move out of it, an extension of its sign (Intel SDM, volume 2: 85, 39, 3d, 83 /7; 89; 63, 98).
bool is_used_at_once(const void* return_address) {
  const auto* code = static_cast<const unsigned char*>(return_address);
  const unsigned rex = (*code & 0xf0) == 0x40 ? *code++ : 0;
  const unsigned modrm = code[1];
  switch (code[0]) {
    case 0x85:
    case 0x89:
    case 0x39:
      return (rex & 4) == 0 && (modrm >> 3 & 7) == 0;
    case 0x83:
      return (rex & 1) == 0 && modrm == 0xf8;
    case 0x63:
      return (rex & 1) == 0 && (modrm & 0xc7) == 0xc0;
    case 0x3d:
    case 0x98:
      return true;
    default:
      return false;
  }
}

thread_local std::string next_reason;

// The program asks for the error, which says less than the reason: that is told, once for each place.
void tell_reason(const void* at, cudaError_t error, const std::string& reason) {
  static auto& mutex = *new std::mutex;
  static auto& told = *new std::set<std::string>;
  if (reason.empty()) return;
  const std::string line = as_typed(where(at) + ": " + cudaGetErrorName(error) + ": " + reason);
  const std::lock_guard<std::mutex> lock(mutex);
  if (told.insert(line).second) std::fprintf(stderr, "cudasim: %s\n", line.c_str());
}

template <class F>
void erase(F is_seen) {
  std::vector<Unseen> seen;
  {
    AllUnseen& all = unseen();
    const std::lock_guard<std::mutex> lock(all.mutex);
    std::erase_if(all.list, [&](const Unseen& u) {
      const bool erased = u.host_thread == std::this_thread::get_id() && is_seen(u);
      if (erased) seen.push_back(u);
      return erased;
    });
  }
  for (const Unseen& u : seen) tell_reason(u.at, u.error, u.reason);
}

}  // namespace

void note_reason(std::string reason) { next_reason = std::move(reason); }

void note_error(cudaError_t error) {
  const void* at = program_call_address();
  const std::string reason = std::exchange(next_reason, "");
  if (at != nullptr && is_used_at_once(at)) {
    tell_reason(at, error, reason);
    return;
  }
  AllUnseen& all = unseen();
  const std::lock_guard<std::mutex> lock(all.mutex);
  all.list.push_back({std::this_thread::get_id(), error, at, reason});
}

void note_look() {
  if (checking()) erase([](const Unseen&) { return true; });
}

void note_look_at(cudaError_t error) {
  if (checking()) erase([=](const Unseen& u) { return u.error == error; });
}

void report_unseen_errors() {
  std::vector<Unseen> left;
  {
    AllUnseen& all = unseen();
    const std::lock_guard<std::mutex> lock(all.mutex);
    left.swap(all.list);
  }
  for (const Unseen& u : left) {
    Finding f;
    f.kind = "api";
    f.severity = "error";
    f.where = where(u.at);
    f.what = std::string("a call failed with ") + cudaGetErrorName(u.error) + " (" +
             cudaGetErrorString(u.error) + ")" + (u.reason.empty() ? "" : ": " + u.reason) +
             "; the program never looked at the error";
    f.meaning =
        "The call did nothing, and what follows works on what was there before: look at what each "
        "call returns, and at cudaGetLastError() after each launch.";
    add_finding(std::move(f));
  }
}

}  // namespace cudasim
