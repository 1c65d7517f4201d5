// Phase 2's part in training_bench.py and vector_bench.py: does a piece of work when told to, and says how long it took.
//
// A line on standard input is a piece of work, a line on standard output its answer, numbers apart by
// spaces. Seconds are of processor time.
//   about           instructions in use, compiler and its flags, as words
//   peak            seconds, floating-point operations: multiply-adds on registers alone (peaks.h)
//   epoch floats    seconds, accuracy: one more epoch of 784-128-10 on MNIST, SGD, batches of 64
//   epoch bytes     the same with pictures that stay bytes until their batch is made
//   recipe SEED     seconds, share of test images then right: all of MNIST's recipe (recipes.h)
//   scale N         seconds of y[i] = 2 x[i] + 1 on N floats, of sums of N floats, and of products of
//   sum N           two matrices (N,N): the least of some runs
//   product N
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "common/bench.h"
#include "common/check.h"
#include "common/timing.h"
#include "phase1_cpu/checkpoint/dataset.h"
#include "phase2_vectorized/checkpoint/recipes.h"
#include "phase2_vectorized/checkpoint/vector_loops.h"
#include "phase2_vectorized/week04_speed/matmul.h"
#include "phase2_vectorized/week04_speed/optimizers.h"
#include "phase2_vectorized/week04_speed/peaks.h"
#include "phase2_vectorized/week04_speed/simd_target.h"
#include "phase2_vectorized/week05_data/dataset.h"
#include "phase2_vectorized/week05_data/layers.h"

namespace nn::cpu {
namespace {

constexpr int kBatch = 64;
constexpr std::uint64_t kSeed = 1;

double seconds_of(const std::function<void()>& work) {
  const double start = processor_seconds();
  work();
  return processor_seconds() - start;
}

// The least of some runs, each long enough for the clock.
double least_seconds(const std::function<void()>& work) {
  work();  // warms up
  constexpr double kLongEnough = 2e-3;
  constexpr int kRuns = 5;
  int repeats = 1;
  const auto run = [&] {
    return seconds_of([&] {
      for (int i = 0; i < repeats; ++i) work();
    });
  };
  while (run() < kLongEnough) repeats *= 2;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kRuns; ++i) least = std::min(least, run());
  return least / repeats;
}

// ---- training

// MNIST, and the network whose epochs are timed.
struct Training {
  Training() {
    model.add<Dense>(784, 128).add<Activation>("relu").add<Dense>(128, 10);
    model.set(std::make_unique<CategoricalCrossEntropy>(), make_optimizer("sgd"),
              std::make_unique<CategoricalAccuracy>(), constant_rate(0.1));
    model.finalize(kSeed);
  }
  basic::Dataset pictures = basic::load_dataset("mnist");
  TrainTest data = load_dataset("mnist");
  PictureBatches as_bytes{pictures.train, kBatch, kSeed};
  Model model;
};

Training& training() {
  static Training only;
  return only;
}

std::string epoch(const std::string& kind) {
  Training& t = training();
  const int epochs = t.model.state().epoch + 1;
  const Dataset& train = t.data.train;
  const double seconds = seconds_of([&] {
    if (kind == "bytes") {
      t.model.train(t.as_bytes, {.epochs = epochs});
    } else {
      t.model.train(train.x, train.labels, {.epochs = epochs, .batch_size = kBatch, .seed = kSeed});
    }
  });
  return fmt::format("{} {}", seconds, t.model.history().back().accuracy);
}

std::string recipe(std::uint64_t seed) {
  const Training& t = training();
  const ImageRecipe recipe = recipe_for("mnist", t.data.train.size());
  Model model = make_image_model(recipe, t.data.train.features(), t.data.train.classes(),
                                 t.data.train.size(), seed);
  PictureBatches batches(t.pictures.train, recipe.batch, seed);
  const double seconds = seconds_of([&] { model.train(batches, {.epochs = recipe.epochs}); });
  return fmt::format("{} {}", seconds, model.evaluate(t.data.test.x, t.data.test.labels).accuracy);
}

// ---- small operations

std::string scale(int n) {
  const Matrix x(1, n, 0.5F);
  Matrix y(1, n);
  return fmt::format("{}", least_seconds([&] { double_and_add_one(y.values(), x.values()); }));
}

std::string sum(int n) {
  const Matrix x(1, n, 0.5F);
  return fmt::format("{}", least_seconds([&] { do_not_optimise(sum_of(x.values())); }));
}

std::string product(int n) {
  const Matrix a(n, n, 0.5F), b(n, n, 0.25F);
  Matrix c(n, n);
  return fmt::format("{}", least_seconds([&] { matmul(c, a, b); }));
}

// ---- the conversation

std::string about() {
  const Machine machine = this_machine();
  return fmt::format("{}, {}, {}", simd_target(), machine.compiler, machine.flags);
}

std::string peak() {
  constexpr int kSteps =
      40'000'000;  // about as long as an epoch, so that both meet as much of the rest
  const double seconds = seconds_of([] { do_not_optimise(fma_peak(kSteps)); });
  return fmt::format("{} {}", seconds, fma_peak_flops(fma_peak_lanes(), kSteps));
}

std::string answer(const std::string& line) {
  std::istringstream words(line);
  std::string what;
  words >> what;
  const auto number = [&] {
    int n = 0;
    words >> n;
    NN_CHECK(words && n >= 1 && n <= 1 << 26, "\"", line, "\" has no number that fits");
    return n;
  };
  const std::map<std::string, std::function<std::string()>> all{
      {"about", about},
      {"peak", peak},
      {"epoch",
       [&] {
         std::string kind;
         words >> kind;
         NN_CHECK(kind == "floats" || kind == "bytes", "an epoch of \"", kind, "\"");
         return epoch(kind);
       }},
      {"recipe", [&] { return recipe(static_cast<std::uint64_t>(number())); }},
      {"scale", [&] { return scale(number()); }},
      {"sum", [&] { return sum(number()); }},
      {"product", [&] { return product(number()); }}};
  const auto found = all.find(what);
  NN_CHECK(found != all.end(), "\"", line, "\" is no piece of work");
  return found->second();
}

}  // namespace
}  // namespace nn::cpu

int main() {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << nn::cpu::answer(line) << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << "phase2_bench_worker: " << error.what() << "\n";
    return 1;
  }
}
