// Errors: their names and texts, and each host thread's last one.
#include <string>

#include "device.h"
#include "finding.h"
#include "report.h"
#include "settings.h"

namespace cudasim {
namespace {

thread_local cudaError_t last_error = cudaSuccess;

}  // namespace

cudaError_t set_last_error(cudaError_t error) {
  if (checking() && error != cudaSuccess && error != cudaErrorNotReady &&
      error != Device::get().sticky()) {
    Finding f;
    f.kind = "api";
    f.severity = "error";
    f.where = where(program_call_address());
    f.what = std::string("a call failed with ") + cudaGetErrorName(error) + ": " +
             cudaGetErrorString(error);
    f.meaning = "The call did nothing; what follows works on what was there before.";
    add_finding(std::move(f));
  }
  if (error != cudaSuccess) last_error = error;
  return error;
}

// A set-up that could not be understood, or an error that ended the context: every call answers it.
cudaError_t context_error() {
  if (settings().problem != nullptr) return cudaErrorInitializationError;
  return Device::get().sticky();
}

}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaGetLastError() {
  const cudaError_t ended = context_error();
  const cudaError_t error = ended != cudaSuccess ? ended : last_error;
  last_error = cudaSuccess;
  return error;
}

cudaError_t cudaPeekAtLastError() {
  const cudaError_t ended = context_error();
  return ended != cudaSuccess ? ended : last_error;
}

const char* cudaGetErrorName(cudaError_t error) {
  switch (error) {
#define X(name, code, text) \
  case name:                \
    return #name;
#include "../include/cudasim/errors.inc"
#undef X
  }
  return "unrecognized error code";
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
#define X(name, code, text) \
  case name:                \
    return text;
#include "../include/cudasim/errors.inc"
#undef X
  }
  return "unrecognized error code";
}

}  // extern "C"
