// The training loop as a value that can be put away and taken up again.
//
// Everything that decides what comes next is in TrainingState: the weights, how far we are, and the
// sums of the epoch in progress. The order of the examples in epoch e is Philox(seed, stream
// kShuffleStream + e): a function of the state, not of history. So a state that was saved, read back
// and trained further gives the same bits as one that never stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "phase1_cpu/checkpoint/dataset.h"
#include "phase1_cpu/checkpoint/mlp.h"

namespace nn::basic {

// Streams of the seed: layers take 0, 1, 2, ...; epoch e is shuffled by kShuffleStream + e.
inline constexpr std::uint64_t kShuffleStream = std::uint64_t{1} << 32;

// What the user chose. Valid after check_options().
struct TrainingOptions {
  std::string dataset = "mnist";  // a name that load_dataset knows, or a folder
  int epochs = 6;                 // [1, 10000]
  int batch = 32;                 // [1, 65536], at most the examples there are
  double learning_rate = 0.2;     // (0, 1000]
  std::vector<int> hidden{128};   // widths of the hidden layers, up to 16, each [1, 65536]
  std::uint64_t seed = 1;
};

// Widths as --hidden takes them: "128,64", or "none".
std::string hidden_text(const std::vector<int>& hidden);

// What each option may be, in words.
inline constexpr const char* kEpochsAllowed = "a whole number from 1 to 10000";
inline constexpr const char* kBatchAllowed = "a whole number from 1 to 65536";
inline constexpr const char* kLearningRateAllowed = "a number above 0 and up to 1000";
inline constexpr const char* kHiddenAllowed =
    "none, or up to 16 widths from 1 to 65536, as in 128,64";
inline constexpr const char* kSeedAllowed = "a whole number from 0 to 18446744073709551615";

// Throws nn::Error naming the option, its value and what is allowed; with data, also what the data
// do not allow: a batch larger than the training set, a network too large.
void check_options(const TrainingOptions& options);
void check_options(const TrainingOptions& options, const Dataset& data);

// One finished epoch.
struct EpochMetrics {
  double train_loss = 0;      // mean over the epoch's steps, weights changing meanwhile
  double train_accuracy = 0;  // [0, 1], likewise
  double test_loss = 0;       // mean over the test set, after the epoch
  double test_accuracy = 0;   // [0, 1]
  double seconds = 0;         // of training, without the test; the one field that differs by run
};

struct TrainingState {
  Mlp mlp;
  int epoch = 0;                      // finished epochs
  int step = 0;                       // finished steps of the epoch in progress
  double loss_sum = 0;                // over those steps, each weighted by its batch
  int correct = 0;                    // over those steps
  double seconds = 0;                 // spent in those steps
  std::vector<EpochMetrics> history;  // [epoch]
};

TrainingState start_training(const TrainingOptions& options, const Dataset& data);

// How a call of train() ended.
enum class TrainingEnd { finished, interrupted };

// What train() tells while it runs. Any may be empty.
struct TrainingEvents {
  std::function<void(const TrainingState&)> after_step;
  std::function<void(const TrainingState&)> after_epoch;
  std::function<bool()> should_stop;  // asked after each step; true ends train() there
};

// Trains until options.epochs epochs are finished or should_stop says so. Throws nn::Error, which
// says what to try, if the loss or a weight stops being a finite number: before the events are told of
// that step, so that whoever saves there saves only good states. The state is then of no further use.
TrainingEnd train(TrainingState& state, const TrainingOptions& options, const Dataset& data,
                  const TrainingEvents& events);

// The extents of the network that the options ask for, from the pixels to the classes.
std::vector<int> network_widths(const TrainingOptions& options, const Dataset& data);

int steps_per_epoch(const TrainingOptions& options, const Dataset& data);

// Logits (count,L) of every image of a set, a few hundred images at a time.
Matrix predict(const Mlp& mlp, const ImageSet& set);

}  // namespace nn::basic
