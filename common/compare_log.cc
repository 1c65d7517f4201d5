#include "common/compare_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "common/check.h"

namespace nn {
namespace {

std::atomic<TestName> test_name{nullptr};

const char* log_path() {
  const char* path = std::getenv("NN_COMPARE_LOG");
  return path != nullptr && *path != '\0' ? path : nullptr;
}

void append_line(const char* path, const std::string& line) {
  const int file = ::open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  NN_CHECK(file >= 0, "NN_COMPARE_LOG=", path, " cannot be opened: ", std::strerror(errno));
  const ssize_t written = ::write(file, line.data(), line.size());
  const int write_error = errno;
  const bool closed = ::close(file) == 0;
  NN_CHECK(written == std::ssize(line) && closed, "NN_COMPARE_LOG=", path, ": wrote ", written,
           " of ", line.size(), " bytes: ", std::strerror(written < 0 ? write_error : errno));
}

}  // namespace

void name_comparisons_by(TestName name) { test_name = name; }

bool comparison_log_wanted() { return log_path() != nullptr; }

double comparison_scale() {
  const char* text = std::getenv("NN_COMPARE_SCALE");
  if (text == nullptr || *text == '\0' || !comparison_log_wanted()) return 1;
  char* end = nullptr;
  const double scale = std::strtod(text, &end);
  NN_CHECK(*end == '\0' && scale >= 1 && std::isfinite(scale), "NN_COMPARE_SCALE is '", text,
           "'; it may be a finite number of 1 or more");
  return scale;
}

void log_comparison(const Comparison& c, WantProperties want, bool guarded) {
  const char* path = log_path();
  if (path == nullptr) return;
  const TestName present_test = test_name;
  // ordered_json keeps the order of the header's example; dump() writes NaN and inf as null.
  const nlohmann::ordered_json line = {
      {"test", present_test != nullptr ? present_test() : ""},
      {"shape", c.shape},
      {"count", c.count},
      {"max_error", c.max_abs_error},
      {"max_allowed", c.max_allowed},
      {"max_ratio", c.max_ratio},
      {"largest_want", want.largest},
      {"roundoff", want.roundoff},
      {"loosened", comparison_scale()},
      {"exact", c.max_allowed == 0},
      {"constant", want.constant},
      {"symmetric", want.symmetric},
      {"guarded", guarded},
      {"wrong", c.wrong},
      {"looks", name(c.looks)},
  };
  append_line(path, line.dump() + "\n");
}

}  // namespace nn
