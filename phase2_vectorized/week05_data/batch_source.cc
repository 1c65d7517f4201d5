#include "phase2_vectorized/week05_data/batch_source.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "common/check.h"

namespace nn::cpu {

void check_examples(const char* who, const Examples& examples) {
  if (examples.x.rows < 1) throw Error(detail::cat(who, ": there are no examples"));
  if (examples.t.size() != examples.x.rows) {
    throw Error(detail::cat(who, ": x has ", examples.x.rows, " examples and y has ",
                            examples.t.size(), "; there is one target an example"));
  }
  if (examples.x.col_stride != 1) {
    throw Error(detail::cat(who, ": x is a transposed view; its rows must be adjacent floats"));
  }
}

// ---- matrices

MatrixBatches::MatrixBatches(const Examples& examples, int batch_size, std::uint64_t seed)
    : examples_(examples), batch_size_(batch_size), seed_(seed) {
  check_examples("train", examples);
  if (batch_size < 1 || batch_size > examples.size()) {
    throw Error(detail::cat("train: batch_size is ", batch_size,
                            "; it is a whole number from 1 to ", examples.size(),
                            ", the examples there are"));
  }
  rows_.resize(static_cast<std::size_t>(examples.size()));
  std::iota(rows_.begin(), rows_.end(), 0);
  x_.resize(batch_size, examples.x.cols);
  labels_.reserve(static_cast<std::size_t>(batch_size));
  if (!examples.t.are_labels) values_.resize(batch_size, examples.t.values.cols);
}

int MatrixBatches::batches() const {
  return batch_count(examples_.size(), batch_size_, LastBatch::keep);
}

void MatrixBatches::start_epoch(int epoch, int first) {
  order_ = epoch_order(rows_, seed_, epoch);
  batch_ = first;
}

Examples MatrixBatches::next() {
  if (batch_ >= batches()) return {};
  const std::span<const int> rows = batch_rows(order_, batch_size_, batch_++);
  const int B = static_cast<int>(rows.size());
  const MatrixView x = MatrixView(x_).block(0, 0, B, examples_.x.cols);
  gather_rows(x, examples_.x, rows);
  if (!examples_.t.are_labels) {
    const MatrixView values = MatrixView(values_).block(0, 0, B, examples_.t.values.cols);
    gather_rows(values, examples_.t.values, rows);
    return {x, ConstMatrixView(values)};
  }
  labels_.clear();
  for (const int row : rows) labels_.push_back(examples_.t.labels[static_cast<std::size_t>(row)]);
  return {x, labels_};
}

// ---- a loader

LoaderBatches::LoaderBatches(const Dataset& data, std::vector<int> rows, LoaderOptions options)
    : data_(data), loader_(data, std::move(rows), std::move(options)) {}

Examples LoaderBatches::all() const { return examples_of(data_); }

Examples LoaderBatches::next() {
  const Batch* batch = loader_.next();
  if (batch == nullptr) return {};
  if (batch->targets.size() == 0) return {batch->x, batch->labels};
  return {batch->x, batch->targets};
}

Examples examples_of(const Dataset& data) {
  if (data.has_labels()) return {data.x, data.labels};
  return {data.x, data.targets};
}

}  // namespace nn::cpu
