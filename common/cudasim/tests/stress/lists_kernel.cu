// The kernel that interprets a list of operations, one list a launch: plain CUDA C++, for a GPU as
// well. Lanes diverge as their own branches and loops say; each collective names the lanes that are
// sure to come to it, some of which may have returned before.
#include <cuda_runtime.h>

#include "common/cudasim/tests/stress/lists.h"
#include "common/cudasim/tests/stress/lists_thread.cuh"

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 800
#define HAS_REDUCE  // __reduce_*_sync are of compute capability 8.0
#endif

namespace stress {
namespace {

struct Arguments {
  const Op* ops;
  int count;
  bool names_absent_lanes, alone;
  unsigned* registers;
  unsigned* global;
  unsigned* grid_cells;
  float* grid_sums;
  unsigned* shared;
  unsigned* finished;
};

__device__ void access(Thread& t, const Op& op, const Arguments& args, unsigned* buffer) {
  unsigned* const own = buffer + t.cell(op.shift, t.index);
  const unsigned a = t.r[op.a], words = kCellWords * t.count;
  switch (op.code) {
    case Code::load_own:
      load_own(t, op, own);
      break;
    case Code::store_own:
      store_own(t, op, own);
      break;
    case Code::load_any:
      t.r[op.d] = buffer[a % words];
      break;
    case Code::atomic_any: {
      const Atomic function = static_cast<Atomic>(op.imm);
      change(buffer + (function == Atomic::add_wide ? a % t.count * kCellWords : a % words),
             function, t, op);
      break;
    }
    case Code::atomic_own:
      t.r[op.d] = change(own, static_cast<Atomic>(op.imm), t, op);
      break;
    case Code::atomic_grid:
      change(args.grid_cells + a % kGridCells, static_cast<Atomic>(a % kGridCells % kGridAtomics),
             t, op);
      break;
    // Small whole numbers: their sum is exact in any order.
    case Code::sum_grid:
      atomicAdd(args.grid_sums + a % kGridSums, static_cast<float>(t.r[op.b] & 15));
      break;
    default:
      break;
  }
}

__device__ void shuffle(Thread& t, const Op& op, unsigned mask) {
  const int width = 1 << (op.imm >> 2 & 7) % 6;
  const unsigned distance = op.imm >> 7 & 31, w = static_cast<unsigned>(width);
  const unsigned first = t.lane / w * w, last = first + w - 1;
  const auto give = [&](auto value, unsigned* from) {
    switch (static_cast<Shuffle>(op.imm & 3)) {
      case Shuffle::index:
        *from = first + t.r[op.b] % w;
        return __shfl_sync(mask, value, static_cast<int>(t.r[op.b]), width);
      case Shuffle::up:
        *from = t.lane >= first + distance ? t.lane - distance : t.lane;
        return __shfl_up_sync(mask, value, distance, width);
      case Shuffle::down:
        *from = t.lane + distance <= last ? t.lane + distance : t.lane;
        return __shfl_down_sync(mask, value, distance, width);
      default:
        *from = (t.lane ^ distance) <= last ? t.lane ^ distance : t.lane;
        return __shfl_xor_sync(mask, value, static_cast<int>(distance), width);
    }
  };
  const unsigned present = __ballot_sync(mask, 1);
  unsigned from = 0;
  unsigned long long got = 0;
  bool pair = false;
  switch (static_cast<Value>(op.imm >> 5 & 3)) {
    case Value::integer:
      got = give(t.r[op.a], &from);
      break;
    case Value::single:
      got = bits(give(t.single(op.a), &from));
      break;
    case Value::wide:
      got = give(t.wide(op.a), &from);
      pair = true;
      break;
    case Value::real:
      got = bits(give(t.real(op.a), &from));
      pair = true;
      break;
  }
  if ((present >> from & 1) == 0) got = kNobody;
  if (pair) {
    t.set_wide(op.d, got);
  } else {
    t.r[op.d] = static_cast<unsigned>(got);
  }
}

__device__ unsigned reduce(unsigned mask, Reduction kind, unsigned value) {
#ifdef HAS_REDUCE
  const int number = static_cast<int>(value);
  switch (kind) {
    case Reduction::add:
      return __reduce_add_sync(mask, value);
    case Reduction::add_signed:
      return static_cast<unsigned>(__reduce_add_sync(mask, number));
    case Reduction::min:
      return __reduce_min_sync(mask, value);
    case Reduction::min_signed:
      return static_cast<unsigned>(__reduce_min_sync(mask, number));
    case Reduction::max:
      return __reduce_max_sync(mask, value);
    case Reduction::max_signed:
      return static_cast<unsigned>(__reduce_max_sync(mask, number));
    case Reduction::bit_and:
      return __reduce_and_sync(mask, value);
    case Reduction::bit_or:
      return __reduce_or_sync(mask, value);
    case Reduction::bit_xor:
      return __reduce_xor_sync(mask, value);
    default:
      return 0;
  }
#else
  return mask + value + static_cast<unsigned>(kind);  // run() refuses such a GPU
#endif
}

__device__ void collective(Thread& t, const Op& op, unsigned* buffer) {
  const unsigned mask = t.mask[t.depth], a = t.r[op.a];
  unsigned& d = t.r[op.d];
  switch (op.code) {
    case Code::warp_exchange: {
      // Each lane writes its cell and reads that of another lane of its warp, if that one is there.
      const unsigned present = __ballot_sync(mask, 1), other = t.lane ^ (op.imm & 31);
      buffer[t.cell(op.shift, t.index)] = a;
      __syncwarp(mask);
      d = (present >> other & 1) != 0 ? buffer[t.cell(op.shift, t.index - t.lane + other)]
                                      : kNobody;
      __syncwarp(mask);
      break;
    }
    case Code::shuffle:
      shuffle(t, op, mask);
      break;
    case Code::vote_any:
      d = __any_sync(mask, t.bit(op)) != 0;
      break;
    case Code::vote_all:
      d = __all_sync(mask, t.bit(op)) != 0;
      break;
    case Code::ballot:
      d = __ballot_sync(mask, t.bit(op));
      break;
    case Code::match_any:
      d = __match_any_sync(mask, a & 3);
      break;
    case Code::match_all: {
      // Mostly the same value in each lane, else they would never all agree.
      int same = 0;
      d = __match_all_sync(mask, a & op.imm & op.imm >> 8 & op.imm >> 16 & 1, &same);
      d += same != 0 ? 0x5555u : 0u;
      break;
    }
    case Code::match_wide:
      d = __match_any_sync(mask, t.wide(op.a) & 0x100000001ull);
      break;
    case Code::reduce:
      d = reduce(mask, static_cast<Reduction>(op.imm % static_cast<unsigned>(Reduction::count)), a);
      break;
    case Code::sync_warp:
      __syncwarp(mask);
      break;
    default:
      break;
  }
}

// Branches, loops and returns: returns the operation to go on with, or -1 to leave the kernel.
__device__ int control(Thread& t, const Op* ops, int at) {
  const Op& op = ops[at];
  const Code other_end = ops[op.target].code;
  const unsigned mask = t.mask[t.depth];
  switch (op.code) {
    case Code::if_bit:
    case Code::if_less:
    case Code::if_lane:
    case Code::if_warp: {
      bool taken;
      unsigned with;
      if (op.code == Code::if_lane) {  // known without asking
        taken = (op.imm >> t.lane & 1) != 0;
        with = op.imm & mask;
      } else if (op.code == Code::if_warp) {
        taken = (op.imm >> (t.index / 32) & 1) != 0;
        with = taken ? mask : 0;
      } else {
        taken = op.code == Code::if_bit ? t.bit(op)
                                        : static_cast<int>(t.r[op.a]) < static_cast<int>(t.r[op.b]);
        with = __ballot_sync(mask, taken);
      }
      t.mask[++t.depth] = taken ? with : mask & ~with;
      return taken ? at + 1 : other_end == Code::else_ ? op.target + 1 : op.target;
    }
    case Code::else_:
      return op.target;  // those that were in the first branch
    case Code::loop_data:
    case Code::loop_times:
      t.mask[++t.depth] = mask;
      t.left[t.depth] =
          static_cast<int>(op.code == Code::loop_data ? t.r[op.a] >> op.imm & 3 : op.imm & 3);
      return op.target;  // the test stands at the end
    case Code::end_loop:
      if (other_end == Code::loop_data) {
        t.mask[t.depth] = __ballot_sync(mask, t.left[t.depth] > 0);
      }
      if (t.left[t.depth]-- > 0) return op.target + 1;
      --t.depth;
      return at + 1;
    case Code::end_if:
      --t.depth;
      return at + 1;
    case Code::exit_bit:
    case Code::exit_lane: {
      const bool leaves = op.code == Code::exit_bit ? (t.r[op.a] >> (op.imm & 31) & 7) == 0
                                                    : (op.imm >> t.lane & 1) != 0;
      if (op.buffer == 1) t.mask[t.depth] &= ~__ballot_sync(mask, leaves);
      return leaves ? -1 : at + 1;
    }
    case Code::if_block:  // how many threads have the bit: the same number in all of them
      return __syncthreads_count(t.bit(op)) % 2 == 1 ? at + 1 : op.target + 1;
    case Code::loop_block:
      t.rounds[t.block_depth++] = static_cast<int>(op.imm);
      return at + 1;
    case Code::end_loop_block:
      if (--t.rounds[t.block_depth - 1] > 0) return op.target + 1;
      --t.block_depth;
      return at + 1;
    default:
      return at + 1;
  }
}

__device__ void barrier(Thread& t, const Op& op) {
  unsigned& d = t.r[op.d];
  switch (op.code) {
    case Code::barrier:
      __syncthreads();
      break;
    case Code::barrier_count:
      d = static_cast<unsigned>(__syncthreads_count(t.bit(op)));
      break;
    case Code::barrier_and:
      d = __syncthreads_and(t.bit(op)) != 0;
      break;
    default:
      d = __syncthreads_or(t.bit(op)) != 0;
      break;
  }
}

// The threads that are left write down the block's shared memory, each under a number of its own
// that it draws; the last block to come here adds up what all have written.
__device__ void finish(const Arguments& args, const Thread& t, unsigned* const* buffers,
                       unsigned* s_rank, bool* s_last) {
  const unsigned words = kCellWords * t.count, row = kSharedBuffers * words + 1;
  const unsigned blocks = gridDim.x * gridDim.y;
  unsigned* const out = args.shared + (blockIdx.x + gridDim.x * blockIdx.y) * row;
  const unsigned rank = atomicAdd(s_rank, 1u);
  const unsigned present =
      static_cast<unsigned>(__syncthreads_count(1));  // and the last phase is over
  for (unsigned i = rank; i < row - 1; i += present) out[i] = buffers[i / words][i % words];
  if (rank == 0) out[row - 1] = present;
  __threadfence();
  __syncthreads();  // the block's row is written before it is counted
  if (rank == 0) *s_last = atomicAdd(&args.finished[0], 1u) == blocks - 1;
  __syncthreads();  // s_last was written by the thread of rank 0
  if (!*s_last) return;
  __threadfence();
  for (unsigned i = rank; i < blocks * row; i += present)
    atomicAdd(&args.finished[1], __ldcg(&args.shared[i]));
}

__global__ void interpret(Arguments args) {
  __shared__ __align__(8) unsigned s_first[kMaxThreads * kCellWords];
  __shared__ __align__(8) unsigned s_second[kMaxThreads * kCellWords];
  __shared__ unsigned s_rank;
  __shared__ bool s_last;
  extern __shared__ __align__(8) unsigned s_third[];

  Thread t;
  t.count = blockDim.x * blockDim.y * blockDim.z;
  t.index = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  t.lane = t.index % 32;
  t.depth = t.block_depth = 0;
  const unsigned lanes = t.count - (t.index - t.lane);  // of this warp
  t.mask[0] = args.names_absent_lanes || lanes >= 32 ? 0xffffffffu : (1u << lanes) - 1;
  const unsigned block = blockIdx.x + gridDim.x * blockIdx.y, words = kCellWords * t.count;
  unsigned* const mine = args.registers + (block * t.count + t.index) * kRegisters;
  for (int i = 0; i < kRegisters; ++i) t.r[i] = mine[i];
  unsigned* const global = args.global + block * 2 * words;
  unsigned* const buffers[kBuffers] = {s_first, s_second, s_third, global, global + words};
  if (!args.alone) {
    for (int i = 0; i < kSharedBuffers; ++i) {
      for (unsigned j = kCellWords * t.index; j < kCellWords * (t.index + 1); ++j) {
        buffers[i][j] = j * 2654435761u ^ (block + 1) * 40503u;
      }
    }
    if (t.index == 0) s_rank = 0;
    __syncthreads();  // all cells are filled before any thread reads or changes them
  }

  int at = 0;
  while (at < args.count) {
    const Op& op = args.ops[at];
    if (op.code <= Code::fused_double) {
      compute(t, op);
    } else if (op.code <= Code::sum_grid) {
      access(t, op, args, buffers[op.buffer]);
    } else if (op.code <= Code::sync_warp) {
      collective(t, op, buffers[op.buffer]);
    } else if (op.code >= Code::barrier && op.code <= Code::barrier_or) {
      barrier(t, op);
    } else {
      at = control(t, args.ops, at);
      if (at < 0) break;
      continue;
    }
    ++at;
  }
  for (int i = 0; i < kRegisters; ++i) mine[i] = t.r[i];
  if (at >= 0 && !args.alone) finish(args, t, buffers, &s_rank, &s_last);
}

}  // namespace

Outcome run(const List& list) {
  Outcome o = initial(list);
  cudaError_t first = cudaSuccess;
  const auto check = [&](cudaError_t code) {
    if (first == cudaSuccess) first = code;
  };
  const auto upload = [&]<class T>(const std::vector<T>& values) {
    T* memory = nullptr;
    check(cudaMalloc(&memory, (values.size() + 1) * sizeof(T)));  // a list may be empty
    check(cudaMemcpy(memory, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
    return memory;
  };
  const auto download = [&]<class T>(std::vector<T>& values, T* memory) {
    check(cudaMemcpy(values.data(), memory, values.size() * sizeof(T), cudaMemcpyDeviceToHost));
    check(cudaFree(memory));
  };
#ifndef CUDASIM
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, 0));
  if (properties.major < 8) o.error = "these lists need a GPU of compute capability 8.0 or more";
#endif
  const std::vector<unsigned> constants = table();
  check(cudaMemcpyToSymbol(c_table, constants.data(), sizeof(unsigned) * kTable));
  Op* const ops = upload(list.ops);
  const Arguments args{ops,
                       static_cast<int>(list.ops.size()),
                       list.names_absent_lanes,
                       list.alone,
                       upload(o.registers),
                       upload(o.global),
                       upload(o.grid_cells),
                       upload(o.grid_sums),
                       upload(o.shared),
                       upload(o.finished)};
  const dim3 grid(static_cast<unsigned>(list.grid[0]), static_cast<unsigned>(list.grid[1]));
  const dim3 block(static_cast<unsigned>(list.block[0]), static_cast<unsigned>(list.block[1]),
                   static_cast<unsigned>(list.block[2]));
  const std::size_t bytes = static_cast<std::size_t>(list.threads) * kCellWords * sizeof(unsigned);
  if (first == cudaSuccess && o.error.empty()) {
    interpret<<<grid, block, bytes>>>(args);
    check(cudaGetLastError());
    check(cudaDeviceSynchronize());
  }
  download(o.registers, args.registers);
  download(o.global, args.global);
  download(o.grid_cells, args.grid_cells);
  download(o.grid_sums, args.grid_sums);
  download(o.shared, args.shared);
  download(o.finished, args.finished);
  check(cudaFree(ops));
  if (first != cudaSuccess) o.error = cudaGetErrorString(first);
  return o;
}

}  // namespace stress
