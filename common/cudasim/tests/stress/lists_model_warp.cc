// The model's operations of a warp: votes, shuffles, matches, reductions. See lists_model.h.
#include "common/cudasim/tests/stress/lists_model.h"

namespace stress::model {

void Block::collective(const Op& op, const Lanes& active) {
  for (int first = 0; first < threads_; first += 32) {
    std::uint32_t present = 0;
    each(active, [&](int t) {
      if (t / 32 == first / 32) present |= 1u << t % 32;
    });
    if (present != 0) warp(op, first, present);
  }
}

void Block::warp(const Op& op, int first, std::uint32_t present) {
  const auto there = [&](int lane) { return (present >> lane & 1) == 1; };
  // What each lane brings, read before any lane's register changes.
  std::uint64_t mine[32] = {};
  std::uint32_t index[32] = {}, result[32] = {};
  std::uint32_t holds = 0;
  const auto type = static_cast<Value>(op.imm / 32 % 4);
  const bool pair = op.code == Code::shuffle && (type == Value::wide || type == Value::real);
  for (int lane = 0; lane < 32; ++lane) {
    if (!there(lane)) continue;
    mine[lane] =
        pair || op.code == Code::match_wide ? wide(first + lane, op.a) : reg(first + lane, op.a);
    index[lane] = reg(first + lane, op.b);
    if (bit(first + lane, op)) holds |= 1u << lane;
  }
  for (int lane = 0; lane < 32; ++lane) {
    if (!there(lane)) continue;
    std::uint32_t same = 0;
    switch (op.code) {
      case Code::warp_exchange: {
        const int other = lane ^ static_cast<int>(op.imm % 32);
        put(op.buffer, own_word(first + lane, op), static_cast<std::uint32_t>(mine[lane]));
        result[lane] = there(other) ? static_cast<std::uint32_t>(mine[other]) : 0x01234567;
        break;
      }
      case Code::shuffle: {
        const int width = 1 << (op.imm / 4 % 8) % 6, distance = static_cast<int>(op.imm / 128 % 32);
        const int segment = lane / width;
        int from = lane;
        switch (static_cast<Shuffle>(op.imm % 4)) {
          case Shuffle::index:
            from = segment * width + static_cast<int>(index[lane] % static_cast<unsigned>(width));
            break;
          case Shuffle::up:
            if (lane >= distance && (lane - distance) / width == segment) from = lane - distance;
            break;
          case Shuffle::down:
            if ((lane + distance) / width == segment) from = lane + distance;
            break;
          case Shuffle::bit_xor:  // an earlier segment may be read, a later one not
            if ((lane ^ distance) / width <= segment) from = lane ^ distance;
            break;
        }
        std::uint64_t got = there(from) ? mine[from] : 0x01234567;
        if (there(from) && type == Value::single)
          got = bits_of(same_bits<float>(static_cast<std::uint32_t>(got)));
        if (there(from) && type == Value::real) got = bits_of(same_bits<double>(got));
        if (pair) {
          set_wide(first + lane, op.d, got);
          continue;
        }
        result[lane] = static_cast<std::uint32_t>(got);
        break;
      }
      case Code::vote_any:
        result[lane] = holds != 0;
        break;
      case Code::vote_all:
        result[lane] = holds == present;
        break;
      case Code::ballot:
        result[lane] = holds;
        break;
      case Code::match_any:
      case Code::match_all:
      case Code::match_wide: {
        const std::uint64_t matters = op.code == Code::match_any ? 3
                                      : op.code == Code::match_wide
                                          ? 0x100000001
                                          : op.imm & (op.imm >> 8) & (op.imm >> 16) & 1;
        for (int other = 0; other < 32; ++other) {
          if (there(other) && (mine[other] & matters) == (mine[lane] & matters))
            same |= 1u << other;
        }
        result[lane] = same;
        if (op.code == Code::match_all) result[lane] = same == present ? same + 0x5555 : 0;
        break;
      }
      case Code::reduce: {
        bool begun = false;
        for (int other = 0; other < 32; ++other) {
          if (!there(other)) continue;
          const auto v = static_cast<std::uint32_t>(mine[other]);
          std::uint32_t& r = result[lane];
          const bool less = v < r,
                     less_signed = static_cast<std::int32_t>(v) < static_cast<std::int32_t>(r);
          switch (static_cast<Reduction>(op.imm % 9)) {
            case Reduction::add:
            case Reduction::add_signed:
              r = begun ? r + v : v;
              break;
            case Reduction::min:
              r = !begun || less ? v : r;
              break;
            case Reduction::min_signed:
              r = !begun || less_signed ? v : r;
              break;
            case Reduction::max:
              r = !begun || !less ? v : r;
              break;
            case Reduction::max_signed:
              r = !begun || !less_signed ? v : r;
              break;
            case Reduction::bit_and:
              r = begun ? r & v : v;
              break;
            case Reduction::bit_or:
              r = begun ? r | v : v;
              break;
            default:
              r = begun ? r ^ v : v;
              break;
          }
          begun = true;
        }
        break;
      }
      default:
        continue;  // sync_warp
    }
    reg(first + lane, op.d) = result[lane];
  }
}

}  // namespace stress::model
