#include "phase2_vectorized/week05_data/dataset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <vector>

#include "common/golden.h"
#include "common/test_files.h"
#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week05_data/normalise.h"
#include "phase2_vectorized/week05_data/prepare_picture.h"

namespace nn::cpu {
namespace {

Dataset sound() {
  Dataset data;
  data.name = "mine";
  data.x = Matrix{{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}, {0, 0, 1, 0, 0, 1}};
  data.labels = {1, 0, 1};
  data.class_names = {"no", "yes"};
  data.image_height = 2;
  data.image_width = 3;
  return data;
}

Dataset sound_numbers() {
  Dataset data = sound();
  data.labels.clear();
  data.class_names.clear();
  data.targets = Matrix{{1, 2}, {3, 4}, {5, 6}};
  return data;
}

// The sums of all bytes were taken by Python from the same files.
double sum_of_bytes(const Dataset& data) {
  double sum = 0;
  for (const float value : data.x.values()) sum += std::round(value * 255);
  return sum;
}

TEST(LoadDataset, TinyIsWhatPhase1Reads) {
  const TrainTest tiny = load_dataset("tiny");
  EXPECT_EQ(shape_of(tiny.train.x), (Shape{600, 784}));
  EXPECT_EQ(shape_of(tiny.test.x), (Shape{200, 784}));
  EXPECT_EQ(sum_of_bytes(tiny.train), 15299255);
  EXPECT_EQ(sum_of_bytes(tiny.test), 5027560);
  EXPECT_EQ(tiny.train.image_height, 28);
  EXPECT_EQ(tiny.train.image_width, 28);
  EXPECT_EQ(tiny.test.class_names.at(9), "9");
  for (int digit = 0; digit < 10; ++digit) {
    EXPECT_EQ(std::ranges::count(tiny.train.labels, digit), 60) << digit;
  }
  const auto [least, most] = std::ranges::minmax(tiny.train.x.values());
  EXPECT_EQ(least, 0);
  EXPECT_EQ(most, 1);
}

TEST(LoadDataset, Mnist) {
  const TrainTest mnist = load_dataset("mnist");
  EXPECT_EQ(mnist.train.size(), 60000);
  EXPECT_EQ(mnist.test.size(), 10000);
  EXPECT_EQ(sum_of_bytes(mnist.train), 1567298545);
  EXPECT_EQ((std::vector(mnist.train.labels.begin(), mnist.train.labels.begin() + 5)),
            (std::vector{5, 0, 4, 1, 9}));
}

// Two tables of the lesson. The mean and the deviation are those that MNIST is known by, 0.1307 and
// 0.3081.
TEST(LoadDataset, MnistsMeanAndWhereItsDigitsLie) {
  const Dataset mnist = load_dataset("mnist").train;
  const Normalisation by = measure_all(mnist.x, all_rows(mnist));
  EXPECT_TRUE(close(by.mean(0, 0), 0.1307F, Bound{.abs = 5e-5}));
  EXPECT_TRUE(close(by.deviation(0, 0), 0.3081F, Bound{.abs = 5e-5}));
  int twenty = 0, centred = 0;
  for (int n = 0; n < mnist.size(); ++n) {
    const ConstMatrixView digit{mnist.x.data() + n * 784, 28, 28, 28, 1};
    const Box box = ink_box(digit);
    twenty += std::max(box.height, box.width) == 20 ? 1 : 0;
    double row = 0, col = 0, mass = 0;
    for (int r = 0; r < 28; ++r) {
      for (int c = 0; c < 28; ++c) {
        row += digit(r, c) * (r + 0.5);
        col += digit(r, c) * (c + 0.5);
        mass += digit(r, c);
      }
    }
    centred += std::floor(row / mass) == 14 && std::floor(col / mass) == 14 ? 1 : 0;
  }
  std::cout << "mean " << by.mean(0, 0) << ", deviation " << by.deviation(0, 0)
            << "; longer side 20: " << twenty << ", centre of mass in pixel (14, 14): " << centred
            << '\n';
  EXPECT_GE(twenty, 59900);
  EXPECT_GE(centred, 59900);
}

TEST(LoadDataset, Fashion) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    GTEST_SKIP() << "the package dataset-fashion-mnist is not installed";
  }
  const TrainTest fashion = load_dataset("fashion");
  EXPECT_EQ(sum_of_bytes(fashion.train), 3431114169);
  EXPECT_EQ(fashion.train.class_names.at(static_cast<std::size_t>(fashion.train.labels.at(0))),
            "Ankle boot");
}

