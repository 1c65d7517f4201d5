#include "phase2_vectorized/week05_data/batches.h"

#include <algorithm>

#include "common/rng.h"
#include "phase2_vectorized/week05_data/streams.h"

namespace nn::cpu {

std::vector<int> epoch_order(std::span<const int> rows, std::uint64_t seed, int epoch) {
  NN_CHECK(epoch >= 0, "epoch ", epoch, "; epochs count from 0");
  std::vector<int> order;
  // >>> about 4 lines. README.md, "Batches and their order".
  Philox rng(seed, kShuffleStream + static_cast<std::uint64_t>(epoch));
  for (const int place : permutation(static_cast<int>(rows.size()), rng)) {
    order.push_back(rows[static_cast<std::size_t>(place)]);
  }
  // <<< NN_TODO("epoch_order");
  return order;
}

int batch_count(int examples, int batch_size, LastBatch last) {
  NN_CHECK(batch_size >= 1 && batch_size <= examples, "a batch of ", batch_size, " of ", examples,
           " examples; it may have 1 to ", examples);
  // >>> about 3 lines. README.md, "Batches and their order".
  const int whole = examples / batch_size;
  const bool partial = last == LastBatch::keep && examples % batch_size != 0;
  return whole + (partial ? 1 : 0);
  // <<< NN_TODO("batch_count");
}

std::span<const int> batch_rows(std::span<const int> order, int batch_size, int batch) {
  const int examples = static_cast<int>(order.size());
  const int batches = batch_count(examples, batch_size, LastBatch::keep);
  NN_CHECK(batch >= 0 && batch < batches, "batch ", batch, " of an epoch that has ", batches);
  // >>> about 3 lines. README.md, "Batches and their order".
  const int first = batch * batch_size;
  const int count = std::min(batch_size, examples - first);
  return order.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  // <<< NN_TODO("batch_rows");
}

void gather_rows(MatrixView y, ConstMatrixView x, std::span<const int> rows) {
  NN_CHECK(y.rows == static_cast<int>(rows.size()) && y.cols == x.cols, rows.size(), " rows of ",
           shape_text(x), " do not fill ", shape_text(y));
  for (const int row : rows) {
    NN_CHECK(row >= 0 && row < x.rows, "row ", row, " of a matrix of ", x.rows, " rows");
  }
  // >>> about 5 lines. README.md, "Batches and their order".
  for (int b = 0; b < y.rows; ++b) {
    const ConstMatrixView from = x.block(rows[static_cast<std::size_t>(b)], 0, 1, x.cols);
    float* to = y.row(b);
    if (from.col_stride == 1) {
      std::copy_n(from.data, x.cols, to);
    } else {
      for (int c = 0; c < x.cols; ++c) to[c] = from(0, c);
    }
  }
  // <<< NN_TODO("gather_rows");
}

}  // namespace nn::cpu
