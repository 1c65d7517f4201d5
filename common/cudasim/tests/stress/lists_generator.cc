// Makes random lists of operations, free of races by construction. See lists.h.
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "common/cudasim/tests/stress/lists.h"

namespace stress {
namespace {

enum class Part { own, read, atomic };

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(mixed(seed * 2 + 1)) { list_.seed = seed; }

  List make() {
    choose_extents();
    list_.names_absent_lanes = below(2) == 0;
    exits_left_ = below(3) == 0 ? 0 : 1 + below(3);
    begin_phase();
    // Without barriers, and half of the time without any wait: a simulator may run such a kernel in
    // another way than one whose threads wait for each other.
    list_.alone = below(5) == 0;
    quiet_ = list_.alone && below(2) == 0;
    if (list_.alone) {
      operations(2 + below(30), 0);
    } else {
      phases(1 + below(5), 0);
    }
    link(list_.ops);
    return list_;
  }

 private:
  std::uint64_t draw() { return mixed(state_ += 0x9e3779b97f4a7c15u); }
  int below(int n) { return static_cast<int>(draw() % static_cast<std::uint64_t>(n)); }
  int reg() { return below(kRegisters); }
  Op& push(Code code) {
    list_.ops.push_back({code, reg(), reg(), reg(), 0, 0, 0, 0});
    return list_.ops.back();
  }

  void choose_extents() {
    static constexpr int kSizes[] = {1,   2,   3,   31,  32,  33,  63,  64,  65,  96,   100,  127,
                                     128, 129, 192, 255, 256, 257, 511, 513, 777, 1000, 1023, 1024};
    // Mostly small blocks: they cost less, and show as much.
    const int pick = below(10);
    list_.threads = pick < 5   ? 1 + below(160)
                    : pick < 9 ? kSizes[below(static_cast<int>(std::size(kSizes)))]
                               : 1 + below(kMaxThreads);
    int rest = list_.threads;
    for (int axis = 2; axis > 0; --axis) {
      int extent = 1 + below(axis == 2 ? 4 : 16);
      while (rest % extent != 0) --extent;
      list_.block[axis] = extent;
      rest /= extent;
    }
    list_.block[0] = rest;
    list_.grid[0] = 1 + below(4);
    list_.grid[1] = 1 + below(2);
    if (list_.threads > 300) list_.grid[0] = 1 + below(2);
    list_.blocks = list_.grid[0] * list_.grid[1];
  }

  void begin_phase() {
    for (int i = 0; i < kBuffers; ++i) {
      part_[i] = static_cast<Part>(below(3));
      shift_[i] = below(2 * kMaxThreads) - kMaxThreads;
      atomic_[i] = below(kCommutative);
    }
  }

  void barrier() {
    static constexpr Code kKinds[] = {Code::barrier, Code::barrier, Code::barrier_count,
                                      Code::barrier_and, Code::barrier_or};
    push(kKinds[below(5)]).imm = static_cast<unsigned>(below(32));
    begin_phase();
  }

  // Phases, and branches and loops that a whole block takes, in which there are barriers too. Each
  // such region begins and ends with a barrier and is followed by one: any phase may be taken out.
  void phases(int count, int depth) {
    for (int i = 0; i < count; ++i) {
      operations(2 + below(14), 0);
      if (depth < 2 && below(5) == 0) {
        const bool loop = below(2) == 0;
        Op& head = push(loop ? Code::loop_block : Code::if_block);
        head.imm = static_cast<unsigned>(loop ? 1 + below(3) : below(32));
        barrier();
        phases(1 + below(2), depth + 1);
        push(loop ? Code::end_loop_block : Code::end_if_block);
      }
      barrier();
    }
  }

  void operations(int count, int depth) {
    for (int i = 0; i < count; ++i) {
      const int pick = below(100);
      if (pick < 34) {
        arithmetic();
      } else if (pick < 60) {
        memory();
      } else if (pick < 84) {
        quiet_ ? arithmetic() : collective();
      } else if (pick < 97) {
        if (depth < 3) branch(depth);
      } else if (exits_left_ > 0) {
        --exits_left_;
        Op& op = push(below(2) == 0 ? Code::exit_bit : Code::exit_lane);
        op.imm = static_cast<unsigned>(draw());
        if (op.code == Code::exit_lane) op.imm &= static_cast<unsigned>(draw());
        op.buffer =
            quiet_ ? 0 : below(2);  // 1: the lanes that stay take the others out of their mask
      }
    }
  }

