// Copies out of device memory: were all elements written? See copy_check.h.
#include "copy_check.h"

#include <cstdint>
#include <string>
#include <vector>

#include "finding.h"
#include "global_shadow.h"
#include "memory.h"
#include "report.h"
#include "source.h"

namespace cudasim {
namespace {

// Neighbouring bytes that nobody wrote, counted from the array's first.
struct Gap {
  std::size_t begin, end;
  std::size_t bytes() const { return end - begin; }
};

struct Gaps {
  std::vector<Gap> list;
  bool anything_written = false;

  void add(std::size_t begin, std::size_t end) {
    if (!list.empty() && list.back().end == begin) {
      list.back().end = end;
    } else {
      list.push_back({begin, end});
    }
  }
};

void scan_row(const char* row, std::size_t width, const char* array, Gaps* gaps) {
  const auto offset = static_cast<std::size_t>(row - array);
  for (std::size_t i = 0; i < width;) {
    const char* at = row + i;
    const auto place = static_cast<std::size_t>(at - device_range);
    if (place % 32 == 0 && width - i >= 32) {  // eight of the shadow's bytes at once
      std::uint64_t quads;
      __builtin_memcpy(&quads, global_shadow + place / 4, sizeof quads);
      constexpr std::uint64_t kReadable = 0xf0f0f0f0f0f0f0f0u;
      if ((quads & kReadable) == kReadable || (quads & kReadable) == 0) {
        if ((quads & kReadable) == 0) {
          gaps->add(offset + i, offset + i + 32);
        } else {
          gaps->anything_written = true;
        }
        i += 32;
        continue;
      }
    }
    if (shadow_written_in_part(at, 1)) {
      gaps->anything_written = true;
    } else {
      gaps->add(offset + i, offset + i + 1);
    }
    ++i;
  }
}

// Whether they may be the holes between the fields of structures, which nobody writes: parts of words;
// or all alike, shorter than 16 bytes and at a distance that structures with such an alignment have.
bool may_be_padding(const std::vector<Gap>& gaps, std::size_t copied) {
  bool parts = true, alike = true;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const std::size_t distance = i == 0 ? 16 : gaps[i].begin - gaps[i - 1].begin;
    parts = parts && gaps[i].bytes() < 4;
    alike = alike && gaps[i].bytes() == gaps[0].bytes() && distance % 8 == 0 && distance >= 16 &&
            (i < 2 || distance == gaps[1].begin - gaps[0].begin);
  }
  const bool several = gaps.size() > 1 || (copied <= 32 && gaps[0].begin % 8 != 0);
  return parts || (alike && several && gaps[0].bytes() < 16);
}

std::string described(const std::vector<Gap>& gaps) {
  bool whole = true;
  for (const Gap& gap : gaps) whole = whole && gap.begin % 4 == 0 && gap.bytes() % 4 == 0;
  const std::size_t unit = whole ? 4 : 1;
  constexpr std::size_t kMost = 3;
  std::string text;
  for (std::size_t i = 0; i < gaps.size() && i < kMost; ++i) {
    const std::size_t first = gaps[i].begin / unit, last = gaps[i].end / unit - 1;
    text += (i == 0 ? "" : ", ") + std::to_string(first) +
            (last == first ? "" : " to " + std::to_string(last));
  }
  if (gaps.size() > kMost)
    text += " and " + std::to_string(gaps.size() - kMost) + " more stretches";
  const bool one = gaps.size() == 1 && gaps[0].bytes() == unit;
  return (whole ? one ? "element " : "elements "
          : one ? "byte "
                : "bytes ") +
         text + (whole ? " (of 4 bytes each)" : "");
}

}  // namespace

void check_copied_rows(const CopiedRows& rows, bool to_host, const void* at) {
  const Allocation source = find_allocation(rows.base);
  if (source.type != cudaMemoryTypeDevice || global_shadow == nullptr) return;
  Gaps gaps;
  for (std::size_t z = 0; z < rows.depth; ++z) {
    for (std::size_t y = 0; y < rows.height; ++y) {
      scan_row(rows.base + z * rows.slice + y * rows.pitch, rows.width, source.base, &gaps);
      if (gaps.anything_written && !to_host) return;
    }
  }
  if (gaps.list.empty()) return;
  const std::size_t copied = rows.width * rows.height * rows.depth;
  if (gaps.anything_written && may_be_padding(gaps.list, copied)) return;
  Finding f;
  f.kind = "init";
  f.severity = gaps.anything_written ? "warning" : "error";
  f.where = where(at);
  f.address = array_name(source);
  f.allocation = "in the array of " + std::to_string(source.bytes) + " bytes allocated at " +
                 where(source.made_at);
  f.what = "copy from " + f.address + ", " + f.allocation + ", of which ";
  if (gaps.anything_written) {
    f.what += described(gaps.list) + " were never written";
    f.meaning =
        "The host gets what was there before: is an index or a guard wrong in the kernel that "
        "fills "
        "the array? If only a part is used, copy that part.";
  } else {
    f.what += "nothing was ever written";
    f.meaning = "cudaMalloc does not clear memory: did the kernel run that should have written it?";
  }
  add_finding(std::move(f));
}

}  // namespace cudasim
