// Findings of the checks: what is wrong, where, and in which thread. Collected while the program runs,
// equal ones counted; printed at its end, as text and as JSON.
#pragma once
#include <string>

namespace cudasim {

// Whether any of the program's files was compiled with checks.
bool checking();
void begin_checking();  // called before main by each file compiled with checks

struct Finding {
  const char* kind = "";      // memory, race, barrier, init, api, assert, fault, hang
  const char* severity = "";  // error, warning
  std::string where;          // file:line of the access or call
  std::string other;          // file:line of the other side of a race; else empty
  std::string what;           // one line: what was done, to what
  std::string address;        // of a memory access: name[index]
  std::string allocation;     // the array that lies in, or how far outside it is
  std::string meaning;        // one sentence: what usually causes it
  std::string kernel;         // empty for host code
  std::string block, thread;
  std::string other_block, other_thread;
};
// Findings of equal kind, place and text are one.
void add_finding(Finding finding);
// The same of one that ends a launch, or the program: printed at once.
void tell_finding(Finding finding);
// Of findings of that kind and place the last, if there is one, is why a launch ends with that error:
// printed at once. False: there is none.
bool tell_end(const std::string& kind, const std::string& where, const std::string& error);
// The program's own innermost call that led here, as an address for where().
const void* program_call_address();
// The instruction; where that is a library's, the program's own call that led there.
const void* own_call(const void* instruction);

}  // namespace cudasim
