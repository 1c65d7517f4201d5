// The warp's collectives: barriers, shuffles, votes, matches and reductions of a warp's lanes, and
// __activemask. Each completes when the last lane it needs arrives, or exits.
#include <algorithm>
#include <bit>

#include "report.h"
#include "schedule.h"

namespace cudasim {

void* Worker::collective(Collective operation, unsigned mask, std::uint64_t value, unsigned operand,
                         const void* site) {
  if (view.in_run != 0) break_run();
  Block& b = *block_;
  const unsigned thread = view.linear, lane = view.lane();
  WarpState& warp = *turn_;
  if ((mask >> lane & 1) == 0) {
    report_bad_mask(*this, mask, site);
    mask |= 1u << lane;
  }
  b.wait[thread] = Wait::warp;
  b.site[thread] = site;
  warp.operation[lane] = operation;
  warp.mask[lane] = mask;
  warp.value[lane] = value;
  warp.operand[lane] = operand;
  warp.waiting |= 1u << lane;
  complete(warp, mask);
  return park();
}

// Lets the lanes of `mask` go on if all of them that are alive wait for the same operation with the
// same mask. The last to arrive computes for all, since a lane that is let go may be in its next
// collective before another has read this one's values.
bool Worker::complete(WarpState& warp, unsigned mask) {
  const unsigned lanes = mask & warp.alive;
  if (lanes == 0 || (warp.waiting & lanes) != lanes) return false;
  const unsigned first = static_cast<unsigned>(std::countr_zero(lanes));
  const Collective operation = warp.operation[first];
  for (unsigned left = lanes; left != 0; left &= left - 1) {
    const unsigned lane = static_cast<unsigned>(std::countr_zero(left));
    if (warp.mask[lane] != mask || warp.operation[lane] != operation) return false;
  }
  const auto each = [&](auto visit) {
    for (unsigned left = lanes; left != 0; left &= left - 1) {
      visit(static_cast<unsigned>(std::countr_zero(left)));
    }
  };
  switch (operation) {
    case Collective::sync:
      if (block_->check != nullptr) {
        block_->check->sync_warp(static_cast<unsigned>(&warp - block_->warps), lanes);
      }
      break;
    case Collective::exchange:
      // A lane that takes no part has no value to give: all bits set, which is a NaN.
      each([&](unsigned lane) {
        const unsigned source = warp.operand[lane];
        warp.result[lane] = (lanes >> source & 1) != 0 ? warp.value[source] : ~std::uint64_t{0};
      });
      break;
    case Collective::vote: {
      unsigned ballot = 0;
      each([&](unsigned lane) { ballot |= static_cast<unsigned>(warp.value[lane]) << lane; });
      each([&](unsigned lane) { warp.result[lane] = std::uint64_t{lanes} << 32 | ballot; });
      break;
    }
    case Collective::match:
      each([&](unsigned lane) {
        unsigned same = 0;
        each([&](unsigned other) {
          if (warp.value[other] == warp.value[lane]) same |= 1u << other;
        });
        warp.result[lane] = same;
      });
      break;
    case Collective::reduce: {
      unsigned total = static_cast<unsigned>(warp.value[first]);
      for (unsigned left = lanes & (lanes - 1); left != 0; left &= left - 1) {
        const unsigned v = static_cast<unsigned>(warp.value[std::countr_zero(left)]);
        switch (static_cast<Reduce>(warp.operand[first])) {
          case Reduce::add:
            total += v;
            break;
          case Reduce::min:
            total = std::min(total, v);
            break;
          case Reduce::max:
            total = std::max(total, v);
            break;
          case Reduce::min_signed:
            total = static_cast<unsigned>(std::min(static_cast<int>(total), static_cast<int>(v)));
            break;
          case Reduce::max_signed:
            total = static_cast<unsigned>(std::max(static_cast<int>(total), static_cast<int>(v)));
            break;
          case Reduce::bit_and:
            total &= v;
            break;
          case Reduce::bit_or:
            total |= v;
            break;
          case Reduce::bit_xor:
            total ^= v;
            break;
        }
      }
      each([&](unsigned lane) { warp.result[lane] = total; });
      break;
    }
  }
  warp.waiting &= ~lanes;
  warp.runnable |= lanes;
  block_->runnable_warps |= 1u << (&warp - block_->warps);
  made_progress();
  return true;
}

// __activemask: the lanes that run together. Lanes that reach the same call are let go together once
// no other lane of the warp can run, which is the most convergence a GPU could show.
void* Worker::active_mask(const void* site) {
  if (view.in_run != 0) break_run();
  Block& b = *block_;
  b.wait[view.linear] = Wait::converge;
  b.site[view.linear] = site;
  turn_->converge |= 1u << view.lane();
  return park();
}

void Worker::release_converged(WarpState& warp) {
  Block& b = *block_;
  const unsigned base = static_cast<unsigned>(&warp - b.warps) * kWarp;
  const unsigned first = static_cast<unsigned>(std::countr_zero(warp.converge));
  unsigned group = 0;
  for (unsigned left = warp.converge; left != 0; left &= left - 1) {
    const unsigned lane = static_cast<unsigned>(std::countr_zero(left));
    if (b.site[base + lane] == b.site[base + first]) group |= 1u << lane;
  }
  for (unsigned left = group; left != 0; left &= left - 1) {
    warp.result[std::countr_zero(left)] = group;
  }
  warp.converge &= ~group;
  warp.runnable |= group;
}

}  // namespace cudasim
