#include "phase2_vectorized/week05_data/early_stopping.h"

#include <cmath>

#include "common/check.h"

namespace nn::cpu {
namespace {

void check_patience(const Patience& patience) {
  if (!(patience.min_delta >= 0 && std::isfinite(patience.min_delta))) {
    throw Error(detail::cat("early stopping: min_delta is ", patience.min_delta,
                            "; it is a number of 0 or more"));
  }
  if (patience.epochs < 1) {
    throw Error(detail::cat("early stopping: patience is ", patience.epochs,
                            "; it is a whole number of 1 or more"));
  }
}

}  // namespace

bool improves(double value, double best, const Patience& patience) {
  check_patience(patience);
  // >>> about 5 lines. README.md, "Stopping early".
  if (std::isnan(value)) return false;
  if (std::isnan(best)) return true;
  return patience.better == Better::lower ? value < best - patience.min_delta
                                          : value > best + patience.min_delta;
  // <<< NN_TODO("improves");
}

Watch observe(const Watch& watch, double value, int epoch, const Patience& patience) {
  // >>> about 4 lines. README.md, "Stopping early".
  if (improves(value, watch.best, patience)) return {value, epoch, 0};
  Watch next = watch;
  ++next.waited;
  return next;
  // <<< NN_TODO("observe");
}

bool is_over(const Watch& watch, const Patience& patience) {
  check_patience(patience);
  // >>> 1 line. README.md, "Stopping early".
  return watch.waited >= patience.epochs;
  // <<< NN_TODO("is_over");
}

}  // namespace nn::cpu
