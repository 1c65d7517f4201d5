#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "common/file.h"
#include "common/safetensors.h"
#include "phase2_vectorized/week05_data/model_testing.h"

namespace nn::cpu {
namespace {

constexpr int kBatch = 16;  // 5 steps an epoch of the problem's 67 examples

// A file whose content was changed and written again, with a checksum that is right.
void rewrite(const std::filesystem::path& path, const std::function<void(Safetensors&)>& change) {
  Safetensors content = read_safetensors(path);
  change(content);
  if (content.metadata.contains(kChecksumKey)) content.metadata[kChecksumKey] = checksum(content);
  write_safetensors(path, content);
}

class ModelFiles : public testing::Test {
 protected:
  std::filesystem::path path(const char* name) const { return folder_.path() / name; }
  const Problem problem_;

 private:
  TemporaryFolder folder_;
};

TEST_F(ModelFiles, AWholeModelComesBack) {
  Model model = classifier();
  model.train(problem_.x, problem_.labels, {.epochs = 2, .batch_size = kBatch});
  model.notes()["class_names"] = R"(["a","b","ü"])";
  model.save(path("m"));
  Model loaded = Model::load(path("m"));
  EXPECT_EQ(bits_of(loaded), bits_of(model));
  EXPECT_EQ(loaded.notes(), model.notes());
  EXPECT_TRUE(identical(loaded.predict(problem_.x), model.predict(problem_.x)));
  EXPECT_DOUBLE_EQ(loaded.evaluate(problem_.x, problem_.labels).accuracy,
                   model.evaluate(problem_.x, problem_.labels).accuracy);
  loaded.save(path("again"));
  EXPECT_EQ(read_file(path("again")), read_file(path("m")));
  EXPECT_TRUE(refuses([&] { loaded.train(problem_.x, problem_.labels, {}); }, {"set()"}));
}

TEST_F(ModelFiles, EveryLayerLossAndAccuracyComesBack) {
  for (const char* name : {"identity", "relu", "leaky_relu", "elu", "silu", "sigmoid", "tanh"}) {
    for (const char* loss : {"mean_squared_error", "mean_absolute_error", "binary_cross_entropy"}) {
      Model model;
      model.add<Dropout>(0.125F).add<Dense>(5, 4, DenseOptions{"xavier_uniform", 0.5F, 0.25F});
      model.add<Activation>(name).add<Dense>(4, 2);
      std::unique_ptr<Accuracy> accuracy;
      if (loss == std::string("binary_cross_entropy")) {
        accuracy = std::make_unique<BinaryAccuracy>(0.3F);
      } else if (loss == std::string("mean_squared_error")) {
        accuracy = std::make_unique<RegressionAccuracy>(0.1F);
      }
      model.set(make_loss(loss), std::make_unique<Sgd>(), std::move(accuracy), constant_rate(0.1));
      model.finalize();
      model.save(path("m"));
      Model loaded = Model::load(path("m"));
      EXPECT_TRUE(identical(loaded.predict(problem_.x), model.predict(problem_.x))) << name;
      EXPECT_TRUE(says(loaded.summary(), name));
      EXPECT_TRUE(says(loaded.summary(), loss));
    }
  }
}

// The precision that the training targets gave is part of the model.
TEST_F(ModelFiles, TheAccuracyIsMeasuredAsInTraining) {
  Model model;
  model.add<Dense>(5, 2);
  model.set(std::make_unique<MeanSquaredError>(), std::make_unique<Adam>(),
            std::make_unique<RegressionAccuracy>(), constant_rate(0.05));
  model.finalize();
  model.train(problem_.x, problem_.numbers, {.epochs = 30, .batch_size = kBatch});
  model.save(path("m"));
  EXPECT_DOUBLE_EQ(Model::load(path("m")).evaluate(problem_.x, problem_.numbers).accuracy,
                   model.evaluate(problem_.x, problem_.numbers).accuracy);
}

TEST_F(ModelFiles, ParametersAloneComeBack) {
  Model model = classifier();
  model.train(problem_.x, problem_.labels, {.batch_size = kBatch});
  model.save_parameters(path("p"));
  Model other = classifier();
  EXPECT_NE(bits_of(other), bits_of(model));
  other.load_parameters(path("p"));
  EXPECT_EQ(bits_of(other), bits_of(model));
  // A model's file has them too.
  model.save(path("m"));
  Model third = classifier();
  third.load_parameters(path("m"));
  EXPECT_EQ(bits_of(third), bits_of(model));
  EXPECT_TRUE(refuses([&] { Model::load(path("p")); }, {"groundup parameters 2", "not a model"}));
}

TEST_F(ModelFiles, RefusesAModelWithMissingExtraOrMisshapenArrays) {
  Model model = classifier();
  model.save(path("good"));
  const auto refused = [&](const std::function<void(Safetensors&)>& change,
                           const std::vector<std::string>& parts) {
    std::filesystem::copy_file(path("good"), path("bad"),
                               std::filesystem::copy_options::overwrite_existing);
    rewrite(path("bad"), change);
    std::vector<std::string> all = parts;
    all.push_back(path("bad").string());
    EXPECT_TRUE(refuses([&] { Model::load(path("bad")); }, all));
  };
  const auto array = [](std::int64_t rows, std::int64_t cols) {
    return to_array(std::vector<float>(static_cast<std::size_t>(rows * cols)), {rows, cols});
  };
  refused([](Safetensors& c) { c.tensors.erase("layers.3.bias"); }, {"no array layers.3.bias"});
  refused([&](Safetensors& c) { c.tensors["layers.5.w"] = array(2, 2); },
          {"layers.5.w", "no param"});
  refused([&](Safetensors& c) { c.tensors["layers.0.w"] = array(8, 5); },
          {"layers.0.w", "(8, 5)", "(5, 8)"});
  refused([](Safetensors& c) { c.metadata.erase("architecture"); }, {"architecture"});
  refused([](Safetensors& c) { c.metadata["architecture"] = "{"; }, {"JSON"});
  refused([](Safetensors& c) { c.metadata["architecture"] = R"({"layers": 3})"; },
          {"architecture"});
  refused([](Safetensors& c) { c.metadata["format"] = "groundup model 1"; },
          {"groundup model 1", "groundup model 2"});
  refused([](Safetensors& c) { c.metadata["notes"] = "[1]"; }, {"notes"});
  refused(
      [](Safetensors& c) {
        nlohmann::json all = nlohmann::json::parse(c.metadata["architecture"]);
        all["loss"] = "hinge";
        c.metadata["architecture"] = all.dump();
      },
      {"no loss \"hinge\""});
  const auto with_layer = [&](const char* layer, const std::vector<std::string>& parts) {
    refused(
        [&](Safetensors& c) {
          nlohmann::json all = nlohmann::json::parse(c.metadata["architecture"]);
          all["layers"][1] = nlohmann::json::parse(layer);
          c.metadata["architecture"] = all.dump();
        },
        parts);
  };
  with_layer(R"({"type": "swish"})", {"swish", "there are identity"});
  with_layer(R"({"type": "dropout", "rate": 1.5})", {"rate is 1.5"});
  with_layer(R"({"type": "relu", "slope": 2})", {"slope"});
  with_layer(R"({"kind": "relu"})", {"type"});
  with_layer(R"({"type":"dense","inputs":-8,"outputs":8,"init":"he_normal","l1":0.0,"l2":0.0})",
             {"inputs is -8"});
  with_layer(
      R"({"type":"dense","inputs":4294967304,"outputs":8,"init":"he_normal","l1":0.0,"l2":0.0})",
      {"4294967304"});
  with_layer(R"({"type":"dense","inputs":7,"outputs":8,"init":"he_normal","l1":0.0,"l2":0.0})",
             {"do not chain"});
  // A terabyte of weights that the file does not have.
  with_layer(
      R"({"type":"dense","inputs":1000000,"outputs":1000000,"init":"he_normal","l1":0.0,"l2":0.0})",
      {"only 75"});
}

TEST_F(ModelFiles, ATrainingGoesOnFromACheckpointToTheSameBits) {
  const auto make = [] {
    Model model = classifier();
    model.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Adam>(),
              std::make_unique<CategoricalAccuracy>(),
              make_schedule(Plateau{.initial = 0.01, .patience = 0}));
    return model;
  };
  const Problem held(2);
  const TrainOptions options{
      .epochs = 6, .batch_size = kBatch, .validation_data = Examples{held.x, held.labels}};
  const auto train = [&](Model& model, std::int64_t interrupt_after) {
    EarlyStopping stop({.patience = 3, .restore_best_weights = true});
    ReduceLROnPlateau reduce({.factor = 0.5, .patience = 0});
    InterruptAfter interrupt(interrupt_after);
    TrainOptions all = options;
    all.callbacks = {&stop, &reduce, &interrupt};
    return model.train(problem_.x, problem_.labels, all);
  };
  Model whole = make();
  train(whole, -1);
  for (int steps = 1; steps < 5 * 6; steps += 3) {
    Model first = make();
    if (train(first, steps) != TrainingEnd::interrupted) break;  // early stopping came before
    first.save_checkpoint(path("c"));
    Model second = make();
    second.load_checkpoint(path("c"));
    EXPECT_EQ(second.state().steps, steps);
    second.save_checkpoint(path("c2"));
    EXPECT_EQ(read_file(path("c2")), read_file(path("c")));
    train(second, -1);
    EXPECT_EQ(bits_of(second), bits_of(whole)) << "resumed after step " << steps;
    EXPECT_EQ(bits_of(second.history()), bits_of(whole.history()));
  }
}

TEST_F(ModelFiles, RefusesACheckpointOfAnotherTraining) {
  Model model = classifier();
  EarlyStopping stop({.monitor = "loss"});
  model.train(problem_.x, problem_.labels,
              {.epochs = 2, .batch_size = kBatch, .callbacks = {&stop}});
  model.save_checkpoint(path("c"));
  const auto refused = [&](Model& other, const std::vector<std::string>& parts) {
    const std::vector<std::uint32_t> before = bits_of(other);
    EXPECT_TRUE(refuses([&] { other.load_checkpoint(path("c")); }, parts));
    EXPECT_EQ(bits_of(other), before);
    EXPECT_EQ(other.state().steps, 0);
  };
  const auto with = [](int hidden, const char* activation, bool more, const char* loss,
                       const char* optimizer, double rate) {
    Model other;
    other.add<Dense>(5, hidden, DenseOptions{"he_normal", 1e-4F, 1e-3F})
        .add<Activation>(activation);
    other.add<Dropout>(0.25F).add<Dense>(hidden, 3);
    if (more) other.add<Activation>("identity");
    other.set(make_loss(loss), make_optimizer(optimizer), nullptr, constant_rate(rate));
    other.finalize();
    return other;
  };
  const char* loss = "categorical_cross_entropy";
  Model wider = with(9, "relu", false, loss, "adam", 0.01);
  refused(wider, {path("c").string(), "another network", "layer 0", "8", "9"});
  Model tanh = with(8, "tanh", false, loss, "adam", 0.01);
  refused(tanh, {"another network", "layer 1", "relu", "tanh"});
  Model longer = with(8, "relu", true, loss, "adam", 0.01);
  refused(longer, {"another network", "4 layers", "5"});
  Model binary = with(8, "relu", false, "binary_cross_entropy", "adam", 0.01);
  refused(binary, {"categorical_cross_entropy", "binary_cross_entropy"});
  Model sgd = with(8, "relu", false, loss, "sgd", 0.01);
  refused(sgd, {"optimizer", "adam", "sgd"});
  Model faster = with(8, "relu", false, loss, "adam", 0.02);
  refused(faster, {"schedule", "0.01", "0.02"});

  Model same = with(8, "relu", false, loss, "adam", 0.01);
  same.load_checkpoint(path("c"));
  EXPECT_TRUE(
      refuses([&] { same.train(problem_.x, problem_.labels, {.epochs = 3, .batch_size = kBatch}); },
              {"early_stopping"}));
  EXPECT_TRUE(refuses(
      [&] {
        same.train(problem_.x, problem_.labels,
                   {.epochs = 3, .batch_size = 15, .callbacks = {&stop}});
      },
      {"batches of 16", "15"}));
}

TEST_F(ModelFiles, RefusesADamagedCheckpoint) {
  Model model = classifier();
  EarlyStopping stop({.monitor = "loss", .restore_best_weights = true});
  const TrainOptions options{.epochs = 2, .batch_size = kBatch, .callbacks = {&stop}};
  model.train(problem_.x, problem_.labels, options);
  model.save_checkpoint(path("good"));
  const std::vector<std::byte> whole = read_file(path("good"));
  Model other = classifier();
  const std::vector<std::uint32_t> before = bits_of(other);
  const auto refused = [&](const std::vector<std::string>& parts) {
    EXPECT_TRUE(refuses([&] { other.load_checkpoint(path("bad")); }, parts));
    EXPECT_EQ(bits_of(other), before);
  };
  for (std::size_t place = 8; place < whole.size(); place += whole.size() / 97) {
    std::vector<std::byte> bytes = whole;
    bytes[place] ^= std::byte{16};
    write_file_atomically(path("bad"), bytes);
    refused({path("bad").string()});
  }
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, whole.size() / 2, whole.size() - 1}) {
    write_file_atomically(path("bad"), std::span(whole).first(size));
    refused({path("bad").string()});
  }
  const auto changed = [&](const std::function<void(Safetensors&)>& change,
                           const std::vector<std::string>& parts) {
    write_file_atomically(path("bad"), whole);
    rewrite(path("bad"), change);
    refused(parts);
  };
  const auto training = [&](const char* key, const nlohmann::json& value) {
    changed(
        [&](Safetensors& c) {
          nlohmann::json all = nlohmann::json::parse(c.metadata["training"]);
          all[key] = value;
          c.metadata["training"] = all.dump();
        },
        {key});
  };
  training("epoch", -1);
  training("step", 1.5);
  training("steps", "2");
  training("batch_size", std::int64_t{1} << 40);
  changed([](Safetensors& c) { c.tensors.erase("training.sums"); }, {"training.sums"});
  changed([](Safetensors& c) { c.tensors.erase("layers.0.w"); }, {"layers.0.w"});
  changed([](Safetensors& c) { c.tensors.erase("optimizer.layers.0.w.first_moment"); },
          {"first_moment"});
  changed([](Safetensors& c) { c.tensors["extra"] = c.tensors["training.sums"]; }, {"extra"});
  changed(
      [](Safetensors& c) { c.tensors["schedule.best"] = to_array(std::vector<double>{1}, {1}); },
      {"schedule"});
  changed([](Safetensors& c) { c.tensors["callbacks.x"] = c.tensors["training.sums"]; },
          {"callbacks.x"});
  changed([](Safetensors& c) { c.metadata["format"] = "groundup checkpoint 1"; }, {"checkpoint 1"});

  // What a schedule remembers is judged by it, and refusing it leaves the optimiser as it was.
  const auto on_plateau = [] {
    Model made = classifier();
    made.set(std::make_unique<CategoricalCrossEntropy>(), std::make_unique<Adam>(), nullptr,
             make_schedule(Plateau{.initial = 0.01}));
    return made;
  };
  Model trained = on_plateau(), fresh = on_plateau();
  trained.train(problem_.x, problem_.labels, {.epochs = 1, .batch_size = kBatch});
  trained.save_checkpoint(path("plateau"));
  rewrite(path("plateau"), [](Safetensors& c) {
    c.tensors["schedule.rate"] = to_array(std::vector<double>{-1}, {1});
  });
  fresh.save_checkpoint(path("before"));
  EXPECT_TRUE(refuses([&] { fresh.load_checkpoint(path("plateau")); },
                      {path("plateau").string(), "the state's rate"}));
  fresh.save_checkpoint(path("after"));
  EXPECT_EQ(read_file(path("after")), read_file(path("before")));

  // What only a callback can judge is refused when it is asked.
  write_file_atomically(path("bad"), whole);
  rewrite(path("bad"), [](Safetensors& c) {
    c.tensors["callbacks.early_stopping.watch"] = to_array(std::vector<double>{1, -2, 3}, {3});
  });
  other.load_checkpoint(path("bad"));
  EXPECT_TRUE(refuses(
      [&] {
        TrainOptions more = options;
        more.epochs = 3;
        other.train(problem_.x, problem_.labels, more);
      },
      {"the best epoch", "-2"}));
}

TEST_F(ModelFiles, RefusesToSaveWhatIsNoModelYet) {
  Model model;
  model.add<Dense>(2, 2);
  EXPECT_TRUE(refuses([&] { model.save(path("m")); }, {"finalize()"}));
  model.finalize();
  EXPECT_TRUE(refuses([&] { model.save(path("m")); }, {"no loss"}));
  EXPECT_TRUE(refuses([&] { model.save_checkpoint(path("m")); }, {"no optimizer"}));
  EXPECT_FALSE(std::filesystem::exists(path("m")));
  EXPECT_TRUE(refuses([&] { Model::load(path("none")); }, {"none", "no such file"}));
}

}  // namespace
}  // namespace nn::cpu
