// Random lists of operations, which a kernel interprets (lists_kernel.cu) and a sequential model
// follows (lists_model.cc): what both agree on. They share these declarations, and no line that
// computes.
//
// Every thread of every block runs the same list on registers of its own. A list is free of races
// by construction: barriers cut it into phases, and in each phase each of five buffers (two static
// and one dynamic in shared memory, two of the block's own in global memory) plays one of three:
//   own     each thread loads and stores its own cell alone, which is another in each phase;
//   read    all threads load anything, nobody stores;
//   atomic  all threads change anything by one commutative atomic function.
// So what must come is determined, bit for bit, whatever the order of blocks, warps and lanes.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace stress {

inline constexpr int kRegisters =
    8;  // 32 bits each, of a thread; a 64-bit value takes an even and an odd one
inline constexpr int kMaxThreads = 1024;  // of a block
inline constexpr int kBuffers = 5;        // 0, 1 static shared, 2 dynamic shared, 3, 4 global
inline constexpr int kSharedBuffers = 3;
inline constexpr int kCellWords = 2;   // a thread's cell of a buffer: 8 bytes
inline constexpr int kGridCells = 64;  // of the whole grid, changed by atomics alone
inline constexpr int kGridSums = 16;
inline constexpr int kTable = 64;  // constants every thread may load
inline constexpr int kDepth = 8;   // of nested branches and loops

// Fields of an operation: d, a, b name registers; imm is a number; see lists_kernel.cu for each.
// clang-format off
#define STRESS_CODES(X)                                                                           \
  X(constant) X(thread) X(table) X(add) X(subtract) X(multiply) X(high_product) X(quotient)       \
  X(remainder) X(bit_and) X(bit_or) X(bit_xor) X(shift_left) X(shift_right) X(shift_signed)       \
  X(min_signed) X(max_unsigned) X(count_ones) X(leading_zeros) X(reverse) X(first_one)            \
  X(permute_bytes) X(funnel) X(less) X(select) X(add_float) X(subtract_float) X(multiply_float)   \
  X(divide_float) X(fused_float) X(root_float) X(to_float) X(to_integer) X(add_double)            \
  X(multiply_double) X(fused_double) X(load_own) X(store_own) X(load_any) X(atomic_any)           \
  X(atomic_own) X(atomic_grid) X(sum_grid) X(warp_exchange) X(shuffle) X(vote_any) X(vote_all)    \
  X(ballot) X(match_any) X(match_all) X(match_wide) X(reduce) X(sync_warp) X(if_bit) X(if_less)   \
  X(if_lane) X(if_warp) X(else_) X(end_if) X(loop_data) X(loop_times) X(end_loop) X(exit_bit)     \
  X(exit_lane) X(barrier) X(barrier_count) X(barrier_and) X(barrier_or) X(if_block)               \
  X(end_if_block) X(loop_block) X(end_loop_block)
// clang-format on

enum class Code : int {
#define STRESS_ENUM(name) name,
  STRESS_CODES(STRESS_ENUM)
#undef STRESS_ENUM
};

// Atomic functions; those before `exchange` commute with themselves.
enum class Atomic : int {
  add,
  min_signed,
  max_unsigned,
  bit_and,
  bit_or,
  bit_xor,
  increment,  // to a limit, then 0
  decrement,
  add_wide,  // 64 bits
  exchange,
  compare_swap,
  subtract,
  add_float,
  count
};
inline constexpr int kCommutative = static_cast<int>(Atomic::exchange);
inline constexpr int kOwnAtomics = static_cast<int>(Atomic::count);
// What atomic_grid does to cell i is fixed, so that different operations never meet.
inline constexpr int kGridAtomics = 8;
inline constexpr unsigned kIncrementLimit = 5;

enum class Shuffle : int { index, up, down, bit_xor };
enum class Value : int {
  integer,
  single,
  wide,
  real
};  // unsigned, float, unsigned long long, double
enum class Reduction : int {
  add,
  add_signed,
  min,
  min_signed,
  max,
  max_signed,
  bit_and,
  bit_or,
  bit_xor,
  count
};

struct Op {
  Code code;
  int d, a, b;
  int buffer;  // 0 <= buffer < kBuffers
  int shift;   // own cells: >= 0: cell (thread + shift) mod threads; < 0: the same from the end
  unsigned imm;
  int target;  // of a jump: the matching else_, end_.., or the loop's head
};

struct List {
  std::uint64_t seed;
  int block[3], grid[2];
  int threads, blocks;      // the products
  bool names_absent_lanes;  // masks begin as all 32 lanes, whether or not the warp has as many
  bool alone;               // no shared memory and no barriers, not even at the begin and the end
  std::vector<Op> ops;
};

// Everything that a run leaves behind.
struct Outcome {
  std::vector<unsigned> registers;   // blocks, threads, kRegisters
  std::vector<unsigned> global;      // blocks, 2 buffers, threads, kCellWords
  std::vector<unsigned> grid_cells;  // kGridCells
  std::vector<float> grid_sums;      // kGridSums
  std::vector<unsigned> shared;    // blocks: 3 buffers at the end, then how many threads were left;
                                   // kPoison throughout if none was
  std::vector<unsigned> finished;  // blocks that had threads left, and the sum of `shared` that the
                                   // last of them took if all had
  std::string error;               // of the launch; or nothing
};
inline constexpr unsigned kPoison = 0xa5a5a5a5u;
inline int shared_row(const List& list) { return kSharedBuffers * list.threads * kCellWords + 1; }

// A well-mixed number: inputs come from it, and the generator's choices.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 31)) * 0x7fb5d329728ea185u;
  x = (x ^ (x >> 27)) * 0x81dadef4bc2dd44du;
  return x ^ (x >> 33);
}

List make_list(std::uint64_t seed);     // lists_generator.cc
bool closes(Code code);                 // ends a branch or loop
void link(std::vector<Op>& ops);        // sets every target
std::string text_of(const List& list);  // one operation a line
Outcome initial(const List& list);      // what both begin with
std::vector<unsigned> table();          // kTable constants
Outcome follow(const List& list);       // lists_model.cc
Outcome run(const List& list);          // lists_kernel.cu
std::string difference(const List& list, const Outcome& want,
                       const Outcome& got);  // "" if there is none
// The smallest list found that still fails; `fails` runs one.
List shrink(const List& list, bool (*fails)(const List&));  // lists_shrink.cc

}  // namespace stress
