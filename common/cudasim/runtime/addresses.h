// Places in the source of addresses in the program's code, from addr2line.
#pragma once
#include <string>
#include <vector>

namespace cudasim {

struct Place {
  std::string function = "??", line = "??:0";
};

// The functions that the code at this address is of, the innermost of those inlined first. The offset
// is from where the module, a file, is loaded. Empty: addr2line is not there, or has ended.
std::vector<Place> places_at(const std::string& module, unsigned long long offset);

}  // namespace cudasim
