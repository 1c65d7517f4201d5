// Building a model, using it, and what it refuses. Training: model_train_test.cc; files:
// model_file_test.cc.
#include "phase2_vectorized/week05_data/model.h"

#include <cmath>

#include "phase2_vectorized/week05_data/model_testing.h"

namespace nn::cpu {
namespace {

// 2-2 with weights that make softmax easy to do by hand.
Model by_hand() {
  Model model;
  model.add<Dense>(2, 2);
  model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Sgd>(),
            std::make_unique<CategoricalAccuracy>(), constant_rate(0.1));
  model.finalize();
  std::map<std::string, Matrix> values;
  values["layers.0.w"] = Matrix{{1, 0}, {0, 1}};
  values["layers.0.bias"] = Matrix{{0, 0}};
  model.set_parameters(values);
  return model;
}

TEST(Model, PredictsAndEvaluates) {
  Model model = by_hand();
  const float log3 = std::log(3.0F);
  const Matrix x{{log3, 0}, {0, 0}, {0, log3}};
  const Matrix p = model.predict(x);
  // Three roundings in float: log 3, its exponential, the quotient.
  EXPECT_TRUE(close(p, Matrix{{0.75F, 0.25F}, {0.5F, 0.5F}, {0.25F, 0.75F}}, Bound{4e-7, 0}));
  EXPECT_EQ(model.predict_classes(x), (std::vector<int>{0, 0, 1}));
  const Evaluation seen = model.evaluate(x, std::vector<int>{0, 1, 0});
  EXPECT_NEAR(seen.loss, (-std::log(0.75) - std::log(0.5) - std::log(0.25)) / 3, 1e-6);
  EXPECT_DOUBLE_EQ(seen.accuracy, 1.0 / 3);
}

// More rows than are looked at in one go, and the last go is smaller.
TEST(Model, PredictsManyRowsAsOneByOne) {
  Philox rng(5);
  const Matrix x = random_matrix(601, 5, rng);
  Model model = classifier();
  const Matrix all = model.predict(x);
  for (const int n : {0, 255, 256, 600}) {
    const Matrix one = model.predict(x.view().block(n, 0, 1, 5));
    EXPECT_TRUE(identical(std::vector<float>(one.data(), one.data() + 3),
                          std::vector<float>(all.data() + 3 * n, all.data() + 3 * n + 3)));
  }
}

TEST(Model, WithoutExamplesPredictsNothing) {
  EXPECT_EQ(classifier().predict(Matrix(0, 5)).rows(), 0);
}

TEST(Model, SummaryNamesEveryLayer) {
  const std::string text = classifier().summary();
  for (const char* part : {"dense(5, 8)", "48", "relu", "dropout(0.25)", "dense(8, 3)", "27", "75",
                           "categorical_cross_entropy", "adam", "constant"}) {
    EXPECT_TRUE(says(text, part));
  }
}

TEST(Model, FirstWeightsAreAFunctionOfTheSeed) {
  const auto weights = [](std::uint64_t seed) {
    Model model;
    model.add<Activation>("tanh").add<Dense>(5, 8).add<Dense>(8, 3);
    model.finalize(seed);
    EXPECT_EQ(model.parameters().front().name, "layers.1.w");
    return bits_of(model);
  };
  EXPECT_EQ(weights(1), weights(1));
  EXPECT_NE(weights(1), weights(2));
}

TEST(Model, FinalizeNamesTheLayersThatDoNotChain) {
  Model model;
  model.add<Dense>(784, 128).add<Activation>("relu").add<Dense>(100, 10);
  EXPECT_TRUE(refuses([&] { model.finalize(); },
                      {"layer 1, relu, gives 128 features", "layer 2, dense(100, 10), takes 100"}));
  Model direct;
  direct.add<Dense>(784, 128).add<Dense>(100, 10);
  EXPECT_TRUE(refuses([&] { direct.finalize(); }, {"layer 0, dense(784, 128), gives 128",
                                                   "layer 1, dense(100, 10), takes 100"}));
}

TEST(Model, RefusesToBeBuiltWrong) {
  Model empty;
  EXPECT_TRUE(refuses([&] { empty.finalize(); }, {"no layers"}));
  Model nothing_to_learn;
  nothing_to_learn.add<Activation>("relu").add<Dropout>(0.5F);
  EXPECT_TRUE(refuses([&] { nothing_to_learn.finalize(); }, {"anything to learn"}));
  Model twice = classifier();
  EXPECT_TRUE(refuses([&] { twice.finalize(); }, {"finalized already"}));
  EXPECT_TRUE(refuses([&] { twice.add<Dense>(3, 1); }, {"layers are added before"}));
  EXPECT_TRUE(refuses([&] { twice.add(nullptr); }, {"there is no layer"}));
  EXPECT_TRUE(refuses([&] { twice.set(nullptr, nullptr, nullptr, nullptr); }, {"set"}));
}

TEST(Model, RefusesToBeUsedBeforeItCanBe) {
  Model model;
  model.add<Dense>(5, 3);
  const Problem problem;
  EXPECT_TRUE(refuses([&] { model.predict(problem.x); }, {"predict", "finalize()"}));
  EXPECT_TRUE(refuses([&] { model.summary(); }, {"finalize()"}));
  EXPECT_TRUE(refuses([&] { model.train(problem.x, problem.labels, {}); }, {"finalize()"}));
  model.finalize();
  EXPECT_TRUE(refuses([&] { model.predict(problem.x); }, {"no loss", "set()"}));
  EXPECT_TRUE(refuses([&] { model.evaluate(problem.x, problem.labels); }, {"no loss", "set()"}));
  EXPECT_TRUE(refuses([&] { model.train(problem.x, problem.labels, {}); }, {"set()"}));
}

TEST(Model, RefusesDataThatDoNotFit) {
  Model model = classifier();
  const Problem problem;
  const auto train = [&](ConstMatrixView x, const Targets& y, TrainOptions options = {}) {
    return [&model, x, y, options] { model.train(x, y, options); };
  };
  const std::vector<int> few(66, 0);
  EXPECT_TRUE(refuses(train(problem.x, few), {"x has 67 examples and y has 66"}));
  EXPECT_TRUE(
      refuses(train(Matrix(67, 4), problem.labels), {"x has 4 features", "the network takes 5"}));
  EXPECT_TRUE(refuses(train(Matrix(0, 5), std::vector<int>{}), {"no examples"}));
  std::vector<int> bad = problem.labels;
  bad[66] = 3;
  EXPECT_TRUE(refuses(train(problem.x, bad), {"label 66 is 3", "0 to 2"}));
  bad[66] = -1;
  EXPECT_TRUE(refuses(train(problem.x, bad), {"label 66 is -1"}));
  EXPECT_TRUE(refuses(train(problem.x, problem.numbers), {"labels"}));
  EXPECT_TRUE(refuses(train(problem.x, problem.labels, {.batch_size = 68}),
                      {"batch_size is 68", "from 1 to 67"}));
  EXPECT_TRUE(refuses(train(problem.x, problem.labels, {.batch_size = 0}), {"batch_size is 0"}));
  EXPECT_TRUE(refuses(train(problem.x, problem.labels, {.epochs = 0}), {"epochs is 0"}));
  EXPECT_TRUE(
      refuses(train(problem.x, problem.labels, {.validation_data = Examples{problem.x, few}}),
              {"validation_data", "67", "66"}));
  EXPECT_TRUE(
      refuses(train(problem.x, problem.labels, {.validation_data = Examples{Matrix(3, 2), few}}),
              {"validation_data", "2 features"}));
  EXPECT_TRUE(refuses(train(transposed(Matrix(5, 67)), problem.labels), {"transposed"}));
  EXPECT_TRUE(refuses([&] { model.evaluate(problem.x, few); }, {"evaluate", "67", "66"}));
  EXPECT_TRUE(refuses([&] { model.predict(Matrix(1, 4)); }, {"predict", "4", "5"}));
  EXPECT_EQ(model.state().steps, 0);
}

TEST(Model, LearnsFromOneExample) {
  Model model = classifier(0);
  const Matrix x{{1, -2, 3, 0.5F, 2}};
  const std::vector<int> label{2};
  model.train(x, label, {.epochs = 100, .batch_size = 1});
  EXPECT_EQ(model.state().steps, 100);
  EXPECT_EQ(model.predict_classes(x), label);
  EXPECT_EQ(model.evaluate(x, label).accuracy, 1);
}

// Of one class every example is, and there is nothing to learn: the loss is 0 from the start.
TEST(Model, OneClassIsAlwaysRight) {
  Model model;
  model.add<Dense>(5, 1);
  model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Sgd>(),
            std::make_unique<CategoricalAccuracy>(), constant_rate(0.1));
  model.finalize();
  const std::vector<std::uint32_t> before = bits_of(model);
  const Problem problem;
  const std::vector<int> labels(67, 0);
  model.train(problem.x, labels, {.epochs = 2, .batch_size = 16});
  EXPECT_EQ(model.history().back().loss, 0);
  EXPECT_EQ(model.history().back().accuracy, 1);
  EXPECT_EQ(bits_of(model), before);
  const std::vector<int> other(67, 1);
  EXPECT_TRUE(refuses([&] { model.train(problem.x, other, {.epochs = 3, .batch_size = 16}); },
                      {"label 0 is 1"}));
}

