#include "phase2_vectorized/week05_data/batch_source.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

#include "common/check.h"
#include "phase2_vectorized/week05_data/pixels.h"

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

namespace {

void check_batch_size(int batch_size, int examples) {
  if (batch_size < 1 || batch_size > examples) {
    throw Error(detail::cat("train: batch_size is ", batch_size,
                            "; it is a whole number from 1 to ", examples,
                            ", the examples there are"));
  }
}

constexpr int kAhead = 4;  // pictures

// Has memory brought to the first cache while other work goes on.
void ask_for(std::span<const std::byte> bytes) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t i = 0; i < bytes.size(); i += kCacheLine) __builtin_prefetch(&bytes[i]);
}

std::vector<int> first_numbers(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

}  // namespace

// ---- matrices

MatrixBatches::MatrixBatches(const Examples& examples, int batch_size, std::uint64_t seed)
    : examples_(examples), batch_size_(batch_size), seed_(seed) {
  check_examples("train", examples);
  check_batch_size(batch_size, examples.size());
  rows_ = first_numbers(examples.size());
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
  // Rows of a shuffled batch lie apart. Where each begins is asked for at once, so that memory is waited
  // for once and not row by row; what follows in a row the processor foresees.
  constexpr int kFirst = 128;  // floats
  for (const int row : rows) {
    const ConstMatrixView begin = examples_.x.block(row, 0, 1, std::min(kFirst, x.cols));
    ask_for(std::as_bytes(std::span(begin.data, static_cast<std::size_t>(begin.cols))));
  }
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

// ---- pictures

PictureBatches::PictureBatches(const basic::ImageSet& pictures, int batch_size, std::uint64_t seed)
    : pictures_(pictures),
      labels_(pictures.labels().begin(), pictures.labels().end()),
      batch_size_(batch_size),
      seed_(seed) {
  check_batch_size(batch_size, pictures.size());
  x_.resize(batch_size, pictures.pixels());
  batch_labels_.reserve(static_cast<std::size_t>(batch_size));
}

int PictureBatches::batches() const {
  return batch_count(pictures_.size(), batch_size_, LastBatch::keep);
}

void PictureBatches::start_epoch(int epoch, int first) {
  order_ = epoch_order(first_numbers(pictures_.size()), seed_, epoch);
  batch_ = first;
}

Examples PictureBatches::next() {
  if (batch_ >= batches()) return {};
  const std::span<const int> rows = batch_rows(order_, batch_size_, batch_++);
  const int C = pictures_.pixels();
  const MatrixView x = MatrixView(x_).block(0, 0, static_cast<int>(rows.size()), C);
  batch_labels_.clear();
  const std::size_t first = static_cast<std::size_t>(rows.data() - order_.data());
  for (int b = 0; b < x.rows; ++b) {
    const int row = rows[static_cast<std::size_t>(b)];
    // Shuffled, no picture comes where the one before lay, so memory would be waited for each time:
    // it is asked for some pictures ahead, the next batch's among them.
    if (const std::size_t ahead = first + static_cast<std::size_t>(b + kAhead);
        ahead < order_.size()) {
      ask_for(std::as_bytes(pictures_.image(order_[ahead])));
    }
    pixels_to_floats(std::span(x.row(b), static_cast<std::size_t>(C)), pictures_.image(row));
    batch_labels_.push_back(labels_[static_cast<std::size_t>(row)]);
  }
  return {x, batch_labels_};
}

// ---- a loader

LoaderBatches::LoaderBatches(const Dataset& data, std::vector<int> rows, LoaderOptions options)
    : data_(data), loader_(data, std::move(rows), std::move(options)) {}

Targets LoaderBatches::targets() const { return examples_of(data_).t; }

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
