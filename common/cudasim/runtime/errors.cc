// Errors: their names and texts, and each host thread's last one.
#include "api_errors.h"
#include "device.h"
#include "finding.h"
#include "in_runtime.h"
#include "report.h"
#include "settings.h"
#include "worker.h"

namespace cudasim {
namespace {

thread_local cudaError_t last_error = cudaSuccess;

}  // namespace

cudaError_t set_last_error(cudaError_t error) {
  if (checking() && error != cudaSuccess && error != cudaErrorNotReady &&
      error != Device::get().sticky()) {
    note_error(error);
  }
  if (error != cudaSuccess) last_error = error;
  return error;
}

// CUDA has a part of the runtime for kernels, with which they launch others; it is not modelled, and
// the host's would wait for the very kernel that calls it. So the launch ends.
void refuse_in_kernel() {
  if (Worker* worker = Worker::in_kernel()) {
    const InRuntime guard;
    const auto* call = static_cast<const char*>(program_call_address());
    const LaunchEnd end{"api", "a call of the runtime from within a kernel is not modelled",
                        "Kernels that launch others, or ask the runtime, need a GPU: call it from "
                        "the host.",
                        cudaErrorNotSupported};
    report_fault(*worker, end, nullptr, call == nullptr ? nullptr : call - 1);
    worker->fail(cudaErrorNotSupported);
  }
}

// A set-up that could not be understood, or an error that ended the context: every call answers it.
cudaError_t context_error() {
  refuse_in_kernel();
  if (settings().problem != nullptr) return cudaErrorInitializationError;
  return Device::get().sticky();
}

}  // namespace cudasim

using namespace cudasim;

extern "C" {

cudaError_t cudaGetLastError() {
  note_look();
  const cudaError_t ended = context_error();
  const cudaError_t error = ended != cudaSuccess ? ended : last_error;
  last_error = cudaSuccess;
  return error;
}

cudaError_t cudaPeekAtLastError() {
  note_look();
  const cudaError_t ended = context_error();
  return ended != cudaSuccess ? ended : last_error;
}

const char* cudaGetErrorName(cudaError_t error) {
  note_look_at(error);
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
  note_look_at(error);
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
