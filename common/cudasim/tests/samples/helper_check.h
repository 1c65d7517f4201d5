// helper_check.h - small helpers shared by several of the programs.
#ifndef HELPER_CHECK_H
#define HELPER_CHECK_H

#include <cuda_runtime.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// Stop the program with a message when a runtime call does not succeed.
inline void checkCuda(cudaError_t status, const char* what, const char* file, int line) {
  if (status != cudaSuccess) {
    std::fprintf(stderr, "%s:%d: %s returned %s (%s)\n", file, line, what, cudaGetErrorName(status),
                 cudaGetErrorString(status));
    std::printf("FAILED\n");
    std::exit(EXIT_FAILURE);
  }
}

#define CHECK(call) checkCuda((call), #call, __FILE__, __LINE__)

// Check for launch errors; in debug builds also wait for the kernel.
#define CHECK_LAUNCH()         \
  do {                         \
    CHECK(cudaGetLastError()); \
  } while (0)

// "--name=value" on the command line, with a default.
inline int intOption(int argc, char** argv, const char* name, int fallback) {
  const size_t len = std::strlen(name);
  for (int i = 1; i < argc; ++i) {
    const char* arg = argv[i];
    while (*arg == '-') ++arg;
    if (std::strncmp(arg, name, len) == 0 && arg[len] == '=') return std::atoi(arg + len + 1);
  }
  return fallback;
}

// Is "--name" present?
inline bool hasFlag(int argc, char** argv, const char* name) {
  for (int i = 1; i < argc; ++i) {
    const char* arg = argv[i];
    if (*arg != '-') continue;
    while (*arg == '-') ++arg;
    if (std::strcmp(arg, name) == 0) return true;
  }
  return false;
}

// Mixed absolute / relative comparison.
inline bool nearlyEqual(double a, double b, double tolerance) {
  const double scale = std::fmax(1.0, std::fmax(std::fabs(a), std::fabs(b)));
  return std::fabs(a - b) <= tolerance * scale;
}

// The larger of the two; a NaN counts as infinitely far off and is not forgotten.
inline double worse(double worst, double d) {
  return d <= worst ? worst : d > worst ? d : INFINITY;
}

inline int finish(bool ok) {
  std::printf("%s\n", ok ? "PASSED" : "FAILED");
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif  // HELPER_CHECK_H