  void arithmetic() {
    const int first = static_cast<int>(Code::constant), last = static_cast<int>(Code::fused_double);
    push(static_cast<Code>(first + below(last - first + 1))).imm = static_cast<unsigned>(draw());
  }

  void memory() {
    const int first = list_.alone ? kSharedBuffers : 0;
    const int buffer = first + below(kBuffers - first);
    switch (below(8)) {
      case 0:
        push(Code::atomic_grid);
        return;
      case 1:
        push(Code::sum_grid);
        return;
      default:
        break;
    }
    Op& op = push(Code::load_any);
    op.buffer = buffer;
    op.shift = shift_[buffer];
    op.imm = static_cast<unsigned>(draw());
    if (part_[buffer] == Part::atomic) {
      op.code = Code::atomic_any;
      op.imm = static_cast<unsigned>(atomic_[buffer]);
    } else if (part_[buffer] == Part::own) {
      static constexpr Code kOwn[] = {Code::load_own, Code::store_own, Code::store_own,
                                      Code::atomic_own, Code::warp_exchange};
      op.code = kOwn[below(quiet_ ? 4 : 5)];  // the last one waits
      if (op.code == Code::atomic_own) op.imm = static_cast<unsigned>(below(kOwnAtomics));
    }
  }

  void collective() {
    const int first = static_cast<int>(Code::shuffle), last = static_cast<int>(Code::sync_warp);
    // Shuffles come in the most forms.
    const Code code =
        below(3) == 0 ? Code::shuffle : static_cast<Code>(first + below(last - first + 1));
    push(code).imm = static_cast<unsigned>(draw());
  }

  void branch(int depth) {
    // The first three ask no other lane.
    static constexpr Code kHeads[] = {Code::if_lane, Code::if_warp, Code::loop_times,
                                      Code::if_bit,  Code::if_less, Code::loop_data};
    Op& head = push(kHeads[below(quiet_ ? 3 : 6)]);
    head.imm = static_cast<unsigned>(draw());
    const bool loop = head.code == Code::loop_data || head.code == Code::loop_times;
    if (loop) head.imm %= 32;
    operations(1 + below(5), depth + 1);
    if (!loop && below(2) == 0) {
      push(Code::else_);
      operations(1 + below(5), depth + 1);
    }
    push(loop ? Code::end_loop : Code::end_if);
  }

