// The model's control flow: blocks, branches, loops, returns and barriers. See lists_model.h.
#include "common/cudasim/tests/stress/lists_model.h"

namespace stress {
namespace model {

void Block::follow(int begin, int end, const Lanes& active) {
  for (int i = begin; i < end;) {
    const Op& op = list_.ops[at(i)];
    switch (op.code) {
      case Code::if_bit:
      case Code::if_less:
      case Code::if_lane:
      case Code::if_warp: {
        const Lanes taken = where(active, [&](int t) { return takes(t, op); });
        const Lanes others = where(active, [&](int t) { return !taken[at(t)]; });
        follow(i + 1, op.target, taken);
        i = op.target;
        if (list_.ops[at(i)].code == Code::else_) {
          follow(i + 1, list_.ops[at(i)].target, others);
          i = list_.ops[at(i)].target;
        }
        break;
      }
      case Code::loop_data:
      case Code::loop_times: {
        std::array<int, kMaxThreads> rounds{};
        each(active, [&](int t) {
          rounds[at(t)] = static_cast<int>(op.code == Code::loop_data ? (reg(t, op.a) >> op.imm) % 4
                                                                      : op.imm % 4);
        });
        for (int round = 0; round < 3; ++round) {
          follow(i + 1, op.target, where(active, [&](int t) { return rounds[at(t)] > round; }));
        }
        i = op.target;
        break;
      }
      case Code::exit_bit:
      case Code::exit_lane:
        each(active, [&](int t) {
          const std::uint32_t shifted =
              op.code == Code::exit_bit ? reg(t, op.a) >> (op.imm % 32) : 0;
          if (op.code == Code::exit_bit ? shifted % 8 == 0 : (op.imm >> (t % 32)) % 2 == 1) {
            alive_[at(t)] = false;
          }
        });
        break;
      case Code::if_block: {
        int count = 0;
        each(active, [&](int t) { count += bit(t, op); });
        if (count % 2 == 1) follow(i + 1, op.target, active);
        i = op.target;
        break;
      }
      case Code::loop_block:
        for (unsigned round = 0; round < op.imm; ++round) follow(i + 1, op.target, active);
        i = op.target;
        break;
      case Code::barrier_count:
      case Code::barrier_and:
      case Code::barrier_or: {
        std::uint32_t with = 0, all = 0;
        each(active, [&](int t) {
          ++all;
          with += bit(t, op);
        });
        const std::uint32_t result = op.code == Code::barrier_count ? with
                                     : op.code == Code::barrier_and ? with == all
                                                                    : with > 0;
        each(active, [&](int t) { reg(t, op.d) = result; });
        break;
      }
      default:
        if (op.code >= Code::warp_exchange && op.code <= Code::sync_warp) {
          collective(op, active);
        } else {
          each(active, [&](int t) { single_thread(t, op); });
        }
    }
    ++i;
  }
}

bool Block::takes(int t, const Op& op) {
  if (op.code == Code::if_bit) return bit(t, op);
  if (op.code == Code::if_less) {
    return static_cast<std::int32_t>(reg(t, op.a)) < static_cast<std::int32_t>(reg(t, op.b));
  }
  return (op.imm >> (op.code == Code::if_lane ? t % 32 : t / 32)) % 2 == 1;
}

}  // namespace model

Outcome follow(const List& list) {
  Outcome outcome = initial(list);
  for (int b = 0; b < list.blocks; ++b) {
    outcome.finished[0] += model::Block(list, outcome, b).run();
  }
  if (outcome.finished[0] == static_cast<unsigned>(list.blocks)) {
    for (const unsigned word : outcome.shared) outcome.finished[1] += word;
  }
  return outcome;
}

}  // namespace stress
