// What training comes to: that it learns, that it is the same every time, and that it allocates nothing.
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <new>

#include "phase2_vectorized/week04_speed/thread_pool.h"
#include "phase2_vectorized/week05_data/generators.h"
#include "phase2_vectorized/week05_data/model_testing.h"

// clang's ThreadSanitizer brings the operators that this file would replace.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NN_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef NN_COUNTS_ALLOCATIONS
#define NN_COUNTS_ALLOCATIONS 1
#endif

namespace {

// How many allocations there were, of any thread.
std::atomic<long> g_allocations = 0;

#if NN_COUNTS_ALLOCATIONS
void* counted(std::size_t bytes, std::size_t alignment) {
  ++g_allocations;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
#endif

}  // namespace

#if NN_COUNTS_ALLOCATIONS
// NOLINTBEGIN(misc-new-delete-overloads): the array and the sized forms lead to these
void* operator new(std::size_t bytes) { return counted(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*a*/) noexcept {
  std::free(memory);
}
// NOLINTEND(misc-new-delete-overloads)
#endif

namespace nn::cpu {
namespace {

TEST(ModelTraining, LearnsClasses) {
  const Problem problem;
  Model model = classifier(0);
  EXPECT_LT(model.evaluate(problem.x, problem.labels).accuracy, 0.7);
  EXPECT_EQ(model.train(problem.x, problem.labels, {.epochs = 40, .batch_size = 16}),
            TrainingEnd::finished);
  const Evaluation seen = model.evaluate(problem.x, problem.labels);
  EXPECT_GT(seen.accuracy, 0.85);  // the clouds overlap; it is 0.896
  EXPECT_EQ(model.history().size(), 40U);
  EXPECT_LT(model.history().back().loss, model.history().front().loss / 2);
  EXPECT_GT(model.history().back().penalty, 0);
  EXPECT_EQ(model.state().steps, 40 * 5);
}

TEST(ModelTraining, LearnsYesAndNo) {
  const Problem problem;
  std::vector<int> yes;
  for (const int label : problem.labels) yes.push_back(label == 1 ? 1 : 0);
  Model model;
  model.add<Dense>(5, 1);
  model.set(std::make_unique<BinaryCrossEntropy>(), std::make_unique<Adam>(),
            std::make_unique<BinaryAccuracy>(), constant_rate(0.05));
  model.finalize();
  model.train(problem.x, yes, {.epochs = 60, .batch_size = 16});
  EXPECT_GT(model.evaluate(problem.x, yes).accuracy, 0.85);
  const std::vector<int> said = model.predict_classes(problem.x);
  int right = 0;
  for (std::size_t n = 0; n < said.size(); ++n) right += said[n] == yes[n] ? 1 : 0;
  EXPECT_DOUBLE_EQ(right / 67.0, model.evaluate(problem.x, yes).accuracy);
}

TEST(ModelTraining, LearnsNumbers) {
  const Problem problem;
  Model model;
  model.add<Dense>(5, 2);
  model.set(std::make_unique<MeanSquaredError>(), std::make_unique<Adam>(),
            std::make_unique<RegressionAccuracy>(), constant_rate(0.02));
  model.finalize();
  model.train(problem.x, problem.numbers, {.epochs = 200, .batch_size = 16});
  EXPECT_LT(model.evaluate(problem.x, problem.numbers).loss, 1e-4);
  EXPECT_GT(model.evaluate(problem.x, problem.numbers).accuracy, 0.5);
  EXPECT_TRUE(refuses([&] { model.predict_classes(problem.x); }, {"no class"}));
}

// The epoch's loss and accuracy are of all its examples: with a rate of nearly 0 they are what evaluate
// says, though the last batch is smaller.
TEST(ModelTraining, TheEpochsNumbersAreMeansOfItsExamples) {
  const Problem problem;
  Model model;
  model.add<Dense>(5, 3);
  model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Sgd>(),
            std::make_unique<CategoricalAccuracy>(), constant_rate(1e-12));
  model.finalize();
  model.train(problem.x, problem.labels,
              {.batch_size = 64, .validation_data = Examples{problem.x, problem.labels}});
  const EpochMetrics& metrics = model.history().front();
  EXPECT_NEAR(metrics.loss, metrics.val_loss, 1e-6);
  EXPECT_DOUBLE_EQ(metrics.accuracy, metrics.val_accuracy);
}

// One step against the functions of week 4, called by hand.
TEST(ModelTraining, AStepIsForwardBackwardUpdate) {
  const Problem problem;
  Model model;
  model.add<Dense>(5, 3, DenseOptions{.init = "xavier_uniform", .l1 = 0, .l2 = 0.5F});
  model.set(std::make_unique<MeanSquaredError>(), std::make_unique<Sgd>(), nullptr,
            constant_rate(0.25));
  model.finalize(2);
  const Matrix w = model.parameters()[0].value;
  const Matrix x{{1, 2, 0, -1, 3}}, t{{1, 0, -1}};
  model.train(x, t, {.batch_size = 1});
  for (int oc = 0; oc < 3; ++oc) {
    double y = 0;
    for (int c = 0; c < 5; ++c) y += double{x(0, c)} * w(c, oc);
    const double grad_y = 2 * (y - t(0, oc)) / 3;
    for (int c = 0; c < 5; ++c) {
      const double grad = x(0, c) * grad_y + 2 * 0.5 * w(c, oc);
      EXPECT_NEAR(model.parameters()[0].value(c, oc), w(c, oc) - 0.25 * grad, 3e-6);
    }
    EXPECT_NEAR(model.parameters()[1].value(0, oc), -0.25 * grad_y, 1e-6);
  }
  double squares = 0;
  for (const float value : w.values()) squares += double{value} * value;
  EXPECT_NEAR(model.history()[0].penalty, 0.5 * squares, 1e-5);
  EXPECT_TRUE(std::isnan(model.history()[0].accuracy));
}

TEST(ModelTraining, DoesNotDependOnTheNumberOfThreads) {
  // Wide enough that products are shared between threads.
  Philox rng(1);
  const Matrix x = random_matrix(300, 200, rng);
  std::vector<int> labels;
  for (int n = 0; n < 300; ++n) labels.push_back(n % 10);
  const auto trained = [&](int count) {
    set_threads(count);
    Model model;
    model.add<Dense>(200, 256).add<Activation>("relu").add<Dropout>(0.5F).add<Dense>(256, 10);
    model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Adam>(),
              std::make_unique<CategoricalAccuracy>(), constant_rate(0.001));
    model.finalize();
    model.train(x, labels, {.epochs = 2, .batch_size = 128});
    set_threads(1);
    return std::pair(bits_of(model), bits_of(model.history()));
  };
  const auto one = trained(1);
  for (const int count : {2, 3, 7}) EXPECT_EQ(trained(count), one) << count << " threads";
}

TEST(ModelTraining, TheSeedDecidesTheOrderAndTheDropout) {
  const Problem problem;
  const auto trained = [&](std::uint64_t seed) {
    Model model = classifier();
    model.train(problem.x, problem.labels, {.epochs = 2, .batch_size = 16, .seed = seed});
    return bits_of(model);
  };
  EXPECT_EQ(trained(1), trained(1));
  EXPECT_NE(trained(1), trained(2));
}

// An interruption after any step, and train() again: as if it had not been.
TEST(ModelTraining, GoesOnAfterAnInterruption) {
  const Problem problem;
  const TrainOptions options{.epochs = 3, .batch_size = 16};  // 5 steps an epoch
  Model whole = classifier();
  whole.train(problem.x, problem.labels, options);
  for (const int steps : {1, 4, 5, 7, 15}) {
    Model model = classifier();
    InterruptAfter interrupt(steps);
    TrainOptions interrupted = options;
    interrupted.callbacks = {&interrupt};
    EXPECT_EQ(model.train(problem.x, problem.labels, interrupted), TrainingEnd::interrupted);
    EXPECT_EQ(model.state().steps, steps);
    EXPECT_EQ(model.train(problem.x, problem.labels, options), TrainingEnd::finished);
    EXPECT_EQ(bits_of(model), bits_of(whole)) << "interrupted after step " << steps;
    EXPECT_EQ(bits_of(model.history()), bits_of(whole.history()));
  }
}

TEST(ModelTraining, MoreEpochsGoOnAndOthersAreRefused) {
  const Problem problem;
  Model whole = classifier(), parts = classifier();
  whole.train(problem.x, problem.labels, {.epochs = 4, .batch_size = 16});
  parts.train(problem.x, problem.labels, {.epochs = 1, .batch_size = 16});
  parts.train(problem.x, problem.labels, {.epochs = 4, .batch_size = 16});
  EXPECT_EQ(bits_of(parts), bits_of(whole));
  const auto other = [&](const TrainOptions& options) {
    return [&parts, &problem, options] { parts.train(problem.x, problem.labels, options); };
  };
  EXPECT_TRUE(refuses(other({.epochs = 5, .batch_size = 17}), {"batches of 16", "17", "set()"}));
  EXPECT_TRUE(refuses(other({.epochs = 5, .batch_size = 16, .seed = 2}), {"seed 1", "seed 2"}));
  parts.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Sgd>(), nullptr,
            constant_rate(0.1));
  EXPECT_EQ(parts.train(problem.x, problem.labels, {.epochs = 1, .batch_size = 67}),
            TrainingEnd::finished);
}

// A loader of the same examples gives the same batches as the matrices.
TEST(ModelTraining, FromALoaderIsTheSame) {
  const Dataset data = make_spiral(3, 21, 0.1, 1);
  const auto trained = [&](bool loader) {
    Model model;
    model.add<Dense>(2, 16).add<Activation>("tanh").add<Dropout>(0.1F).add<Dense>(16, 3);
    model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Adam>(),
              std::make_unique<CategoricalAccuracy>(), constant_rate(0.01));
    model.finalize();
    if (loader) {
      LoaderBatches batches(data, all_rows(data), {.batch_size = 8, .seed = 5});
      model.train(batches, {.epochs = 3});
    } else {
      model.train(data.x, data.labels, {.epochs = 3, .batch_size = 8, .seed = 5});
    }
    return bits_of(model);
  };
  EXPECT_EQ(trained(true), trained(false));
}

