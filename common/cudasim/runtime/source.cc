// Reads the program's source and symbols for reports. See source.h.
#include "source.h"

#include <unistd.h>

#include <cctype>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <vector>

#include "modules.h"
#include "report.h"

namespace cudasim {
namespace {

// The program's variables, as `nm` lists them.
const std::vector<Variable>& variables() {
  static const auto* all = [] {
    auto* list = new std::vector<Variable>;
    char command[128];
    std::snprintf(command, sizeof command, "nm -C -S --defined-only /proc/%d/exe 2>/dev/null",
                  static_cast<int>(getpid()));
    std::FILE* pipe = popen(command, "r");
    if (pipe == nullptr) return list;
    // Addresses in the file; a program that the system may load anywhere begins at 0 there.
    const auto image = reinterpret_cast<std::uintptr_t>(program_image().begin);
    char line[4096];
    while (std::fgets(line, sizeof line, pipe) != nullptr) {
      unsigned long long address = 0, bytes = 0;
      char type = 0;
      int name = 0;
      // NOLINTNEXTLINE(cert-err34-c): nm writes no number that does not fit
      if (std::sscanf(line, "%llx %llx %c %n", &address, &bytes, &type, &name) != 3 || name == 0)
        continue;
      if (std::string("bBdDrRuvV").find(type) == std::string::npos) continue;
      if (address < image) address += image;
      std::string text = line + name;
      while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
        text.pop_back();
      list->push_back({text, reinterpret_cast<const char*>(address), bytes});
    }
    pclose(pipe);
    return list;
  }();
  return *all;
}

// The name in `&name`, `(void**)&name`, `&this->name`: the last word of the first argument after `at`.
std::string first_argument(const std::string& line, std::size_t at) {
  std::string name;
  int depth = 0;
  for (std::size_t i = at; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '(') {
      ++depth;
    } else if (c == ')') {
      if (--depth < 0) break;
    } else if (c == ',' && depth == 0) {
      break;
    }
    const bool is_word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    const bool continues = i > at && (std::isalnum(static_cast<unsigned char>(line[i - 1])) != 0 ||
                                      line[i - 1] == '_');
    if (is_word && !continues) name.clear();
    if (is_word) name += c;
  }
  return name;
}

}  // namespace

std::string as_typed(std::string text) {
  char here[PATH_MAX];
  if (getcwd(here, sizeof here) == nullptr) return text;
  const std::string folder = std::string(here) + "/";
  if (folder == "//") return text;
  for (std::size_t at; (at = text.find(folder)) != std::string::npos;)
    text.erase(at, folder.size());
  return text;
}

std::string source_line(const std::string& where) {
  const std::size_t colon = where.rfind(':');
  if (colon == std::string::npos) return "";
  std::ifstream file(where.substr(0, colon));
  std::string line;
  for (long n = std::strtol(where.c_str() + colon + 1, nullptr, 10);
       n > 0 && std::getline(file, line); --n) {
  }
  const std::size_t first = line.find_first_not_of(" \t");
  return file && first != std::string::npos ? line.substr(first) : "";
}

std::string array_name(const Allocation& allocation) {
  static const char* const kCalls[] = {"cudaMalloc", "cudaHostAlloc"};
  const std::string line = source_line(where(allocation.made_at));
  std::string name;
  for (const char* call : kCalls) {
    for (std::size_t found = 0; (found = line.find(call, found)) != std::string::npos; ++found) {
      const std::size_t opens = line.find('(', found);
      if (opens == std::string::npos) continue;
      if (!name.empty()) return "array";  // of several calls on a line any may be meant
      name = first_argument(line, opens + 1);
    }
  }
  return name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0 ? "array" : name;
}

Variable find_variable(const void* address) {
  static std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto* at = static_cast<const char*>(address);
  for (const Variable& v : variables()) {
    if (at >= v.base && at < v.base + v.bytes) return v;
  }
  return {};
}

}  // namespace cudasim
