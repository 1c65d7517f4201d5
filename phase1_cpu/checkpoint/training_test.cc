#include "phase1_cpu/checkpoint/training.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include "common/file.h"
#include "common/safetensors.h"
#include "common/test_files.h"
#include "phase1_cpu/checkpoint/training_file.h"
#include "phase1_cpu/testing.h"
#include "phase1_cpu/week01_matrix/elementwise.h"

namespace nn::basic {
namespace {

const Dataset& tiny() {
  static const Dataset data = load_dataset("tiny");
  return data;
}

TrainingOptions quick() {
  TrainingOptions options;
  options.dataset = "tiny";
  options.epochs = 2;
  options.batch = 64;
  options.hidden = {9, 7};
  options.seed = 5;
  return options;
}

void expect_same_bits(const TrainingState& a, const TrainingState& b) {
  ASSERT_EQ(a.mlp.layers.size(), b.mlp.layers.size());
  for (std::size_t i = 0; i < a.mlp.layers.size(); ++i) {
    EXPECT_TRUE(identical(a.mlp.layers[i].w, b.mlp.layers[i].w)) << "layer " << i;
    EXPECT_TRUE(identical(a.mlp.layers[i].bias, b.mlp.layers[i].bias)) << "layer " << i;
  }
  EXPECT_EQ(a.epoch, b.epoch);
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.loss_sum, b.loss_sum);
  EXPECT_EQ(a.correct, b.correct);
  ASSERT_EQ(a.history.size(), b.history.size());
  for (std::size_t e = 0; e < a.history.size(); ++e) {
    EXPECT_EQ(a.history[e].train_loss, b.history[e].train_loss);
    EXPECT_EQ(a.history[e].train_accuracy, b.history[e].train_accuracy);
    EXPECT_EQ(a.history[e].test_loss, b.history[e].test_loss);
    EXPECT_EQ(a.history[e].test_accuracy, b.history[e].test_accuracy);
  }
}

TrainingState trained(const TrainingOptions& options) {
  TrainingState state = start_training(options, tiny());
  EXPECT_EQ(train(state, options, tiny(), {}), TrainingEnd::finished);
  return state;
}

TEST(Training, LearnsTheTinySet) {
  TrainingOptions options = quick();
  options.epochs = 12;
  options.batch = 16;
  options.hidden = {32};
  const TrainingState state = trained(options);
  EXPECT_GT(state.history.back().test_accuracy, 0.75);  // chance is 0.1
  EXPECT_LT(state.history.back().train_loss, state.history.front().train_loss / 2);
}

TEST(Training, IsTheSameEachTimeAndAnotherForAnotherSeed) {
  const TrainingState once = trained(quick());
  expect_same_bits(once, trained(quick()));
  TrainingOptions other = quick();
  other.seed = 6;
  EXPECT_FALSE(identical(trained(other).mlp.layers[0].w, once.mlp.layers[0].w));
}

// Stopped after every single step in turn, put away in a file, taken up again.
TEST(Training, StoppedAnywhereAndResumedFromItsFileGivesTheSameBits) {
  const TrainingOptions options = quick();
  const TrainingState whole = trained(options);
  const TemporaryFolder folder;
  const int steps = options.epochs * steps_per_epoch(options, tiny());
  for (int stop = 1; stop <= steps; ++stop) {
    Checkpoint checkpoint{options, start_training(options, tiny()), fingerprint(tiny())};
    int done = 0;
    TrainingEvents events;
    events.should_stop = [&] { return ++done == stop; };
    ASSERT_EQ(train(checkpoint.state, options, tiny(), events), TrainingEnd::interrupted);
    write_checkpoint(folder.path() / "c.safetensors", checkpoint);
    Checkpoint resumed = read_checkpoint(folder.path() / "c.safetensors");
    expect_same_bits(resumed.state, checkpoint.state);
    ASSERT_EQ(train(resumed.state, resumed.options, tiny(), {}), TrainingEnd::finished);
    expect_same_bits(resumed.state, whole);
  }
}

TEST(Training, MoreEpochsGoOnWhereFewerEnded) {
  TrainingOptions options = quick();
  TrainingState state = trained(options);
  options.epochs = 3;
  EXPECT_EQ(train(state, options, tiny(), {}), TrainingEnd::finished);
  expect_same_bits(state, trained(options));
}

TEST(Training, TheLastBatchMayBeSmaller) {
  TrainingOptions options = quick();
  options.batch = 97;
  EXPECT_EQ(steps_per_epoch(options, tiny()), (tiny().train.size() + 96) / 97);
  options.epochs = 1;
  const TrainingState state = trained(options);
  EXPECT_LE(state.history[0].train_accuracy, 1.0);  // every image counted once
  EXPECT_GT(state.history[0].train_loss, 0.0);
}

TEST(Training, StopsWhenTheLossIsNoNumber) {
  TrainingOptions options = quick();
  options.learning_rate = 1000;
  options.epochs = 50;
  TrainingState state = start_training(options, tiny());
  state.mlp.layers[0].w(0, 0) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(refuses([&] { train(state, options, tiny(), {}); },
                      {"the loss became", "epoch 1, step 1", "--lr", "1000"}));
}

// The loss of a step belongs to the weights before it. What the step makes of them must be good as
// well, or a checkpoint would hold it.
TEST(Training, NoEventSeesAWeightThatIsNoNumber) {
  TrainingOptions options = quick();
  options.hidden = {9};
  options.learning_rate = 1000;
  TrainingState state = start_training(options, tiny());
  // The logits are as before, but the first layer's gradient is 1e307 times as large.
  state.mlp.layers[0].w = 1e-307 * state.mlp.layers[0].w;
  state.mlp.layers[1].w = 1e307 * state.mlp.layers[1].w;
  TrainingEvents events;
  events.after_step = [](const TrainingState&) { ADD_FAILURE() << "a bad step was announced"; };
  EXPECT_TRUE(refuses([&] { train(state, options, tiny(), events); },
                      {"a weight became infinite", "epoch 1, step 1", "--lr", "1000"}));
}

TEST(Training, RefusesAbsurdOptions) {
  const auto refused = [](auto change, const std::vector<std::string>& parts) {
    TrainingOptions options = quick();
    change(options);
    return refuses([&] { start_training(options, tiny()); }, parts);
  };
  EXPECT_TRUE(refused([](auto& o) { o.epochs = 0; }, {"--epochs is 0", "1 to 10000"}));
  EXPECT_TRUE(refused([](auto& o) { o.epochs = -3; }, {"--epochs is -3"}));
  EXPECT_TRUE(refused([](auto& o) { o.batch = 0; }, {"--batch is 0"}));
  EXPECT_TRUE(refused([](auto& o) { o.batch = 60'000; }, {"--batch is 60000", "training images"}));
  EXPECT_TRUE(refused([](auto& o) { o.learning_rate = 0; }, {"--lr is 0"}));
  EXPECT_TRUE(refused([](auto& o) { o.learning_rate = -1; }, {"--lr is -1"}));
  EXPECT_TRUE(refused([](auto& o) { o.learning_rate = std::nan(""); }, {"--lr is nan"}));
  EXPECT_TRUE(refused([](auto& o) { o.learning_rate = 1e9; }, {"--lr is 1e+09", "1000"}));
  EXPECT_TRUE(refused([](auto& o) { o.hidden = {128, 0}; }, {"--hidden is 128,0"}));
  EXPECT_TRUE(refused([](auto& o) { o.hidden.assign(17, 4); }, {"--hidden is 4,4", "16 widths"}));
  EXPECT_TRUE(refused(
      [](auto& o) {
        o.hidden = {65'536, 65'536};
      },
      {"--hidden is 65536,65536", "4347133962", "at most 20000000"}));
}

TEST(TrainingFile, ModelComesBackAsItWas) {
  const TemporaryFolder folder;
  const Mlp mlp = make_mlp({784, 9, 7, 10}, 3);
  write_model(folder.path() / "m.safetensors", mlp);
  const Mlp back = read_model(folder.path() / "m.safetensors");
  EXPECT_EQ(back.widths(), mlp.widths());
  for (std::size_t i = 0; i < mlp.layers.size(); ++i) {
    EXPECT_TRUE(identical(back.layers[i].w, mlp.layers[i].w));
    EXPECT_TRUE(identical(back.layers[i].bias, mlp.layers[i].bias));
  }
}

TEST(TrainingFile, RefusesWhatIsNoModelOfThisPhase) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "m.safetensors";
  write_model(path, make_mlp({4, 3, 2}, 3));
  const Safetensors good = read_safetensors(path);
  const auto refused = [&](auto change, const std::vector<std::string>& parts) {
    Safetensors content = good;
    change(content);
    write_safetensors(path, content);
    return refuses([&] { read_model(path); }, parts);
  };
  EXPECT_TRUE(
      refused([](auto& c) { c.tensors.erase("layers.1.w"); }, {"m.safetensors", "layers.1.w"}));
  EXPECT_TRUE(refused([](auto& c) { c.tensors["extra"] = c.tensors["layers.1.w"]; }, {"5 arrays"}));
  EXPECT_TRUE(refused([](auto& c) { c.tensors["layers.0.w"] = c.tensors["layers.1.w"]; },
                      {"layers.0.w", "(3, 2)", "(4, 3)"}));
  EXPECT_TRUE(refused([](auto& c) { c.metadata.erase("architecture"); }, {"architecture"}));
  EXPECT_TRUE(refused([](auto& c) { c.metadata["architecture"] = "{}"; }, {"architecture"}));
  EXPECT_TRUE(
      refused([](auto& c) { c.metadata["architecture"] = R"({"layers":[]})"; }, {"no layers"}));
  EXPECT_TRUE(refused(
      [](auto& c) {
        c.metadata["architecture"] = R"({"layers":[{"type":"dense","inputs":1e99,"outputs":3}]})";
      },
      {"inputs", "not a count"}));
}

TEST(TrainingFile, RefusesWhatIsNoCheckpoint) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "c.safetensors";
  write_checkpoint(path, {quick(), trained(quick()), fingerprint(tiny())});
  const Safetensors good = read_safetensors(path);
  const auto refused = [&](auto change, const std::vector<std::string>& parts) {
    Safetensors content = good;
    change(content);
    content.metadata["crc32"] = checksum(content);
    write_safetensors(path, content);
    return refuses([&] { read_checkpoint(path); }, parts);
  };
  EXPECT_TRUE(refused([](auto& c) { c.metadata["format"] = "x"; }, {"not a checkpoint"}));
  EXPECT_TRUE(refused([](auto& c) { c.metadata["training"] = "{}"; }, {"training state"}));
  EXPECT_TRUE(refused([](auto& c) { c.tensors.erase("training.history"); }, {"training.history"}));
  EXPECT_TRUE(refused([](auto& c) { c.tensors["training.history"].shape = {1, 10}; }, {"(1, 10)"}));
  EXPECT_TRUE(refused(  // nothing is allocated for extents that the arrays do not have
      [](auto& c) {
        c.metadata["architecture"] =
            R"({"layers":[{"type":"dense","inputs":784,"outputs":2000000}]})";
      },
      {"layers.0.w", "(784, 9)", "(784, 2000000)"}));
  write_model(path, make_mlp({4, 3, 2}, 3));
  EXPECT_TRUE(refuses([&] { read_checkpoint(path); }, {"not a checkpoint"}));
}

// Among weights a flipped bit makes a number like any other.
TEST(TrainingFile, AFlippedBitAnywhereIsSeen) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "c.safetensors";
  TrainingOptions options = quick();
  options.hidden = {3};
  write_checkpoint(path, {options, trained(options), fingerprint(tiny())});
  std::vector<std::byte> bytes = read_file(path);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += 401) {
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    write_file_atomically(path, bytes);
    EXPECT_THROW(read_checkpoint(path), Error) << "bit " << bit;
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
  }
  write_file_atomically(path, bytes);
  EXPECT_NO_THROW(read_checkpoint(path));
}

