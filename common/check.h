// Preconditions. A broken one throws nn::Error, in every build mode, with file, line and both
// values, so that the message alone is enough to find the mistake.
//
//   NN_CHECK(rows >= 0, "rows = ", rows, "; an extent is 0 or more");
//   NN_CHECK_EQ(a.cols(), b.rows(), "the inner extents of a product must agree");
//   NN_CHECK_AT(caller, row < rows, "there is no row ", row);   names the caller's file and line
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace nn {

// What every failed precondition and every refused input throws. what() is one line for a person.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What an exercise that is not written yet throws. A test that meets it fails; it does not crash.
class NotImplemented : public Error {
 public:
  using Error::Error;
};

// Where a function was called, for a message about an argument that only its caller can mend:
//   double at(int i, CallSite caller = CallSite::here());
// std::source_location would be this type, but clang++ 14 does not have it.
struct CallSite {
  const char* file;
  int line;
  static constexpr CallSite here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

namespace detail {

// cat("rows = ", 3): its arguments one after the other, as operator<< prints them.
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::ostringstream out;
  ((out << parts), ...);
  return out.str();
}

template <class... Parts>
[[noreturn]] void fail(const char* file, int line, const Parts&... parts) {
  throw Error(cat(file, ":", line, ": ", parts...));
}

// Takes its parts by value, and so from registers: a reference to an argument would make a small
// checked function keep it in memory on the way on which nothing fails.
template <class... Parts>
[[noreturn]] void fail_at(CallSite caller, Parts... parts) {
  fail(caller.file, caller.line, parts...);
}

// Kept apart from the macro so that each operand is evaluated once.
template <class A, class B, class... Parts>
void check_eq(const A& a, const B& b, const char* text, const char* file, int line,
              const Parts&... parts) {
  if (!(a == b)) {
    std::string more = cat(parts...);
    if (!more.empty()) more.insert(0, "; ");
    fail(file, line, text, " does not hold: ", a, " against ", b, more);
  }
}

}  // namespace detail
}  // namespace nn

// __FILE__ is relative to the repository here: the build passes -fmacro-prefix-map.

// NN_CHECK(condition, parts...): throws nn::Error "file:line: `condition` does not hold: parts".
#define NN_CHECK(condition, ...)                                                           \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      ::nn::detail::fail(__FILE__, __LINE__, "`", #condition,                              \
                         "` does not hold" __VA_OPT__(, ": ") __VA_OPT__(, ) __VA_ARGS__); \
    }                                                                                      \
  } while (false)

// NN_CHECK_EQ(a, b, parts...): throws nn::Error with the text and the value of both sides.
#define NN_CHECK_EQ(a, b, ...)                                     \
  ::nn::detail::check_eq((a), (b), "`" #a " == " #b "`", __FILE__, \
                         __LINE__ __VA_OPT__(, ) __VA_ARGS__)

// NN_CHECK_AT(caller, condition, parts...): throws nn::Error "file:line: parts", of a CallSite. The
// condition is not quoted, since its names mean nothing to the caller: the parts say it all.
#define NN_CHECK_AT(caller, condition, ...)                         \
  do {                                                              \
    if (!(condition)) ::nn::detail::fail_at((caller), __VA_ARGS__); \
  } while (false)

// NN_TODO("softmax"): stands in a learner's copy in place of the region they have yet to write.
#define NN_TODO(what)         \
  throw ::nn::NotImplemented( \
      ::nn::detail::cat(__FILE__, ":", __LINE__, ": ", what, " is not written yet"))

// NN_TODO_KERNEL("block_sum_kernel"): the same in a kernel, which cannot throw and must not trap: that
// would end the tests after it too. It does nothing; the starter fails by its launcher's NN_TODO.
#define NN_TODO_KERNEL(what) static_cast<void>(what)
