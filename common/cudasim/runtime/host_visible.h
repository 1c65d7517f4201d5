// Memory that host and device share, pinned and managed: what the device has written there may not be
// touched by the host before a call that waits for the device. With checks only.
//
// In the shadow (global_shadow.h) such memory counts as written from the start, and for kernels' writes as
// "look at it closely"; a write that was looked at lets the next ones to that word pass, until the host
// has waited.
#pragma once
#include <cstddef>

#include "memory.h"

namespace cudasim {

// True on threads that do the device's work: host functions in streams come in order by themselves.
extern thread_local bool serves_device;

inline bool is_host_visible(const Allocation& a) {
  return a.type == cudaMemoryTypeHost || a.type == cudaMemoryTypeManaged;
}

// The host gives the device work, and goes on.
void note_device_work();
// The device wrote to an allocation that the host sees.
void note_device_write(const Allocation& allocation, const char* address, std::size_t bytes);
// The host has waited for the device, or for a part of its work.
void note_host_waited();
// Whether the host may touch the bytes; work under way is given a moment to come that far.
bool host_may_touch(const char* address, std::size_t bytes);

}  // namespace cudasim
