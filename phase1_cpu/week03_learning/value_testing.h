// What the tests of Value share: a call stack on which recursion shows, and counting in a text.
#pragma once

#include <sys/resource.h>

#include <cstdlib>
#include <string>

namespace nn::basic {

// For EXPECT_EXIT, which runs it in a child process: ends that with 0 if work() returns true on a
// call stack of 1 MiB. A walk along a chain of kLongChain nodes then has ten bytes for each, less than
// the least a call takes, while the usual 8 MiB may just suffice a recursion in an optimised build.
inline constexpr int kLongChain = 100'000;
template <class F>
[[noreturn]] void run_on_small_stack(const F& work) {
  const rlimit small_stack{1 << 20, 1 << 20}, no_core_file{0, 0};
  setrlimit(RLIMIT_STACK, &small_stack);
  setrlimit(RLIMIT_CORE, &no_core_file);
  std::_Exit(work() ? 0 : 1);
}

// How often `part` stands in `text`; overlapping places count.
inline int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace nn::basic
