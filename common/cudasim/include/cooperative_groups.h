// cooperative_groups.h: groups of threads that synchronise and exchange values. Semantics: CUDA
// programming guide, "Cooperative Groups". Here: thread_block, tiles of up to 32 threads,
// coalesced groups, the grid (of cudaLaunchCooperativeKernel). Clusters and groups over several
// devices are not modelled.
#pragma once
#include "cudasim/sync.h"

namespace cudasim {
void sync_grid();
bool grid_is_cooperative();
}  // namespace cudasim

namespace cooperative_groups {

namespace detail {
// The n-th set bit of the mask, n from 0.
static inline unsigned nth_lane(unsigned mask, unsigned n) {
  for (; n > 0; --n) mask &= mask - 1;
  return (unsigned)__builtin_ctz(mask);
}
static inline unsigned lanes_below(unsigned mask) {
  return (unsigned)__builtin_popcount(mask & ((1u << cudasim::lane()) - 1));
}
// Shuffles for any trivially copyable type, eight bytes at a time.
template <class T>
static inline T exchange(unsigned mask, T value, unsigned source) {
  constexpr unsigned words = (sizeof(T) + 7) / 8;
  unsigned long long bits[words] = {};
  __builtin_memcpy(bits, &value, sizeof(T));
  for (unsigned i = 0; i < words; ++i) bits[i] = ::cudasim::exchange(mask, bits[i], source);
  __builtin_memcpy(&value, bits, sizeof(T));
  return value;
}
}  // namespace detail

class thread_block {
 public:
  static void sync() { __syncthreads(); }
  static unsigned thread_rank() { return cudasim_linear; }
  static unsigned num_threads() { return blockDim.x * blockDim.y * blockDim.z; }
  static unsigned size() { return num_threads(); }
  static dim3 group_index() { return blockIdx; }
  static dim3 thread_index() { return threadIdx; }
  static dim3 group_dim() { return blockDim; }
  static dim3 dim_threads() { return blockDim; }
  // Arrival and waiting apart: the barrier is where they wait.
  struct arrival_token {};
  static arrival_token barrier_arrive() { return {}; }
  static void barrier_wait(arrival_token&&) { __syncthreads(); }
};
static inline thread_block this_thread_block() { return {}; }

class grid_group {
 public:
  bool is_valid() const { return ::cudasim::grid_is_cooperative(); }
  void sync() const { ::cudasim::sync_grid(); }
  static unsigned long long thread_rank() {
    return block_rank() * thread_block::num_threads() + thread_block::thread_rank();
  }
  static unsigned long long num_threads() { return num_blocks() * thread_block::num_threads(); }
  static unsigned long long size() { return num_threads(); }
  static unsigned long long num_blocks() {
    return (unsigned long long)gridDim.x * gridDim.y * gridDim.z;
  }
  static unsigned long long block_rank() {
    return blockIdx.x + (unsigned long long)gridDim.x *
                            (blockIdx.y + (unsigned long long)gridDim.y * blockIdx.z);
  }
  static dim3 group_dim() { return gridDim; }
  static dim3 dim_blocks() { return gridDim; }
  static dim3 block_index() { return blockIdx; }
};
static inline grid_group this_grid() { return {}; }

// Lanes of one warp, in the order of their numbers.
class coalesced_group {
 public:
  explicit coalesced_group(unsigned mask, unsigned meta_rank = 0, unsigned meta_size = 1)
      : mask_(mask),
        rank_(detail::lanes_below(mask)),
        meta_rank_(meta_rank),
        meta_size_(meta_size) {}
  void sync() const { __syncwarp(mask_); }
  unsigned thread_rank() const { return rank_; }
  unsigned num_threads() const { return (unsigned)__builtin_popcount(mask_); }
  unsigned size() const { return num_threads(); }
  unsigned meta_group_rank() const { return meta_rank_; }
  unsigned meta_group_size() const { return meta_size_; }
  unsigned cudasim_mask() const { return mask_; }

  template <class T>
  T shfl(T value, int rank) const {
    return detail::exchange(mask_, value, lane((unsigned)rank % num_threads()));
  }
  template <class T>
  T shfl_up(T value, unsigned delta) const {
    return detail::exchange(mask_, value, lane(rank_ >= delta ? rank_ - delta : rank_));
  }
  template <class T>
  T shfl_down(T value, unsigned delta) const {
    return detail::exchange(mask_, value,
                            lane(rank_ + delta < num_threads() ? rank_ + delta : rank_));
  }
  template <class T>
  T shfl_xor(T value, unsigned lanes) const {
    const unsigned to = rank_ ^ lanes;
    return detail::exchange(mask_, value, lane(to < num_threads() ? to : rank_));
  }
  int any(int predicate) const { return __any_sync(mask_, predicate); }
  int all(int predicate) const { return __all_sync(mask_, predicate); }
  unsigned ballot(int predicate) const { return pack(__ballot_sync(mask_, predicate)); }
  template <class T>
  unsigned match_any(T value) const {
    return pack(__match_any_sync(mask_, value));
  }
  template <class T>
  unsigned match_all(T value, int& predicate) const {
    return pack(__match_all_sync(mask_, value, &predicate));
  }