TEST(LoadDataset, SaysWhatIsWrong) {
  EXPECT_TRUE(is_dataset_name("tiny"));
  EXPECT_FALSE(is_dataset_name("cifar"));
  EXPECT_TRUE(refuses([] { load_dataset("cifar"); }, {"cifar", "mnist, fashion or tiny"}));
  const TemporaryFolder folder;
  EXPECT_TRUE(refuses([&] { load_dataset_folder(folder.path()); },
                      {(folder.path() / "train-images-idx3-ubyte.gz").string()}));
}

TEST(LoadDatasetFolder, ReadsMnistsFourFiles) {
  const TrainTest tiny = load_dataset_folder(golden_dir().parent_path() / "datasets/tiny");
  EXPECT_EQ(tiny.test.size(), 200);
  EXPECT_EQ(tiny.test.name, "tiny (test)");
}

TEST(CheckDataset, TakesWhatIsSound) {
  check_dataset(sound());
  check_dataset(sound_numbers());
  Dataset no_picture = sound();
  no_picture.image_height = no_picture.image_width = 0;
  check_dataset(no_picture);
  EXPECT_TRUE(sound().has_labels());
  EXPECT_FALSE(sound_numbers().has_labels());
}

testing::AssertionResult refused(Dataset data, const std::vector<std::string>& parts) {
  return refuses([&] { check_dataset(data); }, parts);
}

TEST(CheckDataset, RefusesWhatIsNot) {
  EXPECT_TRUE(refused(Dataset{}, {"no examples"}));
  Dataset data = sound();
  data.x = Matrix(3, 0);
  EXPECT_TRUE(refused(data, {"'mine'", "without a number"}));
  data = sound();
  data.labels.push_back(0);
  EXPECT_TRUE(refused(data, {"'mine'", "3 examples but 4 labels"}));
  data = sound();
  data.labels[2] = 2;
  EXPECT_TRUE(refused(data, {"label 2 at example 2", "2 classes are 0 to 1"}));
  data.labels[2] = -1;
  EXPECT_TRUE(refused(data, {"label -1 at example 2"}));
  data = sound();
  data.class_names.clear();
  EXPECT_TRUE(refused(data, {"no names of classes"}));
  data = sound();
  data.targets = Matrix(3, 1);
  EXPECT_TRUE(refused(data, {"both labels and targets"}));
  data = sound();
  data.image_width = 4;
  EXPECT_TRUE(refused(data, {"2 x 4", "6 numbers an example"}));
  data.image_width = 0;
  EXPECT_TRUE(refused(data, {"2 x 0"}));
  data = sound_numbers();
  data.targets = Matrix(2, 2);
  EXPECT_TRUE(refused(data, {"3 examples but 2 rows of targets"}));
  for (const float value : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    data = sound();
    data.x(2, 5) = value;
    EXPECT_TRUE(refused(data, {"feature", "no finite number"}));
    data = sound_numbers();
    data.targets(2, 1) = -value;
    EXPECT_TRUE(refused(data, {"target", "no finite number"}));
  }
}

TEST(Subset, TakesRowsWithWhatBelongsToThem) {
  const Dataset some = subset(sound(), std::vector{2, 0, 2});
  EXPECT_TRUE(
      identical(some.x, Matrix{{0, 0, 1, 0, 0, 1}, {1, 2, 3, 4, 5, 6}, {0, 0, 1, 0, 0, 1}}));
  EXPECT_EQ(some.labels, (std::vector{1, 1, 1}));
  EXPECT_EQ(some.image_width, 3);
  EXPECT_EQ(some.class_names, sound().class_names);
  check_dataset(some);
  EXPECT_TRUE(identical(subset(sound_numbers(), std::vector{1}).targets, Matrix{{3, 4}}));
  EXPECT_TRUE(refuses([] { subset(sound(), std::vector{3}); }, {"row 3"}));
  EXPECT_EQ(all_rows(sound()), (std::vector{0, 1, 2}));
}

}  // namespace
}  // namespace nn::cpu