// What is no number has no class that could be right, and touches no other example.
TEST(Model, AnExampleThatIsNoNumberIsSeenInItsPredictions) {
  Model model = classifier();
  Problem problem;
  const Matrix sound = model.predict(problem.x);
  problem.x(13, 2) = std::nanf("");
  const Matrix p = model.predict(problem.x);
  for (int n = 0; n < p.rows(); ++n) {
    for (int l = 0; l < p.cols(); ++l) {
      if (n == 13) {
        EXPECT_TRUE(std::isnan(p(n, l)));
      } else {
        EXPECT_EQ(p(n, l), sound(n, l)) << "example " << n;
      }
    }
  }
  EXPECT_TRUE(std::isnan(model.evaluate(problem.x, problem.labels).loss));
  EXPECT_TRUE(refuses([&] { model.predict_classes(problem.x); }, {"example 13 has no class"}));
}

TEST(Model, PredictsTransposedRowsRightOrNotAtAll) {
  Model model = classifier();
  const Problem problem;
  Matrix columns(5, 67);
  for (int n = 0; n < 67; ++n) {
    for (int c = 0; c < 5; ++c) columns(c, n) = problem.x(n, c);
  }
  const ConstMatrixView x = transposed(columns);
  EXPECT_TRUE(identical(model.predict(x), model.predict(problem.x)));
  Model first_an_activation;
  first_an_activation.add<Activation>("relu").add<Dense>(5, 3);
  first_an_activation.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Sgd>(),
                          nullptr, constant_rate(0.1));
  first_an_activation.finalize();
  EXPECT_TRUE(refuses([&] { first_an_activation.predict(x); }, {"transposed"}));
}

