// Races in global memory. See global_races.h.
#include "global_races.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <unordered_set>
#include <utility>

#include "check.h"
#include "global_shadow.h"
#include "modules.h"
#include "report.h"
#include "settings.h"
#include "worker.h"

namespace cudasim {
namespace {

// An access as in shared_shadow.h, but with the segment's number above bit 41.
constexpr unsigned kSegmentShift = 41;
constexpr std::size_t kMostSegments = std::size_t{1} << (64 - kSegmentShift);

struct RaceCell {  // of four bytes
  Access write, read;
};
RaceCell* device_cells = nullptr;
RaceCell* program_cells = nullptr;  // of the program's own variables

struct Segment {
  std::uint32_t launch, block, phase, grid_phase;
  int warp;                 // -1: the whole block
  std::uint32_t start;      // by the clock of __syncwarp
  unsigned generation;      // of that clock
  std::uint32_t published;  // when it was handed over; 0: not yet
};
std::vector<Segment> segments;  // the first is of no launch
// Of a block's segment, the part of one warp: when it was handed over.
std::unordered_map<std::uint64_t, std::uint32_t> published_warps;
std::unordered_set<const void*> published_by;  // variables of atomic operations
std::uint32_t now = 0;                         // counts hand-overs and their receipts

std::uint64_t warp_key(std::uint32_t segment, unsigned warp) {
  return std::uint64_t{segment} * kMaxWarps + warp;
}
std::uint32_t segment_of(Access access) {
  return static_cast<std::uint32_t>(access >> kSegmentShift);
}

RaceCell* map_cells(std::size_t bytes, int protection) {
  void* memory = mmap(nullptr, bytes / 4 * sizeof(RaceCell), protection,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<RaceCell*>(memory);
}
std::size_t image_bytes() {
  const Range& image = program_image();
  return (static_cast<std::size_t>(image.end - image.begin) + 7) / 4 * 4;
}

// Of another launch nothing needs to be known.
void forget_all() {
  segments.assign(1, {~0u, 0, 0, 0, -1, 0, 0, 0});
  published_warps.clear();
  // Pages given back read as zero.
  madvise(device_cells, kDeviceRange / 4 * sizeof(RaceCell), MADV_DONTNEED);
  madvise(program_cells, image_bytes() / 4 * sizeof(RaceCell), MADV_DONTNEED);
}

RaceCell* cell_at(const char* address) {
  if (in_device_range(address)) return device_cells + (address - device_range) / 4;
  const Range& image = program_image();
  return image.holds(address) && program_cells != nullptr
             ? program_cells + (address - image.begin) / 4
             : nullptr;
}

std::string block_of(Worker& worker, const Segment& s) {
  const dim3& g = worker.grid()->grid;
  return triple({s.block % g.x, s.block / g.x % g.y, s.block / g.x / g.y});
}

Finding race(Worker& worker, const MemoryAccess& access, const Segment& segment, Access other,
             bool other_writes) {
  Finding f = device_finding(worker, "race", "error", access.at);
  f.other = where(site_of(other));
  f.other_block = block_of(worker, segment);
  f.other_thread = triple(worker.index_of(thread_of(other)));
  const bool same_block = f.block == f.other_block;
  const bool same_warp = same_block && thread_of(other) / kWarp == view.linear / kWarp;
  if (same_warp) f.severity = "warning";
  if (!access.write || (other_writes && site_of(other) < access.at)) {
    std::swap(f.where, f.other);
    std::swap(f.thread, f.other_thread);
    std::swap(f.block, f.other_block);
  }
  name_address(&f, access);
  f.what = f.address + " written by thread " + f.thread + " of block " + f.block +
           (access.write && other_writes ? ", written by thread " : ", read by thread ") +
           f.other_thread + " of block " + f.other_block;
  f.meaning = same_warp
                  ? "Both threads are of one warp, and no __syncwarp() lies between: lanes need "
                    "not run in step."
              : same_block
                  ? "No __syncthreads() lies between the two accesses, so either may come first."
                  : "Blocks run in any order: use an atomic operation, give each block elements of "
                    "its own, or hand over with __threadfence() and an atomic operation.";
  return f;
}

void report(Worker& worker, const MemoryAccess& access, Access other, bool other_writes) {
  const Segment segment = segments[segment_of(other)];
  if (access.write && other_writes && !access.atomic && (other & kAtomicFlag) == 0) {
    await_value(access, [&worker, access, segment, other] {
      return race(worker, access, segment, other, true);
    });
  } else {
    add_finding(race(worker, access, segment, other, other_writes));
  }
}

}  // namespace

bool checks_global_races() { return settings().global_races && checking(); }

bool reserve_race_shadow() {
  // Writable where allocations are: see global_shadow.cc.
  device_cells = map_cells(kDeviceRange, PROT_READ);
  program_cells = map_cells(image_bytes(), PROT_READ | PROT_WRITE);
  if (device_cells == nullptr || program_cells == nullptr) {
    std::fprintf(stderr,
                 "cudasim: CUDASIM_CHECK_GLOBAL: no address space for the shadow; is there a "
                 "limit, as of ulimit -v?\n");
  }
  return device_cells != nullptr && program_cells != nullptr;
}

bool open_race_shadow(const char* base, std::size_t bytes) {
  constexpr std::size_t kPage = 4096;
  auto* cells = reinterpret_cast<char*>(cell_at(base));
  const std::size_t before = reinterpret_cast<std::uintptr_t>(cells) % kPage;
  return mprotect(cells - before, before + (bytes + 3) / 4 * sizeof(RaceCell),
                  PROT_READ | PROT_WRITE) == 0;
}

std::uint32_t BlockRaces::new_segment(int warp) {
  // All numbers used: until the next launch nothing more is seen.
  if (segments.size() == kMostSegments) return 0;
  const auto number = static_cast<std::uint32_t>(segments.size());
  segments.push_back({launch_, block_, phase_, grid_phase_, warp,
                      static_cast<std::uint32_t>(shared_shadow.now >> kTimeShift),
                      shared_shadow.generation, 0});
  unpublished_.push_back(number);
  return number;
}

void BlockRaces::begin(unsigned threads, std::uint64_t launch, std::uint64_t block) {
  static const bool reserved = device_cells != nullptr || reserve_race_shadow();
  static_cast<void>(reserved);  // if not, it is said, and no race is found
  static std::uint64_t last_launch = 0;
  if (segments.empty() || (launch != last_launch && segments.size() > kMostSegments / 2)) {
    forget_all();
  }
  last_launch = launch;
  launch_ = static_cast<std::uint32_t>(launch);
  block_ = static_cast<std::uint32_t>(block);
  phase_ = grid_phase_ = acquired_ = 0;
  unpublished_.clear();
  threads_.assign(threads, {});
  const std::uint32_t first = new_segment(-1);
  for (Thread& t : threads_) t.segment = first;
}

void BlockRaces::sync_block() {
  ++phase_;
  const std::uint32_t next = new_segment(-1);
  for (Thread& t : threads_) {
    t.segment = next;
    acquired_ = std::max(acquired_, t.acquired);
  }
}

void BlockRaces::sync_grid() {
  ++grid_phase_;
  sync_block();
}

void BlockRaces::sync_warp(unsigned warp, unsigned lanes) {
  const std::uint32_t next = new_segment(static_cast<int>(warp));
  std::uint32_t acquired = 0;
  for (unsigned lane = 0; lane < kWarp; ++lane) {
    if ((lanes >> lane & 1) != 0)
      acquired = std::max(acquired, threads_[warp * kWarp + lane].acquired);
  }
  for (unsigned lane = 0; lane < kWarp; ++lane) {
    if ((lanes >> lane & 1) == 0) continue;
    threads_[warp * kWarp + lane].segment = next;
    threads_[warp * kWarp + lane].acquired = acquired;
  }
}

void BlockRaces::fence(unsigned thread) {
  Thread& t = threads_[thread];
  t.segment = t.fenced = new_segment(static_cast<int>(thread / kWarp));
  t.fence_phase = phase_;
}

void BlockRaces::meet(unsigned thread, const void* variable) {
  Thread& t = threads_[thread];
  if (published_by.contains(variable)) t.acquired = ++now;
  if (t.fenced == 0) return;
  published_by.insert(variable);
  ++now;
  const unsigned warp = thread / kWarp;
  std::erase_if(unpublished_, [&](std::uint32_t number) {
    Segment& s = segments[number];
    if (number >= t.fenced) return false;
    if (s.phase < t.fence_phase || s.warp == static_cast<int>(warp)) {
      s.published = now;
      return true;
    }
    if (s.warp < 0) published_warps.try_emplace(warp_key(number, warp), now);
    return false;
  });
}

bool BlockRaces::ordered(Worker& worker, Access earlier, unsigned thread) const {
  if (earlier == 0) return true;
  const std::uint32_t number = segment_of(earlier);
  const Segment& s = segments[number];
  const unsigned other = thread_of(earlier);
  if (s.launch != launch_ || s.grid_phase < grid_phase_) return true;
  if (s.block == block_) {
    if (other == thread || s.phase < phase_) return true;
    if (other / kWarp == thread / kWarp && (s.generation != shared_shadow.generation ||
                                            worker.block().check->seen(thread, other) > s.start)) {
      return true;
    }
  }
  std::uint32_t published = s.published;
  if (published == 0) {
    const auto found = published_warps.find(warp_key(number, other / kWarp));
    if (found != published_warps.end()) published = found->second;
  }
  return published != 0 && published < std::max(threads_[thread].acquired, acquired_);
}

void BlockRaces::check(Worker& worker, const MemoryAccess& access) {
  const unsigned thread = view.linear;
  const std::uint32_t segment = threads_[thread].segment;
  bool reported = false;
  const auto begin = reinterpret_cast<std::uintptr_t>(access.address), end = begin + access.bytes;
  for (std::uintptr_t at = begin; at < end;) {
    RaceCell* cell = cell_at(reinterpret_cast<const char*>(at));
    if (cell == nullptr) return;
    const std::size_t from = at % 4, count = std::min<std::size_t>(4 - from, end - at);
    const Access mask = (((Access{1} << count) - 1) << from) << kBytesShift;
    const auto conflicts = [&](Access other) {
      return (other & mask) != 0 && !(access.atomic && (other & kAtomicFlag) != 0) &&
             !ordered(worker, other, thread);
    };
    if (!reported && conflicts(cell->write)) {
      report(worker, access, cell->write, true);
      reported = true;
    }
    if (!reported && access.write && conflicts(cell->read)) {
      report(worker, access, cell->read, false);
      reported = true;
    }
    const Access mine = Access{segment} << kSegmentShift | mask | Access{thread} << kThreadShift |
                        pack_site(access.at) | (access.atomic ? kAtomicFlag : 0);
    Access& slot = access.write ? cell->write : cell->read;
    // Of one thread, in one segment, accesses to parts of a cell are one to all of them.
    const bool same = same_thread(slot, mine) && segment_of(slot) == segment &&
                      ((slot ^ mine) & kAtomicFlag) == 0;
    slot = mine | (same ? slot & kBytesMask : 0);
    at += count;
  }
}

}  // namespace cudasim