 protected:
  unsigned lane(unsigned rank) const { return detail::nth_lane(mask_, rank); }
  // A set of lanes as a set of ranks in the group.
  unsigned pack(unsigned lanes) const {
    unsigned ranks = 0, rank = 0;
    for (unsigned left = mask_; left != 0; left &= left - 1, ++rank) {
      if (lanes & left & (0u - left)) ranks |= 1u << rank;
    }
    return ranks;
  }

 private:
  unsigned mask_, rank_, meta_rank_, meta_size_;
};

static inline coalesced_group coalesced_threads() { return coalesced_group(__activemask()); }

// `Size` neighbouring threads of the block: a power of two up to 32.
template <unsigned Size, class Parent = thread_block>
class thread_block_tile {
  static_assert(Size > 0 && Size <= 32 && (Size & (Size - 1)) == 0,
                "cudasim models tiles of 1, 2, 4, 8, 16 or 32 threads");

 public:
  static unsigned num_threads() { return Size; }
  static unsigned size() { return Size; }
  static unsigned thread_rank() { return cudasim_linear % Size; }
  static unsigned meta_group_rank() { return cudasim_linear / Size % meta_group_size(); }
  static unsigned meta_group_size() { return (thread_block::num_threads() + Size - 1) / Size; }
  static void sync() { __syncwarp(cudasim_mask()); }
  static unsigned cudasim_mask() {
    return Size == 32 ? 0xffffffffu : ((1u << Size % 32) - 1) << (cudasim::lane() & ~(Size - 1));
  }

  template <class T>
  static T shfl(T value, int rank) {
    return detail::exchange(cudasim_mask(), value, first() + ((unsigned)rank % Size));
  }
  template <class T>
  static T shfl_up(T value, unsigned delta) {
    const unsigned rank = thread_rank();
    return detail::exchange(cudasim_mask(), value, first() + (rank >= delta ? rank - delta : rank));
  }
  template <class T>
  static T shfl_down(T value, unsigned delta) {
    const unsigned rank = thread_rank();
    return detail::exchange(cudasim_mask(), value,
                            first() + (rank + delta < Size ? rank + delta : rank));
  }
  template <class T>
  static T shfl_xor(T value, unsigned lanes) {
    return detail::exchange(cudasim_mask(), value, first() + ((thread_rank() ^ lanes) % Size));
  }
  static int any(int predicate) { return __any_sync(cudasim_mask(), predicate); }
  static int all(int predicate) { return __all_sync(cudasim_mask(), predicate); }
  static unsigned ballot(int predicate) { return pack(__ballot_sync(cudasim_mask(), predicate)); }
  template <class T>
  static unsigned match_any(T value) {
    return pack(__match_any_sync(cudasim_mask(), value));
  }
  template <class T>
  static unsigned match_all(T value, int& predicate) {
    return pack(__match_all_sync(cudasim_mask(), value, &predicate));
  }

 private:
  static unsigned first() { return cudasim::lane() & ~(Size - 1); }
  static unsigned pack(unsigned lanes) { return (lanes & cudasim_mask()) >> first(); }
};

// A tile whose size is known only when the kernel runs, and any of the groups by one type.
class thread_group {
 public:
  thread_group(const thread_block&) : kind_(Kind::block), mask_(0) {}
  thread_group(const grid_group&) : kind_(Kind::grid), mask_(0) {}
  thread_group(const coalesced_group& g) : kind_(Kind::lanes), mask_(g.cudasim_mask()) {}
  template <unsigned Size, class Parent>
  thread_group(const thread_block_tile<Size, Parent>& g)
      : kind_(Kind::lanes), mask_(g.cudasim_mask()) {}

  void sync() const {
    if (kind_ == Kind::block) __syncthreads();
    if (kind_ == Kind::grid) ::cudasim::sync_grid();
    if (kind_ == Kind::lanes) __syncwarp(mask_);
  }
  unsigned long long num_threads() const {
    if (kind_ == Kind::block) return thread_block::num_threads();
    if (kind_ == Kind::grid) return grid_group::num_threads();
    return (unsigned long long)__builtin_popcount(mask_);
  }
  unsigned long long size() const { return num_threads(); }
  unsigned long long thread_rank() const {
    if (kind_ == Kind::block) return thread_block::thread_rank();
    if (kind_ == Kind::grid) return grid_group::thread_rank();
    return detail::lanes_below(mask_);
  }

