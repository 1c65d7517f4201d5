// Makes a list that fails smaller, as long as it still fails: fewer blocks and threads, phases and
// operations taken out, branches replaced by what they hold. Every step keeps it free of races.
#include "common/cudasim/tests/stress/lists.h"

namespace stress {
namespace {

bool is_barrier(Code code) { return code >= Code::barrier && code <= Code::barrier_or; }
bool is_block_level(Code code) { return is_barrier(code) || code >= Code::if_block; }
bool is_head(const Op& op, int at) { return op.target > at && op.code != Code::else_; }

// The end of the smallest part that begins at `at` and can be left out: a branch or loop with all
// it holds, a barrier with the phase it begins, or one operation. `at` itself: there is none.
int end_of_part(const std::vector<Op>& ops, int at) {
  const auto op = [&](int i) -> const Op& { return ops[static_cast<std::size_t>(i)]; };
  if (is_barrier(op(at).code)) {
    int end = at + 1;
    while (end < static_cast<int>(ops.size()) && !is_block_level(op(end).code)) ++end;
    return end;
  }
  if (is_head(op(at), at)) {
    int end = op(at).target;
    if (op(end).code == Code::else_) end = op(end).target;
    return end + 1;
  }
  // An else_ or an end goes with its head.
  return op(at).code == Code::else_ || closes(op(at).code) ? at : at + 1;
}

List without(const List& list, int begin, int end) {
  List smaller = list;
  smaller.ops.erase(smaller.ops.begin() + begin, smaller.ops.begin() + end);
  link(smaller.ops);
  return smaller;
}

// The branch or loop at `at` replaced by what its first part holds.
List unwrapped(const List& list, int at) {
  const auto& ops = list.ops;
  const int middle = ops[static_cast<std::size_t>(at)].target, end = end_of_part(ops, at);
  List smaller = list;
  smaller.ops.erase(smaller.ops.begin() + middle, smaller.ops.begin() + end);
  smaller.ops.erase(smaller.ops.begin() + at);
  link(smaller.ops);
  return smaller;
}

class Shrinker {
 public:
  Shrinker(List list, bool (*fails)(const List&)) : best_(std::move(list)), fails_(fails) {}

  List run() {
    for (bool again = true; again && tries_left_ > 0;) {
      again = fewer_operations();
      fewer_threads();
    }
    return best_;
  }

 private:
  // What fails by chance is tried a few times.
  bool accept(const List& candidate) {
    for (int i = 0; i < 3 && tries_left_ > 0; ++i, --tries_left_) {
      if (!fails_(candidate)) continue;
      best_ = candidate;
      return true;
    }
    return false;
  }

  void fewer_threads() {
    const auto sized = [this](int blocks, int threads) {
      List list = best_;
      list.grid[0] = list.blocks = blocks;
      list.block[0] = list.threads = threads;
      list.grid[1] = list.block[1] = list.block[2] = 1;
      return list;
    };
    accept(sized(best_.blocks, best_.threads));
    while (best_.blocks > 1 && accept(sized(best_.blocks / 2, best_.threads))) {
    }
    for (int step = best_.threads / 2; step > 0;) {
      if (step >= best_.threads || !accept(sized(best_.blocks, best_.threads - step))) step /= 2;
    }
  }

  bool fewer_operations() {
    bool any = false;
    for (int at = 0; at < static_cast<int>(best_.ops.size()) && tries_left_ > 0;) {
      const int end = end_of_part(best_.ops, at);
      if ((end > at && accept(without(best_, at, end))) ||
          (end > at + 1 && is_head(best_.ops[static_cast<std::size_t>(at)], at) &&
           accept(unwrapped(best_, at)))) {
        any = true;
      } else {
        ++at;
      }
    }
    return any;
  }

  List best_;
  bool (*fails_)(const List&);
  int tries_left_ = 2000;
};

}  // namespace

List shrink(const List& list, bool (*fails)(const List&)) { return Shrinker(list, fails).run(); }

}  // namespace stress
