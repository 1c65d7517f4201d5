// Prints the findings at the program's end: as text for people, as JSON for tools.
#pragma once
#include <cstdint>
#include <vector>

#include "finding.h"

namespace cudasim {

struct Collected {
  Finding finding;
  std::uint64_t count = 1;
  bool told = false;  // it was printed when it happened
};

void print_finding(const Collected& collected);

// Those that were not printed yet, and how many there are.
void print_findings(const std::vector<Collected>& all, std::uint64_t left_out);
// To the file that CUDASIM_JSON names.
void write_findings(const std::vector<Collected>& all, std::uint64_t left_out, const char* path);

}  // namespace cudasim
