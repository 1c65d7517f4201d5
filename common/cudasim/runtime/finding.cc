// Findings: collecting and printing them. See finding.h.
#include "finding.h"

#include <execinfo.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <vector>

#include "memory.h"
#include "printf.h"
#include "report.h"
#include "settings.h"

namespace cudasim {
namespace {

constexpr std::size_t kMostFindings = 100;  // different ones

struct Collected {
  Finding finding;
  std::uint64_t count = 1;
};
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

// The line of the source, if the file can be read.
std::string source_line(const std::string& where) {
  const std::size_t colon = where.rfind(':');
  if (colon == std::string::npos) return "";
  std::ifstream file(where.substr(0, colon));
  std::string line;
  for (int n = std::atoi(where.c_str() + colon + 1); n > 0 && std::getline(file, line); --n) {
  }
  const std::size_t first = line.find_first_not_of(" \t");
  return file && first != std::string::npos ? line.substr(first) : "";
}

std::string json_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 32) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", c);
      out += code;
    } else {
      out += c;
    }
  }
  return out + '"';
}

void print_text(const Findings& f) {
  for (const Collected& c : f.all) {
    const Finding& x = c.finding;
    std::string head = x.kind;
    for (char& letter : head)
      letter = static_cast<char>(letter - ('a' <= letter && letter <= 'z' ? 32 : 0));
    std::fprintf(stderr, "%s %s %s: %s\n", head.c_str(), x.severity, x.where.c_str(),
                 x.what.c_str());
    const std::string line = source_line(x.where);
    if (!line.empty()) std::fprintf(stderr, "    %s\n", line.c_str());
    if (!x.other.empty()) {
      std::fprintf(stderr, "    against %s%s%s\n", x.other.c_str(),
                   x.other_thread.empty() ? "" : " by thread ", x.other_thread.c_str());
    }
    if (!x.thread.empty()) {
      std::fprintf(stderr, "    kernel %s, block %s, thread %s\n", x.kernel.c_str(),
                   x.block.c_str(), x.thread.c_str());
    }
    std::fprintf(stderr, "    %s\n", x.meaning.c_str());
    if (c.count > 1) {
      std::fprintf(stderr, "    %llu times in all\n", static_cast<unsigned long long>(c.count));
    }
  }
  if (f.left_out > 0) {
    std::fprintf(stderr, "cudasim: %llu more findings, of kinds and places beyond the first %zu\n",
                 static_cast<unsigned long long>(f.left_out), kMostFindings);
  }
  if (!f.all.empty()) {
    std::fprintf(stderr,
                 "cudasim: %zu finding%s; CUDASIM_SEED=%llu repeats this order of threads\n",
                 f.all.size(), f.all.size() == 1 ? "" : "s",
                 static_cast<unsigned long long>(settings().seed));
  }
}

void write_json(const Findings& f, const char* path) {
  std::ofstream out(path);
  out << "{\"seed\": " << settings().seed << ", \"findings\": [";
  for (std::size_t i = 0; i < f.all.size(); ++i) {
    const Finding& x = f.all[i].finding;
    const std::pair<const char*, std::string> fields[] = {
        {"kind", x.kind},     {"severity", x.severity},
        {"where", x.where},   {"what", x.what},
        {"other", x.other},   {"meaning", x.meaning},
        {"kernel", x.kernel}, {"block", x.block},
        {"thread", x.thread}, {"other_thread", x.other_thread}};
    out << (i == 0 ? "\n  {" : ",\n  {");
    for (const auto& [name, value] : fields)
      out << '"' << name << "\": " << json_string(value) << ", ";
    out << "\"count\": " << f.all[i].count << "}";
  }
  out << "\n], \"left_out\": " << f.left_out << "}\n";
  if (!out.flush()) std::fprintf(stderr, "cudasim: CUDASIM_JSON: cannot write %s\n", path);
}

// At the program's end: a program that found nothing else wrong ends with 1 if there are findings.
void finish(int status, void*) {
  report_leaks();
  Findings& f = findings();
  const std::lock_guard<std::mutex> lock(f.mutex);
  print_text(f);
  if (const char* path = std::getenv("CUDASIM_JSON"); path != nullptr && *path != '\0')
    write_json(f, path);
  const char* exit_setting = std::getenv("CUDASIM_EXIT");
  const bool only_print = exit_setting != nullptr && std::strcmp(exit_setting, "0") == 0;
  if (status == 0 && !f.all.empty() && !only_print) {
    std::fflush(nullptr);
    _exit(1);
  }
}

}  // namespace

bool checking() { return checks_on; }

// Called from each file compiled with checks, before main.
int begin_checking() {
  if (!checks_on) {
    checks_on = true;
    on_exit(finish, nullptr);
  }
  return 1;
}

void add_finding(Finding finding) {
  Findings& f = findings();
  const std::lock_guard<std::mutex> lock(f.mutex);
  const std::string key =
      finding.kind + ('|' + finding.where) + '|' + finding.other + '|' + finding.meaning;
  const auto [at, is_new] = f.by_key.emplace(key, f.all.size());
  if (!is_new) {
    if (at->second < f.all.size()) {
      ++f.all[at->second].count;
    }
    return;
  }
  if (f.all.size() >= kMostFindings) {
    at->second = ~std::size_t{0};
    ++f.left_out;
    return;
  }
  f.all.push_back({std::move(finding)});
}

const void* program_call_address() {
  void* frames[48];
  const int count = backtrace(frames, 48);
  for (int i = 1; i < count; ++i) {
    if (is_programs_own(frames[i])) return frames[i];
  }
  return nullptr;
}

}  // namespace cudasim
