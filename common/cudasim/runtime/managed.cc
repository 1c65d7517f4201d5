// Managed memory: host and device share it here, so prefetches move nothing and advice changes nothing; what a
// program told is kept, and told again when it asks.
#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include "device.h"
#include "memory.h"

namespace cudasim {
namespace {

struct Location {
  cudaMemLocationType type = cudaMemLocationTypeInvalid;
  int id = 0;
  bool operator==(const Location&) const = default;
};
struct Page {
  bool read_mostly = false;
  bool accessed_by_device = false, accessed_by_host = false;
  Location preferred, prefetched;
};

constexpr std::size_t kPage = 4096;

std::mutex advice_mutex;
// By the allocation's address; those of memory that was freed go when others come.
std::map<const char*, std::vector<Page>>& advice() {
  static auto* all = new std::map<const char*, std::vector<Page>>;
  return *all;
}

// Calls `body` with each page of [pointer, pointer+bytes), which must be managed memory.
template <class F>
cudaError_t for_pages(const void* pointer, std::size_t bytes, F body) {
  const Allocation a = find_allocation(pointer);
  const auto* at = static_cast<const char*>(pointer);
  if (a.type != cudaMemoryTypeManaged || bytes == 0 || at + bytes > a.base + a.bytes) {
    return cudaErrorInvalidValue;
  }
  const std::lock_guard<std::mutex> lock(advice_mutex);
  std::vector<Page>& pages = advice()[a.base];
  if (pages.empty()) {
    std::erase_if(advice(), [&](const auto& entry) {
      return entry.first != a.base && find_allocation(entry.first).base != entry.first;
    });
    pages.resize(a.bytes / kPage + 1);
  }
  const std::size_t first = static_cast<std::size_t>(at - a.base) / kPage;
  const std::size_t last = static_cast<std::size_t>(at - a.base + bytes - 1) / kPage;
  for (std::size_t i = first; i <= last; ++i) body(pages[i]);
  return cudaSuccess;
}

// The place a device's number or a location names; false: there is none such.
bool location_of(int device, Location* l) {
  if (device != 0 && device != cudaCpuDeviceId) return false;
  *l = {device == 0 ? cudaMemLocationTypeDevice : cudaMemLocationTypeHost, 0};
  return true;
}
bool location_of(const cudaMemLocation& location, Location* l) {
  const bool device = location.type == cudaMemLocationTypeDevice;
  if (device ? location.id != 0
             : location.type < cudaMemLocationTypeHost ||
                   location.type > cudaMemLocationTypeHostNumaCurrent) {
    return false;
  }
  *l = {location.type, device ? 0 : location.id};
  return true;
}
int device_of(const Location& l) {
  if (l.type == cudaMemLocationTypeInvalid) return cudaInvalidDeviceId;
  return l.type == cudaMemLocationTypeDevice ? 0 : cudaCpuDeviceId;
}

template <class L>
cudaError_t prefetch(const void* pointer, std::size_t bytes, const L& location,
                     cudaStream_t stream) {
  return api_call([&]() -> cudaError_t {
    Location l;
    if (!location_of(location, &l)) return cudaErrorInvalidDevice;
    if (Device::get().find_stream(stream) == nullptr) return cudaErrorInvalidResourceHandle;
    return for_pages(pointer, bytes, [&](Page& page) { page.prefetched = l; });
  });
}

template <class L>
cudaError_t advise(const void* pointer, std::size_t bytes, cudaMemoryAdvise what,
                   const L& location) {
  return api_call([&]() -> cudaError_t {
    if (what < cudaMemAdviseSetReadMostly || what > cudaMemAdviseUnsetAccessedBy) {
      return cudaErrorInvalidValue;
    }
    Location l;
    const bool needs_location =
        what == cudaMemAdviseSetPreferredLocation || what >= cudaMemAdviseSetAccessedBy;
    if (needs_location && !location_of(location, &l)) return cudaErrorInvalidDevice;
    return for_pages(pointer, bytes, [&](Page& page) {
      bool& accessed =
          l.type == cudaMemLocationTypeDevice ? page.accessed_by_device : page.accessed_by_host;
      switch (what) {
        case cudaMemAdviseSetReadMostly:
        case cudaMemAdviseUnsetReadMostly:
          page.read_mostly = what == cudaMemAdviseSetReadMostly;
          break;
        case cudaMemAdviseSetPreferredLocation:
        case cudaMemAdviseUnsetPreferredLocation:
          page.preferred = l;
          break;
        case cudaMemAdviseSetAccessedBy:
        case cudaMemAdviseUnsetAccessedBy:
          accessed = what == cudaMemAdviseSetAccessedBy;
          break;
      }
    });
  });
}

// What holds for every page of a range.
struct Range {
  bool any = false;
  Page common;
  void add(const Page& page) {
    if (!any) {
      any = true;
      common = page;
      return;
    }
    common.read_mostly &= page.read_mostly;
    common.accessed_by_device &= page.accessed_by_device;
    common.accessed_by_host &= page.accessed_by_host;
    if (!(common.preferred == page.preferred)) common.preferred = {};
    if (!(common.prefetched == page.prefetched)) common.prefetched = {};
  }
};

cudaError_t range_attribute(void* data, std::size_t data_bytes, cudaMemRangeAttribute attribute,
                            const void* pointer, std::size_t bytes) {
  if (data == nullptr || data_bytes < sizeof(int) || data_bytes % sizeof(int) != 0) {
    return cudaErrorInvalidValue;
  }
  Range range;
  if (const cudaError_t error = for_pages(pointer, bytes, [&](Page& p) { range.add(p); })) {
    return error;
  }
  const Page& page = range.common;
  int* out = static_cast<int*>(data);
  if (attribute == cudaMemRangeAttributeAccessedBy) {  // a list of devices
    std::fill_n(out, data_bytes / sizeof(int), cudaInvalidDeviceId);
    int* const end = out + data_bytes / sizeof(int);
    if (page.accessed_by_device) *out++ = 0;
    if (page.accessed_by_host && out != end) *out = cudaCpuDeviceId;
    return cudaSuccess;
  }
  if (data_bytes != sizeof(int)) return cudaErrorInvalidValue;
  switch (attribute) {
    case cudaMemRangeAttributeReadMostly:
      *out = page.read_mostly ? 1 : 0;
      return cudaSuccess;
    case cudaMemRangeAttributePreferredLocation:
      *out = device_of(page.preferred);
      return cudaSuccess;
    case cudaMemRangeAttributeLastPrefetchLocation:
      *out = device_of(page.prefetched);
      return cudaSuccess;
    case cudaMemRangeAttributePreferredLocationType:
      *out = page.preferred.type;
      return cudaSuccess;
    case cudaMemRangeAttributePreferredLocationId:
      *out = page.preferred.id;
      return cudaSuccess;
    case cudaMemRangeAttributeLastPrefetchLocationType:
      *out = page.prefetched.type;
      return cudaSuccess;
    case cudaMemRangeAttributeLastPrefetchLocationId:
      *out = page.prefetched.id;
      return cudaSuccess;
    default:
      return cudaErrorInvalidValue;
  }
}

}  // namespace
}  // namespace cudasim

