// Findings as text and as JSON. See finding_output.h.
#include "finding_output.h"

#include <cctype>
#include <cstdio>
#include <fstream>
#include <utility>

#include "global_shadow.h"
#include "settings.h"
#include "source.h"

namespace cudasim {
namespace {

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

void print_line(const std::string& where) {
  const std::string line = source_line(where);
  if (!line.empty()) std::fprintf(stderr, "    %s\n", line.c_str());
}

}  // namespace

void print_finding(const Collected& c) {
  const Finding& f = c.finding;
  std::string kind = f.kind;
  for (char& letter : kind) letter = static_cast<char>(std::toupper(letter));
  std::fprintf(stderr, "%s %s %s: %s\n", kind.c_str(), f.severity, as_typed(f.where).c_str(),
               as_typed(f.what).c_str());
  print_line(f.where);
  if (!f.other.empty()) {
    std::fprintf(stderr, "    against %s", as_typed(f.other).c_str());
    if (!f.other_thread.empty()) {
      std::fprintf(stderr, " by thread %s", f.other_thread.c_str());
      if (!f.other_block.empty() && f.other_block != f.block)
        std::fprintf(stderr, " of block %s", f.other_block.c_str());
    }
    std::fprintf(stderr, "\n");
    if (f.other != f.where) print_line(f.other);
  }
  if (!f.thread.empty()) {
    std::fprintf(stderr, "    kernel %s, block %s, thread %s\n", f.kernel.c_str(), f.block.c_str(),
                 f.thread.c_str());
  }
  std::fprintf(stderr, "    %s\n", f.meaning.c_str());
  if (c.count > 1) {
    std::fprintf(stderr, "    %llu times in all\n", static_cast<unsigned long long>(c.count));
  }
}

void print_findings(const std::vector<Collected>& all, std::uint64_t left_out) {
  for (const Collected& c : all) {
    if (!c.told) print_finding(c);
  }
  if (left_out > 0) {
    std::fprintf(stderr, "cudasim: %llu more findings, of kinds and places beyond the first %zu\n",
                 static_cast<unsigned long long>(left_out), all.size());
  }
  if (!all.empty()) {
    // The seed alone sets the order of a block's threads, but the order of blocks only for one worker.
    std::fprintf(stderr,
                 "cudasim: %zu finding%s; with CUDASIM_SEED=%llu CUDASIM_WORKERS=1 every run has "
                 "the same order of blocks and threads\n",
                 all.size(), all.size() == 1 ? "" : "s",
                 static_cast<unsigned long long>(settings().seed));
  }
}

void write_findings(const std::vector<Collected>& all, std::uint64_t left_out, const char* path) {
  std::ofstream out(path);
  out << "{\"seed\": " << settings().seed << ", \"findings\": [";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Finding& f = all[i].finding;
    const std::pair<const char*, std::string> fields[] = {
        {"kind", f.kind},
        {"severity", f.severity},
        {"where", f.where},
        {"source", source_line(f.where)},
        {"what", f.what},
        {"address", f.address},
        {"allocation", f.allocation},
        {"other", f.other},
        {"other_source", f.other.empty() ? "" : source_line(f.other)},
        {"meaning", f.meaning},
        {"kernel", f.kernel},
        {"block", f.block},
        {"thread", f.thread},
        {"other_block", f.other_block},
        {"other_thread", f.other_thread}};
    out << (i == 0 ? "\n  {" : ",\n  {");
    for (const auto& [name, value] : fields)
      out << '"' << name << "\": " << json_string(value) << ", ";
    out << "\"seed\": " << settings().seed << ", \"count\": " << all[i].count << "}";
  }
  out << "\n], \"left_out\": " << left_out
      << ",\n \"memory\": {\"device_bytes\": " << device_use.most()
      << ", \"shared_bytes\": " << shared_use.most() << ", \"shadow_bytes\": " << shadow_use.most()
      << "}}\n";
  if (!out.flush()) std::fprintf(stderr, "cudasim: CUDASIM_JSON: cannot write %s\n", path);
}

}  // namespace cudasim
