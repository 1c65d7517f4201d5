// What one device thread of the lists' kernel has, and the operations that concern it alone: its
// registers, arithmetic, atomic functions and loads and stores of its own cells.
#pragma once
#ifndef __CUDACC__
#error "lists_thread.cuh holds device code; include it from a .cu file"
#endif
#include <cuda_runtime.h>

#include <cstring>

#include "common/cudasim/tests/stress/lists.h"

namespace stress {
namespace {

__constant__ unsigned c_table[kTable];
constexpr unsigned kNobody = 0x01234567;  // in place of what a lane that takes no part would give

// Every NaN is the same, since processors differ in which one they make.
__device__ unsigned bits(float x) { return isnan(x) ? 0x7fffffffu : __float_as_uint(x); }
__device__ unsigned long long bits(double x) {
  return isnan(x) ? 0x7ff8000000000000ull
                  : static_cast<unsigned long long>(__double_as_longlong(x));
}

struct Thread {
  unsigned r[kRegisters];
  unsigned index, count, lane;  // in the block; of the block; in the warp
  unsigned mask[kDepth];        // the lanes that run with this one, by depth of nesting
  int left[kDepth];             // rounds of a loop
  int rounds[4];                // rounds of a loop of the whole block
  int depth, block_depth;

  __device__ float single(int i) const { return __uint_as_float(r[i]); }
  __device__ unsigned long long wide(int i) const {
    return static_cast<unsigned long long>(r[i | 1]) << 32 | r[i & ~1];
  }
  __device__ double real(int i) const {
    return __longlong_as_double(static_cast<long long>(wide(i)));
  }
  __device__ void set_wide(int i, unsigned long long value) {
    r[i & ~1] = static_cast<unsigned>(value);
    r[i | 1] = static_cast<unsigned>(value >> 32);
  }
  // The cell that is this phase's own of thread `other`, in words.
  __device__ unsigned cell(int shift, unsigned other) const {
    const unsigned s = static_cast<unsigned>(shift < 0 ? -shift : shift);
    const unsigned at = (other + s) % count;
    return kCellWords * (shift < 0 ? count - 1 - at : at);
  }
  __device__ bool bit(const Op& op) const { return (r[op.a] >> (op.imm & 31) & 1) != 0; }
};

__device__ void compute(Thread& t, const Op& op) {
  const unsigned a = t.r[op.a], b = t.r[op.b];
  const int sa = static_cast<int>(a), sb = static_cast<int>(b);
  unsigned& d = t.r[op.d];
  switch (op.code) {
    case Code::constant:
      d = op.imm;
      break;
    case Code::thread: {
      unsigned lane;
      asm("mov.u32 %0, %%laneid;" : "=r"(lane));
      d = threadIdx.x + 3 * threadIdx.y + 5 * threadIdx.z + 7 * blockIdx.x + 11 * blockIdx.y +
          13 * blockDim.x + 17 * blockDim.y + 19 * gridDim.x + 23 * gridDim.y + 29 * warpSize +
          31 * lane;
      break;
    }
    case Code::table:
      d = c_table[a % kTable];
      break;
    case Code::add:
      d = a + b;
      break;
    case Code::subtract:
      d = a - b;
      break;
    case Code::multiply:
      d = a * b;
      break;
    case Code::high_product:
      d = __umulhi(a, b);
      break;
    case Code::quotient:
      d = b == 0 ? a : a / b;
      break;
    case Code::remainder:
      d = b == 0 ? a : a % b;
      break;
    case Code::bit_and:
      d = a & b;
      break;
    case Code::bit_or:
      d = a | b;
      break;
    case Code::bit_xor:
      d = a ^ b;
      break;
    case Code::shift_left:
      d = a << (b & 31);
      break;
    case Code::shift_right:
      d = a >> (b & 31);
      break;
    case Code::shift_signed:
      d = static_cast<unsigned>(sa >> (b & 31));
      break;
    case Code::min_signed:
      d = static_cast<unsigned>(min(sa, sb));
      break;
    case Code::max_unsigned:
      d = max(a, b);
      break;
    case Code::count_ones:
      d = static_cast<unsigned>(__popc(a));
      break;
    case Code::leading_zeros:
      d = static_cast<unsigned>(__clz(sa));
      break;
    case Code::reverse:
      d = __brev(a);
      break;
    case Code::first_one:
      d = static_cast<unsigned>(__ffs(sa));
      break;
    case Code::permute_bytes:
      d = __byte_perm(a, b, op.imm & 0x7777);
      break;
    case Code::funnel:
      d = __funnelshift_l(a, b, op.imm & 31);
      break;
    case Code::less:
      d = sa < sb ? 1 : 0;
      break;
    case Code::select:
      d = (d & 1) != 0 ? a : b;
      break;
    case Code::add_float:
      d = bits(__fadd_rn(t.single(op.a), t.single(op.b)));
      break;
    case Code::subtract_float:
      d = bits(__fsub_rn(t.single(op.a), t.single(op.b)));
      break;
    case Code::multiply_float:
      d = bits(__fmul_rn(t.single(op.a), t.single(op.b)));
      break;
    case Code::divide_float:
      d = bits(__fdiv_rn(t.single(op.a), t.single(op.b)));
      break;
    case Code::fused_float:
      d = bits(fmaf(t.single(op.a), t.single(op.b), t.single(op.d)));
      break;
    case Code::root_float:
      d = bits(__fsqrt_rn(t.single(op.a)));
      break;
    case Code::to_float:
      d = bits(__int2float_rn(sa));
      break;
    case Code::to_integer:
      d = static_cast<unsigned>(__float2int_rz(t.single(op.a)));
      break;
    case Code::add_double:
      t.set_wide(op.d, bits(__dadd_rn(t.real(op.a), t.real(op.b))));
      break;
    case Code::multiply_double:
      t.set_wide(op.d, bits(__dmul_rn(t.real(op.a), t.real(op.b))));
      break;
    case Code::fused_double:
      t.set_wide(op.d, bits(fma(t.real(op.a), t.real(op.b), t.real(op.d))));
      break;
    default:
      break;
  }
}

// A function of `word`, or of the 64 bits that begin there; returns what was there before.
__device__ unsigned change(unsigned* word, Atomic function, const Thread& t, const Op& op) {
  const unsigned value = t.r[op.b];
  int* const number = reinterpret_cast<int*>(word);
  switch (function) {
    case Atomic::add:
      return atomicAdd(word, value);
    case Atomic::min_signed:
      return static_cast<unsigned>(atomicMin(number, static_cast<int>(value)));
    case Atomic::max_unsigned:
      return atomicMax(word, value);
    case Atomic::bit_and:
      return atomicAnd(word, value);
    case Atomic::bit_or:
      return atomicOr(word, value);
    case Atomic::bit_xor:
      return atomicXor(word, value);
    case Atomic::increment:
      return atomicInc(word, kIncrementLimit);
    case Atomic::decrement:
      return atomicDec(word, kIncrementLimit);
    case Atomic::add_wide:
      return static_cast<unsigned>(
          atomicAdd(reinterpret_cast<unsigned long long*>(word), t.wide(op.b)) >> 32);
    case Atomic::exchange:
      return atomicExch(word, value);
    case Atomic::compare_swap:
      return atomicCAS(word, t.r[op.a], value);
    case Atomic::subtract:
      return atomicSub(word, value);
    case Atomic::add_float: {
      // A word that holds no small float is made one first; no other thread sees it.
      float* const sum = reinterpret_cast<float*>(word);
      atomicExch(sum, static_cast<float>(static_cast<int>(t.r[op.a]) >> 8));
      return bits(atomicAdd(sum, static_cast<float>(static_cast<int>(value) >> 8)));
    }
    default:
      return 0;
  }
}

__device__ void load_own(Thread& t, const Op& op, const unsigned* cell) {
  const char* const bytes = reinterpret_cast<const char*>(cell);
  switch (op.imm >> 8 & 3) {
    case 0:
      t.r[op.d] = static_cast<unsigned char>(bytes[op.imm & 7]);
      break;
    case 1: {
      unsigned short half;
      memcpy(&half, bytes + 2 * (op.imm & 3), sizeof half);
      t.r[op.d] = half;
      break;
    }
    case 2:
      t.r[op.d] = cell[op.imm & 1];
      break;
    default: {
      const uint2 both = *reinterpret_cast<const uint2*>(cell);
      t.r[op.d & ~1] = both.x;
      t.r[op.d | 1] = both.y;
      break;
    }
  }
}

__device__ void store_own(const Thread& t, const Op& op, unsigned* cell) {
  char* const bytes = reinterpret_cast<char*>(cell);
  switch (op.imm >> 8 & 3) {
    case 0:
      bytes[op.imm & 7] = static_cast<char>(t.r[op.a]);
      break;
    case 1: {
      const unsigned short half = static_cast<unsigned short>(t.r[op.a]);
      memcpy(bytes + 2 * (op.imm & 3), &half, sizeof half);
      break;
    }
    case 2:
      cell[op.imm & 1] = t.r[op.a];
      break;
    default:
      *reinterpret_cast<uint2*>(cell) = make_uint2(t.r[op.a & ~1], t.r[op.a | 1]);
      break;
  }
}

}  // namespace
}  // namespace stress