using namespace cudasim;

cudaError_t cudaMemPrefetchAsync(const void* pointer, size_t bytes, int device,
                                 cudaStream_t stream) {
  return prefetch(pointer, bytes, device, stream);
}
cudaError_t cudaMemPrefetchAsync(const void* pointer, size_t bytes, cudaMemLocation location,
                                 unsigned int flags, cudaStream_t stream) {
  if (flags != 0) return api_call([] { return cudaErrorInvalidValue; });
  return prefetch(pointer, bytes, location, stream);
}
cudaError_t cudaMemAdvise(const void* pointer, size_t bytes, cudaMemoryAdvise advice, int device) {
  return advise(pointer, bytes, advice, device);
}
cudaError_t cudaMemAdvise(const void* pointer, size_t bytes, cudaMemoryAdvise advice,
                          cudaMemLocation location) {
  return advise(pointer, bytes, advice, location);
}

extern "C" {

cudaError_t cudaMemRangeGetAttribute(void* data, size_t data_bytes,
                                     enum cudaMemRangeAttribute attribute, const void* pointer,
                                     size_t bytes) {
  return api_call([&] { return range_attribute(data, data_bytes, attribute, pointer, bytes); });
}

cudaError_t cudaMemRangeGetAttributes(void** data, size_t* data_bytes,
                                      enum cudaMemRangeAttribute* attributes, size_t count,
                                      const void* pointer, size_t bytes) {
  return api_call([&]() -> cudaError_t {
    if (data == nullptr || data_bytes == nullptr || attributes == nullptr || count == 0) {
      return cudaErrorInvalidValue;
    }
    for (size_t i = 0; i < count; ++i) {
      const cudaError_t error =
          range_attribute(data[i], data_bytes[i], attributes[i], pointer, bytes);
      if (error != cudaSuccess) return error;
    }
    return cudaSuccess;
  });
}

// All of an allocation belongs to one stream, to all, or to the host; here everything may touch it anyway.
cudaError_t cudaStreamAttachMemAsync(cudaStream_t stream, void* pointer, size_t bytes,
                                     unsigned int flags) {
  return api_call([&]() -> cudaError_t {
    const StreamPtr s = Device::get().find_stream(stream);
    if (s == nullptr) return cudaErrorInvalidResourceHandle;
    const Allocation a = find_allocation(pointer);
    if (a.type != cudaMemoryTypeManaged || a.base != pointer || (bytes != 0 && bytes != a.bytes)) {
      return cudaErrorInvalidValue;
    }
    const bool one = flags == cudaMemAttachSingle;
    if (one ? s->legacy : flags != cudaMemAttachGlobal && flags != cudaMemAttachHost) {
      return cudaErrorInvalidValue;
    }
    return cudaSuccess;
  });
}

}  // extern "C"
