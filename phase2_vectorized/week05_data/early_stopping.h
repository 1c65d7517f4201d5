// Early stopping: when has training stopped being worth its time? What is watched, such as the loss of the
// validation data, gets better for a while; once the network learns its examples by heart, it gets worse.
//
//   epoch        1     2     3     4     5     6
//   val_loss   0.31  0.24  0.22  0.23  0.22  0.25        with patience 3, after epoch 6: it is over,
//   waited       0     0     0     1     2     3         and the best was epoch 3
// Source    [Goodfellow16] §7.8, algorithm 7.1; parameters as Keras's EarlyStopping.
#pragma once

#include <limits>

namespace nn::cpu {

enum class Better { lower, higher };

struct Patience {
  Better better = Better::lower;  // losses; higher: accuracies
  double min_delta = 0;           // how much better counts, >= 0 and finite
  int epochs = 10;                // how many without it are too many, >= 1
};

// What is known after some epochs.
struct Watch {
  double best = std::numeric_limits<double>::quiet_NaN();  // NaN: nothing was observed yet
  int best_epoch = 0;                                      // 1 is the first
  int waited = 0;                                          // epochs since then
};

// Is `value` better than `best` by more than min_delta? NaN is no better than anything; what is a number
// is better than NaN.
bool improves(double value, double best, const Patience& patience);

// The watch after one more epoch, `epoch` (1, 2, ...), with this value.
Watch observe(const Watch& watch, double value, int epoch, const Patience& patience);

// Have as many epochs as patience allows gone by without an improvement?
bool is_over(const Watch& watch, const Patience& patience);

}  // namespace nn::cpu
