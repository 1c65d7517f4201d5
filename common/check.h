// Preconditions. A broken one throws nn::Error, in every build mode, with file, line and both
// values, so that the message alone is enough to find the mistake.
//
//   NN_CHECK(rows >= 0, "rows = ", rows, "; an extent is 0 or more");
//   NN_CHECK_EQ(a.cols(), b.rows(), "the inner extents of a product must agree");
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

// NN_TODO("softmax"): stands in a learner's copy in place of the region they have yet to write.
#define NN_TODO(what)         \
  throw ::nn::NotImplemented( \
      ::nn::detail::cat(__FILE__, ":", __LINE__, ": ", what, " is not written yet"))
