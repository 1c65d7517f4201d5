// Device functions that wait, and those that ask the machine: the entries from kernels into the
// runtime. Each notes where it was called from, for reports.
#include <time.h>

#include <cstdio>

#include "../include/cooperative_groups.h"
#include "../include/cudasim/ptx.h"
#include "in_runtime.h"
#include "report.h"
#include "schedule.h"
#include "settings.h"

const int warpSize = 32;

#define CUDASIM_SITE __builtin_return_address(0)

namespace cudasim {
namespace {

__attribute__((cold, noinline)) void* called_by_host(const char* function) {
  std::fprintf(stderr, "cudasim: %s called by host code; it is for kernels\n", function);
  return nullptr;
}

inline void* collective(const char* function, Collective operation, unsigned mask,
                        std::uint64_t value, unsigned operand, const void* site) {
  if (view.in_kernel == 0) return called_by_host(function);
  view.in_kernel = 0;
  return this_worker->collective(operation, mask, value, operand, site);
}

Worker* device_thread(const char* function) {
  if (view.in_kernel != 0) return this_worker;
  called_by_host(function);
  return nullptr;
}

}  // namespace

void* arrive_at_block_barrier() {
  if (view.in_kernel == 0) return called_by_host("__syncthreads()");
  view.in_kernel = 0;
  return this_worker->sync_block(CUDASIM_SITE);
}

void* arrive_at_warp_barrier(unsigned mask) {
  return collective("__syncwarp()", Collective::sync, mask, 0, 0, CUDASIM_SITE);
}
void* arrive_at_exchange(unsigned mask, unsigned long long value, unsigned source_lane) {
  return collective("__shfl_sync", Collective::exchange, mask, value, source_lane & 31,
                    CUDASIM_SITE);
}
void* arrive_at_vote(unsigned mask, bool predicate) {
  return collective("a warp vote", Collective::vote, mask, predicate, 0, CUDASIM_SITE);
}
void* arrive_at_match(unsigned mask, unsigned long long value) {
  return collective("__match_any_sync", Collective::match, mask, value, 0, CUDASIM_SITE);
}
void* arrive_at_reduce(unsigned mask, unsigned value, Reduce operation) {
  return collective("a warp reduction", Collective::reduce, mask, value,
                    static_cast<unsigned>(operation), CUDASIM_SITE);
}
void* arrive_at_active_mask() {
  if (view.in_kernel == 0) return called_by_host("__activemask()");
  view.in_kernel = 0;
  return this_worker->active_mask(CUDASIM_SITE);
}
unsigned long long warp_result() { return view.in_kernel == 0 ? 0 : this_worker->warp_result(); }

bool grid_is_cooperative() {
  const Worker* worker = Worker::in_kernel();
  return worker != nullptr && worker->grid()->cooperative;
}

void sync_grid() {
  Worker* worker = device_thread("grid.sync()");
  if (worker == nullptr) return;
  const InRuntime guard;
  if (!worker->grid()->cooperative) {
    cudasim::report_grid_sync(*worker, CUDASIM_SITE);
    worker->fail(cudaErrorLaunchFailure);
  }
  worker->sync_grid(CUDASIM_SITE);
}

void shared_begin(void* variable, size_t bytes, const char* name, unsigned* epoch) {
  if (Worker* worker = Worker::in_kernel()) {
    const InRuntime guard;
    worker->begin_shared(variable, bytes, name, epoch);
  }
}

namespace ptx {
unsigned smid() {
  const Worker* worker = Worker::in_kernel();
  return worker == nullptr ? 0 : worker->number();
}
unsigned nsmid() { return static_cast<unsigned>(settings().workers); }
}  // namespace ptx

}  // namespace cudasim

using cudasim::InRuntime;
using cudasim::Worker;

int __syncthreads_count(int predicate) {
  Worker* worker = cudasim::device_thread("__syncthreads_count()");
  if (worker == nullptr) return 0;
  const InRuntime guard;
  unsigned arrived;
  return static_cast<int>(worker->sync_block_count(CUDASIM_SITE, predicate != 0, &arrived));
}

int __syncthreads_and(int predicate) {
  Worker* worker = cudasim::device_thread("__syncthreads_and()");
  if (worker == nullptr) return 0;
  const InRuntime guard;
  unsigned arrived;
  const unsigned count = worker->sync_block_count(CUDASIM_SITE, predicate != 0, &arrived);
  return count == arrived;
}

int __syncthreads_or(int predicate) {
  Worker* worker = cudasim::device_thread("__syncthreads_or()");
  if (worker == nullptr) return 0;
  const InRuntime guard;
  unsigned arrived;
  return worker->sync_block_count(CUDASIM_SITE, predicate != 0, &arrived) != 0;
}

// Time. A clock tick is a nanosecond: 1 GHz.
long long clock64() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}
unsigned long long __globaltimer() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<unsigned long long>(now.tv_sec) * 1000000000ULL +
         static_cast<unsigned long long>(now.tv_nsec);
}

// clock() is a host function too; in a kernel it counts ticks.
extern "C" clock_t clock() noexcept {
  if (Worker::in_kernel() != nullptr) return static_cast<clock_t>(clock64());
  timespec now;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0) return static_cast<clock_t>(-1);
  return now.tv_sec * CLOCKS_PER_SEC + now.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

// A thread that sleeps lets the others go on.
void __nanosleep(unsigned nanoseconds) {
  Worker* worker = cudasim::device_thread("__nanosleep()");
  if (worker == nullptr) return;
  const InRuntime guard;
  const long long end = clock64() + nanoseconds;
  do {
    worker->yield();
  } while (clock64() < end);
}

void __trap() {
  Worker* worker = cudasim::device_thread("__trap()");
  if (worker == nullptr) __builtin_trap();
  const InRuntime guard;
  const cudasim::LaunchEnd end{"fault", "__trap() called", "The kernel asks for its end.",
                               cudaErrorLaunchFailure};
  cudasim::report_fault(*worker, end, nullptr, static_cast<const char*>(CUDASIM_SITE) - 1);
  worker->fail(cudaErrorLaunchFailure);
}