TEST(Model, ParametersComeOutAndGoIn) {
  Model model = classifier();
  const std::vector<std::uint32_t> before = bits_of(model);
  std::map<std::string, Matrix> values = model.get_parameters();
  EXPECT_EQ(values.size(), 4U);
  values["layers.0.w"](4, 7) = 42;
  model.set_parameters(values);
  EXPECT_NE(bits_of(model), before);
  EXPECT_EQ(model.parameters()[0].value(4, 7), 42);

  const std::vector<std::uint32_t> now = bits_of(model);
  std::map<std::string, Matrix> wrong = values;
  wrong["layers.0.w"](0, 0) = -1;
  wrong.erase("layers.3.bias");
  EXPECT_TRUE(refuses([&] { model.set_parameters(wrong); }, {"layers.3.bias is missing"}));
  wrong["layers.3.bias"] = Matrix(1, 4);
  EXPECT_TRUE(refuses([&] { model.set_parameters(wrong); }, {"layers.3.bias is (1, 4)", "(1, 3)"}));
  wrong["layers.3.bias"] = Matrix(1, 3);
  wrong["layers.1.w"] = Matrix(1, 3);
  EXPECT_TRUE(refuses([&] { model.set_parameters(wrong); }, {"layers.1.w is no parameter"}));
  EXPECT_EQ(bits_of(model), now);
}

}  // namespace
}  // namespace nn::cpu