  List list_{};
  std::uint64_t state_;
  int exits_left_ = 0;
  bool quiet_ = false;  // no thread ever waits for another
  Part part_[kBuffers];
  int shift_[kBuffers], atomic_[kBuffers];
};

const char* name_of(Code code) {
  static constexpr const char* kNames[] = {
#define STRESS_NAME(name) #name,
      STRESS_CODES(STRESS_NAME)
#undef STRESS_NAME
  };
  return kNames[static_cast<int>(code)];
}

bool opens(Code code) {
  switch (code) {
    case Code::if_bit:
    case Code::if_less:
    case Code::if_lane:
    case Code::if_warp:
    case Code::loop_data:
    case Code::loop_times:
    case Code::if_block:
    case Code::loop_block:
      return true;
    default:
      return false;
  }
}

void fill(std::vector<unsigned>& values, std::size_t count, std::uint64_t seed) {
  values.resize(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<unsigned>(mixed(seed + i * 0x51ed2701u));
}

template <class T>
std::string first_difference(const char* what, const std::vector<T>& want,
                             const std::vector<T>& got, std::size_t row, std::size_t column) {
  for (std::size_t i = 0; i < want.size(); ++i) {
    unsigned w, g;
    std::memcpy(&w, &want[i], sizeof w);
    std::memcpy(&g, &got[i], sizeof g);
    if (w == g) continue;
    char text[160];
    std::snprintf(text, sizeof text,
                  "%s: block %zu, thread or cell %zu, word %zu: want %08x, got %08x\n", what,
                  i / row, i % row / column, i % row % column, w, g);
    return text;
  }
  return {};
}

}  // namespace

bool closes(Code code) {
  return code == Code::end_if || code == Code::end_loop || code == Code::end_if_block ||
         code == Code::end_loop_block;
}

List make_list(std::uint64_t seed) { return Generator(seed).make(); }

void link(std::vector<Op>& ops) {
  std::vector<int> open;  // heads, and else_ in place of its if
  for (int i = 0; i < static_cast<int>(ops.size()); ++i) {
    Op& op = ops[static_cast<std::size_t>(i)];
    if (opens(op.code)) {
      open.push_back(i);
    } else if (op.code == Code::else_ || closes(op.code)) {
      if (open.empty()) throw std::logic_error("a list closes what it has not opened");
      ops[static_cast<std::size_t>(open.back())].target = i;
      op.target = open.back();
      open.pop_back();
      if (op.code == Code::else_) open.push_back(i);
    }
  }
  if (!open.empty()) throw std::logic_error("a list leaves a branch open");
}

std::string text_of(const List& list) {
  char line[200];
  std::snprintf(
      line, sizeof line, "seed %llu: grid (%d,%d), block (%d,%d,%d), masks begin with %s lanes%s\n",
      static_cast<unsigned long long>(list.seed), list.grid[0], list.grid[1], list.block[0],
      list.block[1], list.block[2], list.names_absent_lanes ? "all 32" : "the warp's",
      list.alone ? ", without barriers" : "");
  std::string text = line;
  int indent = 1;
  for (const Op& op : list.ops) {
    if (closes(op.code) || op.code == Code::else_) --indent;
    std::snprintf(line, sizeof line, "%*s%-14s d=r%d a=r%d b=r%d buffer=%d shift=%d imm=0x%x\n",
                  2 * indent, "", name_of(op.code), op.d, op.a, op.b, op.buffer, op.shift, op.imm);
    text += line;
    if (opens(op.code) || op.code == Code::else_) ++indent;
  }
  return text;
}

Outcome initial(const List& list) {
  Outcome o;
  const auto threads =
      static_cast<std::size_t>(list.blocks) * static_cast<std::size_t>(list.threads);
  fill(o.registers, threads * kRegisters, mixed(list.seed) + 1);
  fill(o.global, threads * (kBuffers - kSharedBuffers) * kCellWords, mixed(list.seed) + 2);
  fill(o.grid_cells, kGridCells, mixed(list.seed) + 3);
  o.grid_sums.assign(kGridSums, 0.0f);
  o.shared.assign(
      static_cast<std::size_t>(list.blocks) * static_cast<std::size_t>(shared_row(list)), kPoison);
  o.finished.assign(2, 0);
  // Some small numbers and floats among the registers, for which comparisons mean something.
  for (std::size_t i = 0; i < o.registers.size(); ++i) {
    unsigned& r = o.registers[i];
    if (i % kRegisters == 0) r &= 7;
    if (i % kRegisters == 3 || i % kRegisters == 4) {
      const float small = static_cast<float>(static_cast<int>(r % 20001) - 10000) / 64.0f;
      std::memcpy(&r, &small, sizeof r);
    }
  }
  return o;
}

std::vector<unsigned> table() {
  std::vector<unsigned> values;
  fill(values, kTable, 4);
  return values;
}

std::string difference(const List& list, const Outcome& want, const Outcome& got) {
  if (want.error != got.error) return "the launch: " + got.error + "\n";
  const auto threads = static_cast<std::size_t>(list.threads);
  const auto row = static_cast<std::size_t>(shared_row(list));
  return first_difference("registers", want.registers, got.registers, threads * kRegisters,
                          kRegisters) +
         first_difference("global memory", want.global, got.global, threads * 2 * kCellWords,
                          kCellWords) +
         first_difference("cells of the grid", want.grid_cells, got.grid_cells, kGridCells, 1) +
         first_difference("sums of the grid", want.grid_sums, got.grid_sums, kGridSums, 1) +
         first_difference("shared memory", want.shared, got.shared, row, kCellWords) +
         first_difference("last block", want.finished, got.finished, 2, 1);
}

}  // namespace stress
