// Where a training gets its batches from: matrices in memory, pictures as bytes, or a Loader.
#pragma once

#include <cstdint>
#include <vector>

#include "phase2_vectorized/week05_data/loader.h"
#include "phase2_vectorized/week05_data/targets.h"

namespace nn::cpu {

// Examples and what they are: B rows, B targets. Somebody else's memory.
struct Examples {
  ConstMatrixView x;  // (B,C)
  Targets t;          // B of them

  int size() const { return x.rows; }
};

// nn::Error, which begins with `who`, unless there is an example, a target for each, and rows of
// adjacent floats.
void check_examples(const char* who, const Examples& examples);

class BatchSource {
 public:
  BatchSource() = default;
  BatchSource(const BatchSource&) = delete;
  BatchSource& operator=(const BatchSource&) = delete;
  virtual ~BatchSource() = default;

  virtual int features() const = 0;     // of an example
  virtual Targets targets() const = 0;  // of all examples there are, in their own order
  virtual int examples() const = 0;     // an epoch, before a last batch is dropped
  virtual int batches() const = 0;      // an epoch
  virtual int batch_size() const = 0;
  virtual std::uint64_t seed() const = 0;  // of the order, and of dropout

  // next() gives epoch `epoch` from batch `first` in [0, batches()] on.
  virtual void start_epoch(int epoch, int first) = 0;
  // The next batch, good until the next call; of no examples after the last.
  virtual Examples next() = 0;
};

// Matrices in memory, in the order of epoch_order (batches.h), the last batch kept.
class MatrixBatches : public BatchSource {
 public:
  // Keeps the views. nn::Error for examples that check_examples refuses, and unless 1 <= batch_size <=
  // examples.
  MatrixBatches(const Examples& examples, int batch_size, std::uint64_t seed);

  int features() const override { return examples_.x.cols; }
  Targets targets() const override { return examples_.t; }
  int examples() const override { return examples_.size(); }
  int batches() const override;
  int batch_size() const override { return batch_size_; }
  std::uint64_t seed() const override { return seed_; }
  void start_epoch(int epoch, int first) override;
  Examples next() override;

 private:
  Examples examples_;
  int batch_size_;
  std::uint64_t seed_;
  std::vector<int> rows_;   // 0 .. N - 1
  std::vector<int> order_;  // of this epoch
  int batch_ = 0;           // the next
  Matrix x_;                // (batch_size,C)
  std::vector<int> labels_;
  Matrix values_;
};

// Pictures that stay bytes, a quarter of the memory and of what each batch has to fetch: its floats are
// made when it is its turn. In the order of epoch_order, the last batch kept.
class PictureBatches : public BatchSource {
 public:
  // Keeps a reference to the set. nn::Error unless 1 <= batch_size <= examples.
  PictureBatches(const basic::ImageSet& pictures, int batch_size, std::uint64_t seed);

  int features() const override { return pictures_.pixels(); }
  Targets targets() const override { return labels_; }
  int examples() const override { return pictures_.size(); }
  int batches() const override;
  int batch_size() const override { return batch_size_; }
  std::uint64_t seed() const override { return seed_; }
  void start_epoch(int epoch, int first) override;
  Examples next() override;

 private:
  const basic::ImageSet& pictures_;
  std::vector<int> labels_;  // of all
  int batch_size_;
  std::uint64_t seed_;
  std::vector<int> order_;  // of this epoch
  int batch_ = 0;           // the next
  Matrix x_;                // (batch_size,C)
  std::vector<int> batch_labels_;
};

// A Loader: with augmentation and a thread that prepares batches ahead.
class LoaderBatches : public BatchSource {
 public:
  // As Loader's; keeps a reference to the data.
  LoaderBatches(const Dataset& data, std::vector<int> rows, LoaderOptions options);

  int features() const override { return data_.features(); }
  Targets targets() const override;
  int examples() const override { return loader_.examples(); }
  int batches() const override { return loader_.batches(); }
  int batch_size() const override { return loader_.options().batch_size; }
  std::uint64_t seed() const override { return loader_.options().seed; }
  void start_epoch(int epoch, int first) override { loader_.start_epoch(epoch, first); }
  Examples next() override;

 private:
  const Dataset& data_;
  Loader loader_;
};

// A data set's examples and targets, or those of a loader's batch.
Examples examples_of(const Dataset& data);

}  // namespace nn::cpu
