// The loader: batches of a data set, shuffled, augmented and normalised, made ahead on a thread of
// their own while the network is busy with the one before.
//
//   Loader loader(data, split.train, {.batch_size = 64, .seed = 1});
//   for (int epoch = 0; epoch < 3; ++epoch) {
//     loader.start_epoch(epoch);
//     while (const Batch* batch = loader.next()) { ... batch->x, batch->labels ... }
//   }
//
// A batch is a function of (data, rows, options, epoch, its number): never of threads or of
// history.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "phase2_vectorized/week05_data/augment.h"
#include "phase2_vectorized/week05_data/batches.h"
#include "phase2_vectorized/week05_data/dataset.h"
#include "phase2_vectorized/week05_data/normalise.h"

namespace nn::cpu {

struct LoaderOptions {
  int batch_size = 64;  // [1, examples]
  LastBatch last_batch = LastBatch::keep;
  bool shuffle = true;  // false: the rows as they were given, in every epoch
  std::uint64_t seed = 0;
  Augmentation augmentation = {};                             // of pictures, before normalising
  std::optional<Normalisation> normalisation = std::nullopt;  // none: the numbers as they are
  int prefetch = 2;  // batches made ahead, [0, 64]; 0: none, and no thread
};

struct Batch {
  int number = 0;           // in its epoch, from 0
  std::vector<int> rows;    // [B], of the data set
  Matrix x;                 // (B,C)
  std::vector<int> labels;  // [B]; empty where the set has targets
  Matrix targets;           // (B,OC); 0 x 0 where the set has labels

  int size() const { return x.rows(); }
};

class Loader {
 public:
  // The examples `rows` of the data, or all. Keeps a reference to the data, which must live as long
  // and stay as they are. nn::Error for: data that check_dataset refuses; no rows, or rows outside;
  // a batch larger than the examples; augmentation of what is no picture; a normalisation of
  // another width; an option outside its range.
  Loader(const Dataset& data, std::vector<int> rows, LoaderOptions options);
  Loader(const Dataset& data, LoaderOptions options);
  // Not of a set that is gone when the constructor returns.
  Loader(const Dataset&& data, std::vector<int> rows, LoaderOptions options) = delete;
  Loader(const Dataset&& data, LoaderOptions options) = delete;
  ~Loader();  // stops the thread
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;
  Loader(Loader&&) noexcept;
  Loader& operator=(Loader&&) noexcept;

  int examples() const;  // per epoch, before a last batch is dropped
  int batches() const;   // per epoch
  const LoaderOptions& options() const;

  // From now on next() gives epoch `epoch` from batch `first` on, whatever it gave before.
  // nn::Error unless epoch >= 0 and first is in [0, batches()].
  void start_epoch(int epoch, int first = 0);

  // The next batch, which is good until the next call of next() or start_epoch(); null after the
  // last, and before the first start_epoch(). What fails on the thread is thrown here.
  const Batch* next();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace nn::cpu
