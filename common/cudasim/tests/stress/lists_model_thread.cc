// The model's operations of one thread: arithmetic, memory and atomic functions. See lists_model.h.
#include "common/cudasim/tests/stress/lists_model.h"

namespace stress::model {

void Block::single_thread(int t, const Op& op) {
  const std::uint32_t a = reg(t, op.a), b = reg(t, op.b);
  const std::uint64_t a64 = a, b64 = b;
  const auto sa = static_cast<std::int32_t>(a), sb = static_cast<std::int32_t>(b);
  const float fa = single(t, op.a), fb = single(t, op.b);
  std::uint32_t r = reg(t, op.d);
  switch (op.code) {
    case Code::constant:
      r = op.imm;
      break;
    case Code::thread: {
      const int x = t % list_.block[0], y = t / list_.block[0] % list_.block[1];
      const int z = t / list_.block[0] / list_.block[1];
      r = static_cast<std::uint32_t>(x + 3 * y + 5 * z + 7 * (number_ % list_.grid[0]) +
                                     11 * (number_ / list_.grid[0]) + 13 * list_.block[0] +
                                     17 * list_.block[1] + 19 * list_.grid[0] + 23 * list_.grid[1] +
                                     29 * 32 + 31 * (t % 32));
      break;
    }
    case Code::table:
      r = constants_[a % kTable];
      break;
    case Code::add:
      r = static_cast<std::uint32_t>(a64 + b64);
      break;
    case Code::subtract:
      r = static_cast<std::uint32_t>(a64 + ~b64 + 1);
      break;
    case Code::multiply:
      r = static_cast<std::uint32_t>(a64 * b64);
      break;
    case Code::high_product:
      r = static_cast<std::uint32_t>(a64 * b64 / 4294967296u);
      break;
    case Code::quotient:
      r = b ? static_cast<std::uint32_t>((a64 - a64 % b64) / b64) : a;
      break;
    case Code::remainder:
      r = b ? static_cast<std::uint32_t>(a64 - a64 / b64 * b64) : a;
      break;
    case Code::bit_and:
      r = ~(~a | ~b);
      break;
    case Code::bit_or:
      r = ~(~a & ~b);
      break;
    case Code::bit_xor:
      r = (a | b) & ~(a & b);
      break;
    case Code::shift_left:
      r = static_cast<std::uint32_t>(a64 << b % 32);
      break;
    case Code::shift_right:
      r = static_cast<std::uint32_t>(a64 / (1ull << b % 32));
      break;
    case Code::shift_signed:
      r = sa >= 0 ? a >> b % 32 : ~(~a >> b % 32);
      break;
    case Code::min_signed:
      r = sb < sa ? b : a;
      break;
    case Code::max_unsigned:
      r = a < b ? b : a;
      break;
    case Code::count_ones:
      r = 0;
      for (int i = 0; i < 32; ++i) r += (a >> i) % 2;
      break;
    case Code::leading_zeros:
      for (r = 0; r < 32 && (a64 << r & 0x80000000u) == 0;) ++r;
      break;
    case Code::reverse:
      r = 0;
      for (int i = 0; i < 32; ++i) r += (a >> i) % 2 << (31 - i);
      break;
    case Code::first_one:
      r = 0;
      for (std::uint32_t i = 32; i-- > 0;) {
        if ((a >> i) % 2 == 1) r = i + 1;
      }
      break;
    case Code::permute_bytes: {
      const std::uint32_t both[2] = {a, b};
      std::uint8_t from[8], to[4];
      std::memcpy(from, both, 8);
      for (unsigned i = 0; i < 4; ++i) to[i] = from[op.imm >> 4 * i & 7];
      std::memcpy(&r, to, 4);
      break;
    }
    case Code::funnel:
      r = static_cast<std::uint32_t>((b64 << 32 | a64) << op.imm % 32 >> 32);
      break;
    case Code::less:
      r = sa < sb;
      break;
    case Code::select:
      r = r % 2 == 1 ? a : b;
      break;
    case Code::add_float:
      r = bits_of(fa + fb);
      break;
    case Code::subtract_float:
      r = bits_of(fa - fb);
      break;
    case Code::multiply_float:
      r = bits_of(fa * fb);
      break;
    case Code::divide_float:
      r = bits_of(fa / fb);
      break;
    case Code::fused_float:
      r = bits_of(std::fma(fa, fb, single(t, op.d)));
      break;
    case Code::root_float:
      r = bits_of(std::sqrt(fa));
      break;
    case Code::to_float:
      r = bits_of(static_cast<float>(static_cast<double>(sa)));
      break;
    case Code::to_integer:  // what does not fit becomes the nearest that does, and NaN zero
      r = std::isnan(fa)         ? 0
          : fa >= 2147483648.0f  ? 0x7fffffff
          : fa <= -2147483648.0f ? 0x80000000
                                 : static_cast<std::uint32_t>(static_cast<std::int64_t>(fa));
      break;
    case Code::add_double:
      return set_wide(t, op.d, bits_of(real(t, op.a) + real(t, op.b)));
    case Code::multiply_double:
      return set_wide(t, op.d, bits_of(real(t, op.a) * real(t, op.b)));
    case Code::fused_double:
      return set_wide(t, op.d, bits_of(std::fma(real(t, op.a), real(t, op.b), real(t, op.d))));
    default:
      return access(t, op);
  }
  reg(t, op.d) = r;
}

void Block::access(int t, const Op& op) {
  auto& memory = memory_[op.buffer];
  std::uint8_t* const own = &memory[at(own_word(t, op)) * 4];
  const std::uint32_t a = reg(t, op.a);
  const std::size_t size = std::size_t{1} << (op.imm >> 8) % 4, place = op.imm % (8 / size) * size;
  switch (op.code) {
    case Code::load_own: {
      std::uint64_t value = 0;
      std::memcpy(&value, own + place, size);
      if (size == 8) return set_wide(t, op.d, value);
      reg(t, op.d) = static_cast<std::uint32_t>(value);
      return;
    }
    case Code::store_own: {
      const std::uint64_t value = size == 8 ? wide(t, op.a) : a;
      std::memcpy(own + place, &value, size);
      return;
    }
    case Code::load_any:
      reg(t, op.d) = get(op.buffer, static_cast<int>(a % static_cast<unsigned>(words_)));
      return;
    case Code::atomic_any: {
      const auto function = static_cast<Atomic>(op.imm);
      const auto cells = static_cast<unsigned>(function == Atomic::add_wide ? threads_ : words_);
      changed(&memory[a % cells * (function == Atomic::add_wide ? 8 : 4)], function, t, op);
      return;
    }
    case Code::atomic_own:
      reg(t, op.d) = changed(own, static_cast<Atomic>(op.imm), t, op);
      return;
    case Code::atomic_grid: {
      std::uint32_t& cell = out_.grid_cells[a % kGridCells];
      std::uint8_t bytes[4];
      std::memcpy(bytes, &cell, 4);
      changed(bytes, static_cast<Atomic>(a % kGridCells % kGridAtomics), t, op);
      std::memcpy(&cell, bytes, 4);
      return;
    }
    case Code::sum_grid:
      out_.grid_sums[a % kGridSums] += static_cast<float>(reg(t, op.b) % 16);
      return;
    default:
      return;  // a barrier without a result
  }
}

std::uint32_t Block::changed(std::uint8_t* place, Atomic function, int t, const Op& op) {
  std::uint32_t old;
  std::memcpy(&old, place, 4);
  const std::uint32_t value = reg(t, op.b);
  std::uint32_t next = old, result = old;
  switch (function) {
    case Atomic::add:
      next = old + value;
      break;
    case Atomic::min_signed:
      if (static_cast<std::int32_t>(value) < static_cast<std::int32_t>(old)) next = value;
      break;
    case Atomic::max_unsigned:
      if (value > old) next = value;
      break;
    case Atomic::bit_and:
      next = old & value;
      break;
    case Atomic::bit_or:
      next = old | value;
      break;
    case Atomic::bit_xor:
      next = old ^ value;
      break;
    case Atomic::increment:
      next = old < kIncrementLimit ? old + 1 : 0;
      break;
    case Atomic::decrement:
      next = old >= 1 && old <= kIncrementLimit ? old - 1 : kIncrementLimit;
      break;
    case Atomic::add_wide: {
      std::uint64_t both;
      std::memcpy(&both, place, 8);
      result = static_cast<std::uint32_t>(both >> 32);
      both += wide(t, op.b);
      std::memcpy(place, &both, 8);
      return result;
    }
    case Atomic::exchange:
      next = value;
      break;
    case Atomic::compare_swap:
      if (old == reg(t, op.a)) next = value;
      break;
    case Atomic::subtract:
      next = old - value;
      break;
    case Atomic::add_float: {
      const auto part = [&](int i) {
        const double number = static_cast<std::int32_t>(reg(t, i));
        return static_cast<float>(std::floor(number / 256));
      };
      result = bits_of(part(op.a));
      next = bits_of(part(op.a) + part(op.b));
      break;
    }
    default:
      break;
  }
  std::memcpy(place, &next, 4);
  return result;
}

}  // namespace stress::model
