// What the environment may set. See settings.h.
#include "settings.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include "finding.h"

namespace cudasim {
namespace {

// The variable's value as a number in [low, high], or `otherwise` where it is not set. A value that
// is none is reported, and the device then fails to initialise: never a silent default.
double number(const char* name, double otherwise, double low, double high, const char* allowed,
              std::string* problem) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return otherwise;
  char* end = nullptr;
  errno = 0;
  const double value = std::strtod(text, &end);
  if (errno != 0 || *end != '\0' || !(value >= low && value <= high)) {
    *problem += std::string(name) + " is '" + text + "'; it may be " + allowed + ". ";
    return otherwise;
  }
  return value;
}

Settings read_settings() {
  static std::string problem;
  const unsigned cores = std::thread::hardware_concurrency();
  Settings s{};
  s.workers = static_cast<int>(number("CUDASIM_WORKERS", cores == 0 ? 1 : cores, 1, 256,
                                      "a whole number from 1 to 256", &problem));
  s.seed = static_cast<std::uint64_t>(
      number("CUDASIM_SEED", 1, 0, 9007199254740992.0, "a whole number from 0 to 2^53", &problem));
  s.watchdog = number("CUDASIM_WATCHDOG", 30, 0.1, 1e6, "seconds, from 0.1 to 1000000", &problem);
  s.global_races = number("CUDASIM_CHECK_GLOBAL", 0, 0, 1, "0 or 1", &problem) == 1;
  if (s.global_races && checking()) s.workers = 1;
  const char* blocking = std::getenv("CUDA_LAUNCH_BLOCKING");
  s.blocking_launches = blocking != nullptr && std::strcmp(blocking, "1") == 0;
  s.problem = problem.empty() ? nullptr : problem.c_str();
  if (s.problem != nullptr) std::fprintf(stderr, "cudasim: %s\n", s.problem);
  return s;
}

}  // namespace

const Settings& settings() {
  static const Settings s = read_settings();
  return s;
}

}  // namespace cudasim