// Counts what is allocated from the end of one step to the end of the next.
class CountAllocations : public Callback {
 public:
  std::string name() const override { return "count_allocations"; }
  void on_step_end(TrainingContext& context) override {
    const TrainingState& state = context.model.state();
    if (state.step > 1 && state.epoch + state.step > 1) during_ += g_allocations - before_;
    before_ = g_allocations;
  }
  long during() const { return during_; }

 private:
  long before_ = 0, during_ = 0;
};

TEST(ModelTraining, AStepAllocatesNothing) {
  if (!NN_COUNTS_ALLOCATIONS) GTEST_SKIP() << "ThreadSanitizer counts for itself";
  const Problem problem;
  CountAllocations count;
  Model model = classifier();
  model.train(problem.x, problem.labels, {.epochs = 3, .batch_size = 16, .callbacks = {&count}});
  EXPECT_EQ(count.during(), 0);
  Model regression;
  regression.add<Dense>(5, 8).add<Activation>("silu").add<Dense>(8, 2);
  regression.set(std::make_unique<MeanSquaredError>(), std::make_unique<RmsProp>(),
                 std::make_unique<RegressionAccuracy>(), constant_rate(0.01));
  regression.finalize();
  CountAllocations again;
  regression.train(problem.x, problem.numbers,
                   {.epochs = 2, .batch_size = 16, .callbacks = {&again}});
  EXPECT_EQ(again.during(), 0);
}

TEST(ModelTraining, SaysWhenItDiverges) {
  const Problem problem;
  Model model;
  model.add<Dense>(5, 64).add<Activation>("relu").add<Dense>(64, 2);
  model.set(std::make_unique<MeanSquaredError>(), std::make_unique<Sgd>(), nullptr,
            constant_rate(1000));
  model.finalize();
  EXPECT_TRUE(
      refuses([&] { model.train(problem.x, problem.numbers, {.epochs = 50, .batch_size = 16}); },
              {"the loss became", "epoch 1, step", "smaller learning rate"}));
  Problem with_nan;
  with_nan.x(13, 2) = std::nanf("");
  Model other = classifier();
  EXPECT_TRUE(refuses([&] { other.train(with_nan.x, with_nan.labels, {.batch_size = 16}); },
                      {"feature 2 of an example is nan"}));
}

}  // namespace
}  // namespace nn::cpu
