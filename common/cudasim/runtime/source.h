// What the program's source says at a place: for reports.
#pragma once
#include <string>

#include "memory.h"

namespace cudasim {

// The line at "file:line", without its indentation; empty if the file cannot be read.
std::string source_line(const std::string& where);
// A text for people: files below the current folder are named as a reader there would type them.
std::string as_typed(std::string text);
// What the program calls an allocation: x where the source says cudaMalloc(&x, ..), else "array".
std::string array_name(const Allocation& allocation);

// A variable of the program, by the linker's table of symbols; its name is empty where there is none.
struct Variable {
  std::string name;
  const char* base = nullptr;
  std::size_t bytes = 0;
};
Variable find_variable(const void* address);

}  // namespace cudasim