 private:
  enum class Kind { block, grid, lanes };
  Kind kind_;
  unsigned mask_;
};

template <unsigned Size, class Parent>
static inline thread_block_tile<Size, Parent> tiled_partition(const Parent&) {
  return {};
}
// Within a tile or a coalesced group of the block, a tile of the sizes before it.
static inline coalesced_group tiled_partition(const thread_block&, unsigned size) {
  const unsigned first = cudasim::lane() & ~(size - 1);
  const unsigned mask = size >= 32 ? 0xffffffffu : ((1u << size) - 1) << first;
  return coalesced_group(mask & __activemask(), cudasim_linear / size,
                         (thread_block::num_threads() + size - 1) / size);
}
static inline coalesced_group tiled_partition(const coalesced_group& group, unsigned size) {
  unsigned mask = 0;
  const unsigned part = group.thread_rank() / size;
  for (unsigned r = part * size; r < (part + 1) * size && r < group.num_threads(); ++r) {
    mask |= 1u << detail::nth_lane(group.cudasim_mask(), r);
  }
  return coalesced_group(mask, part, (group.num_threads() + size - 1) / size);
}
static inline coalesced_group binary_partition(const coalesced_group& group, bool predicate) {
  const unsigned yes = __ballot_sync(group.cudasim_mask(), predicate);
  return coalesced_group(predicate ? yes : group.cudasim_mask() & ~yes, predicate ? 0 : 1, 2);
}
template <unsigned Size, class Parent>
static inline coalesced_group binary_partition(const thread_block_tile<Size, Parent>& tile,
                                               bool predicate) {
  const unsigned mask = tile.cudasim_mask(), yes = __ballot_sync(mask, predicate) & mask;
  return coalesced_group(predicate ? yes : mask & ~yes, predicate ? 0 : 1, 2);
}
// The lanes of the group that give the same label.
template <class Group, class Label>
static inline coalesced_group labeled_partition(const Group& group, Label label) {
  return coalesced_group(__match_any_sync(group.cudasim_mask(), label));
}

// Calls what it is given in one thread of the group, the first; what that returns reaches them all.
template <class Group, class F, class... A>
static inline void invoke_one(const Group& group, F&& f, A&&... arguments) {
  if (group.thread_rank() == 0) static_cast<F&&>(f)(static_cast<A&&>(arguments)...);
}
template <class Group, class F, class... A>
static inline auto invoke_one_broadcast(const Group& group, F&& f, A&&... arguments) {
  decltype(f(arguments...)) result{};
  if (group.thread_rank() == 0) result = static_cast<F&&>(f)(static_cast<A&&>(arguments)...);
  return group.shfl(result, 0);
}

template <class Group>
static inline void sync(const Group& group) {
  group.sync();
}
template <class Group>
static inline auto thread_rank(const Group& group) {
  return group.thread_rank();
}
template <class Group>
static inline auto group_size(const Group& group) {
  return group.size();
}

// <cooperative_groups/reduce.h> and <cooperative_groups/scan.h>.
template <class T>
struct plus {
  T operator()(const T& a, const T& b) const { return a + b; }
};
template <class T>
struct less {
  T operator()(const T& a, const T& b) const { return b < a ? b : a; }
};
template <class T>
struct greater {
  T operator()(const T& a, const T& b) const { return a < b ? b : a; }
};
template <class T>
struct bit_and {
  T operator()(const T& a, const T& b) const { return a & b; }
};
template <class T>
struct bit_or {
  T operator()(const T& a, const T& b) const { return a | b; }
};
template <class T>
struct bit_xor {
  T operator()(const T& a, const T& b) const { return a ^ b; }
};

// Every thread of the group gets the result. The tree's shape is that of shuffles downwards, so a sum
// of floats is one of the orders a GPU may take.
template <class Group, class T, class Op>
static inline T reduce(const Group& group, T value, Op operation) {
  const unsigned n = (unsigned)group.num_threads(), rank = (unsigned)group.thread_rank();
  unsigned distance = 1;
  while (distance < n) distance *= 2;
  for (distance /= 2; distance > 0; distance /= 2) {
    const T other = group.shfl_down(value, distance);
    if (rank + distance < n) value = operation(value, other);
  }
  return group.shfl(value, 0);
}
template <class Group, class T, class Op>
static inline T inclusive_scan(const Group& group, T value, Op operation) {
  const unsigned n = (unsigned)group.num_threads(), rank = (unsigned)group.thread_rank();
  for (unsigned distance = 1; distance < n; distance *= 2) {
    const T other = group.shfl_up(value, distance);
    if (rank >= distance) value = operation(other, value);
  }
  return value;
}
template <class Group, class T>
static inline T inclusive_scan(const Group& group, T value) {
  return inclusive_scan(group, value, plus<T>{});
}
template <class Group, class T, class Op>
static inline T exclusive_scan(const Group& group, T value, Op operation) {
  const T left = group.shfl_up(inclusive_scan(group, value, operation), 1);
  return group.thread_rank() == 0 ? T{} : left;
}
template <class Group, class T>
static inline T exclusive_scan(const Group& group, T value) {
  return exclusive_scan(group, value, plus<T>{});
}

}  // namespace cooperative_groups
