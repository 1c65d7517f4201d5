// Findings: collecting them, and the program's end. See finding.h.
#include "finding.h"

#include <execinfo.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "api_errors.h"
#include "device.h"
#include "finding_output.h"
#include "memory.h"
#include "report.h"

namespace cudasim {
namespace {

constexpr std::size_t kMostFindings = 100;  // different ones

struct Findings {
  std::mutex mutex;
  std::vector<Collected> all;
  std::map<std::string, std::size_t> by_key;
  std::uint64_t left_out = 0;
};
Findings& findings() {
  static auto* instance = new Findings;
  return *instance;
}

bool checks_on = false;

// Under the mutex. Null: it is one beyond the limit.
Collected* collect(Finding finding) {
  Findings& f = findings();
  const std::string key =
      finding.kind + ('|' + finding.where) + '|' + finding.other + '|' + finding.meaning;
  const auto [at, is_new] = f.by_key.emplace(key, f.all.size());
  if (!is_new) {
    if (at->second >= f.all.size()) return nullptr;
    ++f.all[at->second].count;
    return &f.all[at->second];
  }
  if (f.all.size() >= kMostFindings) {
    at->second = ~std::size_t{0};
    ++f.left_out;
    return nullptr;
  }
  f.all.push_back({std::move(finding)});
  return &f.all.back();
}

void tell(Collected* c) {
  if (!c->told) print_finding(*c);
  c->told = true;
}

// At the program's end: a program that found nothing else wrong ends with 1 if there are findings.
void finish(int status, void*) {
  report_unseen_errors();
  // A program that an error ended could free nothing, or gave up; its leaks are no news.
  if (status == 0 && Device::get().sticky() == cudaSuccess) report_leaks();
  Findings& f = findings();
  const std::lock_guard<std::mutex> lock(f.mutex);
  print_findings(f.all, f.left_out);
  if (const char* path = std::getenv("CUDASIM_JSON"); path != nullptr && *path != '\0')
    write_findings(f.all, f.left_out, path);
  const char* exit_setting = std::getenv("CUDASIM_EXIT");
  const bool only_print = exit_setting != nullptr && std::strcmp(exit_setting, "0") == 0;
  if (status == 0 && !f.all.empty() && !only_print) {
    std::fflush(nullptr);
    _exit(1);
  }
}

}  // namespace

bool checking() { return checks_on; }

void begin_checking() {
  if (!checks_on) {
    checks_on = true;
    on_exit(finish, nullptr);
  }
}

void add_finding(Finding finding) {
  const std::lock_guard<std::mutex> lock(findings().mutex);
  collect(std::move(finding));
}

void tell_finding(Finding finding) {
  const std::lock_guard<std::mutex> lock(findings().mutex);
  if (Collected* c = collect(std::move(finding))) tell(c);
}

bool tell_end(const std::string& kind, const std::string& where, const std::string& error) {
  Findings& f = findings();
  const std::lock_guard<std::mutex> lock(f.mutex);
  for (auto c = f.all.rbegin(); c != f.all.rend(); ++c) {
    if (c->finding.kind != kind || c->finding.where != where) continue;
    if (!c->told) c->finding.what += "; the launch ends with " + error;
    tell(&*c);
    return true;
  }
  return false;
}

const void* program_call_address() {
  void* frames[48];
  const int count = backtrace(frames, 48);
  for (int i = 1; i < count; ++i) {
    if (is_programs_own(frames[i])) return frames[i];
  }
  return nullptr;
}

const void* own_call(const void* instruction) {
  if (instruction == nullptr || is_programs_own(instruction)) return instruction;
  const void* call = program_call_address();
  return call == nullptr ? instruction : call;
}

}  // namespace cudasim
