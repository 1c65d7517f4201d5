// An epoch: every example once, in an order of its own, a batch at a time.
//
//   rows     0 1 2 3 4 5 6          what there is to learn from
//   order    4 1 6 0 3 2 5          epoch_order, another one in each epoch
//   batches  4 1 6 | 0 3 2 | 5      of 3; the last is partial, and kept or dropped by choice
//
// A function of (seed, epoch), not of history: epoch 7 has the same order in a training that ran
// through and in one that was resumed there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "phase2_vectorized/week04_speed/matrix.h"

namespace nn::cpu {

// The rows in the order of epoch `epoch`: rows[permutation(rows.size(), Philox(seed, kShuffleStream
// + epoch))]. epoch < 0: nn::Error.
std::vector<int> epoch_order(std::span<const int> rows, std::uint64_t seed, int epoch);

// What to do with the last batch where batch_size does not divide the examples.
enum class LastBatch { keep, drop };

// How many batches an epoch has. nn::Error unless 1 <= batch_size <= examples.
int batch_count(int examples, int batch_size, LastBatch last);

// The rows of batch `batch` of the epoch: batch_size of them, fewer only in the last. nn::Error
// unless batch is in [0, batch_count(order.size(), batch_size, keep)).
std::span<const int> batch_rows(std::span<const int> order, int batch_size, int batch);

// y (B,C), overwritten: row b is row rows[b] of x (N,C), B = rows.size(). Another shape, or a row
// outside x: nn::Error.
void gather_rows(MatrixView y, ConstMatrixView x, std::span<const int> rows);

}  // namespace nn::cpu
