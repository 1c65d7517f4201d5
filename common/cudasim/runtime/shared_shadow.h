// The shadow of shared memory, with checks only: for each four bytes, who wrote them last and which two
// threads read them last. Shared memory is thread-local storage of the OS thread that runs the block, so
// the shadow is an array over all of that, of which only what a block declares is ever touched.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "grid.h"

namespace cudasim {

// One access to a cell, packed; compared by time, which is why that is on top.
//   bits  0-25  the instruction: its offset in the program, or the number of one further away
//   bits 26-35  the thread in its block
//   bits 36-39  which of the cell's four bytes
//   bit  40     atomic
//   bits 41-46  of a cell's last write only: the cell's state, below
//   bits 47-63  the time: how many synchronisations this OS thread's blocks had passed
using Access = std::uint64_t;
inline constexpr unsigned kThreadShift = 26, kBytesShift = 36, kWrittenShift = 41, kTimeShift = 47;
inline constexpr Access kSiteMask = (Access{1} << kThreadShift) - 1;
inline constexpr Access kThreadMask = Access{kMaxThreads - 1} << kThreadShift;
inline constexpr Access kBytesMask = Access{15} << kBytesShift;
inline constexpr Access kAtomicFlag = Access{1} << 40;
inline constexpr Access kWrittenMask = Access{15} << kWrittenShift;  // bytes this block has written
inline constexpr Access kShared = Access{1} << 45;   // part of a shared variable of the block
inline constexpr Access kPartial = Access{1} << 46;  // but not all four bytes are
inline constexpr Access kStateMask = kWrittenMask | kShared | kPartial;
inline constexpr Access kTick = Access{1} << kTimeShift;

struct Cell {
  Access write;
  Access reads[2];  // of two different threads, the newest
};

struct SharedShadow {
  const char* begin;  // of this OS thread's thread-local variables; a multiple of 16
  std::size_t bytes;  // 0: no kernel runs here, or an access must be looked at closely
  Cell* cells;
  Access now;      // the time, as a packed access has it
  Access barrier;  // what is less came before the block's last barrier: ordered for every thread
  std::size_t all_bytes;
  unsigned generation;     // of times: another number each time they begin anew
  std::uint64_t launched;  // number of the launch whose variables the cells are of, and 1
};
extern __thread SharedShadow shared_shadow __attribute__((tls_model("initial-exec")));

// The instruction, for a packed access: its offset in the program where that is less than kFarSite;
// else a number from there on.
inline constexpr std::size_t kFarSite = (kSiteMask + 1) / 2;
extern const char* sites_begin;  // the program's first byte
inline std::size_t near_site(const void* at) {
  return static_cast<std::size_t>(static_cast<const char*>(at) - sites_begin);
}
Access far_site(const void* at);
inline Access pack_site(const void* at) {
  const std::size_t offset = near_site(at);
  return __builtin_expect(offset < kFarSite, 1) ? offset : far_site(at);
}
const void* site_of(Access access);
inline unsigned thread_of(Access access) {
  return static_cast<unsigned>((access & kThreadMask) >> kThreadShift);
}
inline bool same_thread(Access a, Access b) { return ((a ^ b) & kThreadMask) == 0; }

// A variable of the block begins: its bytes may be accessed and count as unwritten.
void open_shared(const char* variable, std::size_t bytes);
// The gap beside one: an access there is one past the end of something.
void note_gap(const char* gap, std::size_t bytes);
bool in_shared_gap(const char* address);
// Whether it lies between the gaps: among the program's shared arrays, if not in one of the block.
bool between_shared_gaps(const char* address);
// A block begins; `launch`: the number of its grid.
void begin_shared_shadow(std::uint64_t launch);
// Time goes on; with `barrier`, what came before is ordered for every thread of the block.
void tick_shared(bool barrier);
// Of a block that leaves the OS thread for another: takes the cells of one of its variables out, and
// puts them in again.
void take_cells(const char* variable, std::size_t bytes, std::vector<Cell>* to);
const Cell* put_cells(const char* variable, std::size_t bytes, const Cell* from);

}  // namespace cudasim
