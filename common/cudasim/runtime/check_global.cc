// Checks of device memory: bounds, freed memory, values never written; and of host code that touches it.
#include <cstdio>

#include "check.h"
#include "global_shadow.h"
#include "host_visible.h"
#include "memory.h"
#include "report.h"
#include "shape.h"
#include "source.h"
#include "variables.h"
#include "worker.h"

namespace cudasim {
namespace {

std::string hex(const void* address) {
  char text[32];
  std::snprintf(text, sizeof text, "%p", address);
  return text;
}

// The access by its array: the name where the program's source tells one, and the index.
void name_element(Finding* f, const Allocation& a, const MemoryAccess& access) {
  const std::ptrdiff_t offset = access.address - a.base;
  const std::string name = array_name(a);
  f->address =
      name + "[" + std::to_string(offset / static_cast<std::ptrdiff_t>(access.bytes)) + "]";
  f->allocation = relation(access, a.base, a.bytes) + "the array of " + std::to_string(a.bytes) +
                  " bytes allocated at " + where(a.made_at);
}

// Why an index may have left the array: told by where it went.
const char* leaving(Worker& worker, const Allocation& a, const MemoryAccess& access) {
  const Grid& grid = *worker.grid();
  const std::ptrdiff_t offset = access.address - a.base,
                       size = static_cast<std::ptrdiff_t>(a.bytes);
  if (offset < 0) {
    return "The index is below zero: one subtracted at the array's beginning, or an index that is "
           "computed from one that is not there.";
  }
  if (offset < size) {
    return "The access is wider than what is left of the array: read the last elements one by one.";
  }
  const bool last_block = view.block.x + 1 == grid.grid.x || view.block.y + 1 == grid.grid.y;
  if (grid.threads > 1 && last_block &&
      offset - size < static_cast<std::ptrdiff_t>(grid.threads * access.bytes)) {
    return "The index leaves the array: the guard on the last, partly filled block is the usual "
           "cause.";
  }
  return "The index leaves the array: hold how it is computed against the array's size.";
}

void report_global(Worker& worker, const MemoryAccess& access) {
  Finding f = device_finding(worker, "memory", "error", access.at);
  const Neighbour n = nearest_allocation(access.address);
  f.address = access.address == nullptr ? "a null pointer" : hex(access.address);
  if (n.allocation.base != nullptr) {
    name_element(&f, n.allocation, access);
    if (n.freed) {
      f.allocation = "in memory that was freed: " +
                     f.allocation.substr(f.allocation.rfind("in ", 0) == 0 ? 3 : 0);
      f.meaning = "The array was freed with cudaFree before this kernel ran, or while it ran.";
    } else {
      f.meaning = leaving(worker, n.allocation, access);
    }
  } else {
    f.allocation = "where there is no device memory";
    f.meaning = access.address == nullptr ? "The pointer is null."
                : reinterpret_cast<std::uintptr_t>(access.address) < 65536
                    ? "Almost null: a member, or an element, of what a null pointer should name."
                    : "The pointer was never set, or computed wrongly.";
  }
  f.what = access_text(access) + " at " + f.address + ", " + f.allocation;
  add_finding(std::move(f));
}

void report_unwritten(Worker& worker, const MemoryAccess& access) {
  Finding f = device_finding(worker, "init", "error", access.at);
  name_element(&f, find_allocation(access.address), access);
  f.what = access_text(access) + " at " + f.address + ", never written, " + f.allocation;
  f.meaning = "cudaMalloc does not clear memory: copy, cudaMemset or write the element first.";
  add_finding(std::move(f));
}

}  // namespace

void name_address(Finding* finding, const MemoryAccess& access) {
  const Allocation a = find_allocation(access.address);
  if (a.base != nullptr) {
    name_element(finding, a, access);
    return;
  }
  Variable v;
  if (const DeviceVariable* known = variable_at(access.address)) {
    v = {known->name, known->base, known->bytes};
  } else {
    v = find_variable(access.address);
  }
  if (v.base == nullptr) {
    finding->address = hex(access.address);
    return;
  }
  finding->address = element_name(v.name, v.base, access.address - v.base, access.bytes);
  finding->allocation = relation(access, v.base, v.bytes) + "variable " + v.name + " of " +
                        std::to_string(v.bytes) + " bytes";
}

void check_global(Worker& worker, const MemoryAccess& access) {
  if (global_shadow == nullptr || !in_device_range(access.address) ||
      !shadow_accessible(access.address, access.bytes)) {
    report_global(worker, access);
    return;
  }
  worker.block().check->check_race(worker, access);
  if (access.write) {
    const Allocation a = find_allocation(access.address);
    if (is_host_visible(a)) {
      note_device_write(a, access.address, access.bytes);
      return;
    }
  }
  if (access.write && !access.atomic) {
    mark_shadow_written(access.address, access.bytes);
  } else if (!enough_written(access, shadow_written_in_part)) {
    report_unwritten(worker, access);
    if (access.write) mark_shadow_written(access.address, access.bytes);
  }
}

void check_host(const MemoryAccess& access) {
  if (!in_device_range(access.address)) return;
  const Allocation a = find_allocation(access.address);
  if (is_host_visible(a)) {
    if (host_may_touch(access.address, access.bytes)) return;
    Finding f;
    f.kind = "api";
    f.severity = "error";
    f.where = where(own_call(access.at));
    name_element(&f, a, access);
    f.what = access_text(access) + " by host code at " + f.address + ", " + f.allocation +
             ", which the device wrote";
    f.meaning =
        "A launch and an asynchronous copy return at once: the host must wait, with "
        "cudaDeviceSynchronize or its like, before it touches what they write.";
    add_finding(std::move(f));
    return;
  }
  Finding f;
  f.kind = "memory";
  f.severity = "error";
  f.where = where(own_call(access.at));
  const Neighbour n = nearest_allocation(access.address);
  f.address = hex(access.address);
  if (n.allocation.base != nullptr) name_element(&f, n.allocation, access);
  f.what = access_text(access) + " of device memory by host code, at " + f.address + ", " +
           (n.freed ? "in memory that was freed" : f.allocation);
  f.meaning =
      "A pointer from cudaMalloc is for kernels; the host copies with cudaMemcpy. On a GPU this "
      "crashes.";
  if (a.base == nullptr) {
    tell_finding(std::move(f));  // here it crashes too
  } else {
    add_finding(std::move(f));
  }
}

}  // namespace cudasim