TEST(TrainingFile, ACheckpointMustFitItsData) {
  const Checkpoint good{quick(), trained(quick()), fingerprint(tiny())};
  EXPECT_NO_THROW(check_checkpoint(good, tiny(), "c.safetensors"));
  const auto refused = [&](auto change, const std::vector<std::string>& parts) {
    Checkpoint checkpoint = good;
    change(checkpoint);
    return refuses([&] { check_checkpoint(checkpoint, tiny(), "c.safetensors"); }, parts);
  };
  EXPECT_TRUE(refused([](auto& c) { c.data_fingerprint = "600:0 200:0"; },
                      {"c.safetensors", "other data", "600:0 200:0", fingerprint(tiny())}));
  EXPECT_TRUE(refused([](auto& c) { c.options.batch = 0; }, {"c.safetensors", "--batch is 0"}));
  EXPECT_TRUE(
      refused([](auto& c) { c.options.batch = 601; }, {"c.safetensors", "at most the 600"}));
  EXPECT_TRUE(refused([](auto& c) { c.options.hidden = {9}; }, {"784-9-7-10", "784-9-10"}));
  EXPECT_TRUE(refused([](auto& c) { c.options.epochs = 1; }, {"epoch 2, step 0 of 1 epochs"}));
  EXPECT_TRUE(refused([](auto& c) { c.state.step = 1; }, {"epoch 2, step 1 of 2 epochs"}));
  EXPECT_TRUE(refused(
      [](auto& c) {
        c.options.epochs = 3;
        c.state.step = 11;
      },
      {"step 11 of 3 epochs of 10 steps"}));
}

TEST(TrainingFile, EveryPrefixOfACheckpointIsRefused) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "c.safetensors";
  TrainingOptions options = quick();
  options.hidden = {};
  write_checkpoint(path, {options, start_training(options, tiny()), fingerprint(tiny())});
  const std::vector<std::byte> bytes = read_file(path);
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(size));
    EXPECT_THROW(read_checkpoint(path), Error) << size << " of " << bytes.size() << " bytes";
  }
}

TEST(TrainingFile, FingerprintTellsDataSetsApart) {
  EXPECT_EQ(fingerprint(tiny()), fingerprint(load_dataset("tiny")));
  Dataset swapped = tiny();
  swapped.train = tiny().test;
  EXPECT_NE(fingerprint(swapped), fingerprint(tiny()));
}

}  // namespace
}  // namespace nn::basic
