// Writes past the end of static shared arrays. See overrun.h.
#include "overrun.h"

#include <cstdio>
#include <cstring>
#include <vector>

#include "../include/cuda_runtime_api.h"
#include "../include/cudasim/shared.h"
#include "finding.h"
#include "report.h"
#include "worker.h"

namespace cudasim {
namespace {

// Filled before main, then only read.
std::vector<char* (*)()>& gaps() {
  static auto* all = new std::vector<char* (*)()>;
  return *all;
}

}  // namespace

int register_file_gap(char* (*address)()) {
  gaps().push_back(address);
  return 1;
}

void check_overrun(Worker& worker) {
  static const char kUntouched[CUDASIM_FILE_GAP] = {};
  for (char* (*address)() : gaps()) {
    char* gap = address();
    if (std::memcmp(gap, kUntouched, sizeof kUntouched) == 0) continue;
    std::memset(gap, 0, sizeof kUntouched);
    if (worker.grid()->error != cudaSuccess) continue;  // it has been told why the launch ends
    worker.grid()->fail(cudaErrorIllegalAddress);
    std::fprintf(
        stderr,
        "cudasim: kernel %s wrote past the end of a shared array; compiled with --check it "
        "says where\n  the launch ends with %s\n",
        kernel_name(worker.grid()->kernel).c_str(), cudaGetErrorName(cudaErrorIllegalAddress));
  }
}

}  // namespace cudasim
