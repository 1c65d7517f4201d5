#include "phase1_cpu/checkpoint/dataset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "common/check.h"
#include "common/file.h"
#include "common/golden.h"
#include "common/test_files.h"
#include "phase1_cpu/testing.h"

namespace nn::basic {
namespace {

// `count` images of rows x cols, pixel i of all being i % 251.
IdxImages numbered_images(int count, int rows, int cols) {
  IdxImages images{.count = count, .rows = rows, .cols = cols, .pixels = {}};
  for (int i = 0; i < count * rows * cols; ++i) {
    images.pixels.push_back(static_cast<std::uint8_t>(i % 251));
  }
  return images;
}

std::int64_t pixel_sum(const ImageSet& set) {
  std::int64_t sum = 0;
  for (int i = 0; i < set.size(); ++i) {
    const std::span<const std::uint8_t> image = set.image(i);
    sum = std::accumulate(image.begin(), image.end(), sum);
  }
  return sum;
}

// The sums of all pixels were taken by Python from the same files.
TEST(LoadDataset, Mnist) {
  const Dataset mnist = load_dataset("mnist");
  EXPECT_EQ(mnist.train.size(), 60000);
  EXPECT_EQ(mnist.test.size(), 10000);
  EXPECT_EQ(mnist.train.pixels(), 784);
  EXPECT_EQ(pixel_sum(mnist.train), 1567298545);
  EXPECT_EQ(pixel_sum(mnist.test), 264923200);
  EXPECT_EQ(mnist.train.minibatch_labels(std::vector{0, 1, 2, 3, 4}), (std::vector{5, 0, 4, 1, 9}));
  EXPECT_EQ(mnist.class_names.at(7), "7");
}

TEST(LoadDataset, Fashion) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    GTEST_SKIP() << "the package dataset-fashion-mnist is not installed";
  }
  const Dataset fashion = load_dataset("fashion");
  EXPECT_EQ(fashion.train.size(), 60000);
  EXPECT_EQ(fashion.test.size(), 10000);
  EXPECT_EQ(pixel_sum(fashion.train), 3431114169);
  EXPECT_EQ(fashion.class_names.at(fashion.train.labels().at(0)), "Ankle boot");
}

TEST(LoadDataset, TinyHasAsManyOfEachDigit) {
  const Dataset tiny = load_dataset("tiny");
  EXPECT_EQ(tiny.train.size(), 600);
  EXPECT_EQ(tiny.test.size(), 200);
  for (std::uint8_t digit = 0; digit < 10; ++digit) {
    EXPECT_EQ(std::ranges::count(tiny.train.labels(), digit), 60) << int{digit};
    EXPECT_EQ(std::ranges::count(tiny.test.labels(), digit), 20) << int{digit};
  }
  EXPECT_EQ(pixel_sum(tiny.train), 15299255);
  EXPECT_EQ(pixel_sum(tiny.test), 5027560);
}

TEST(LoadDataset, RefusesOtherNames) {
  const std::string message = message_of([] { load_dataset("cifar"); });
  EXPECT_TRUE(says(message, "cifar"));
  EXPECT_TRUE(says(message, "mnist, fashion or tiny"));
}

TEST(LoadDatasetFolder, NamesTheFileThatIsMissing) {
  const TemporaryFolder folder;
  EXPECT_TRUE(says(message_of([&] { load_dataset_folder(folder.path()); }),
                   (folder.path() / "train-images-idx3-ubyte.gz").string()));
}

TEST(LoadDatasetFolder, SaysWhichSetIsUnsound) {
  const TemporaryFolder folder;
  const std::filesystem::path mnist = golden_dir().parent_path() / "datasets/mnist";
  for (const char* name : {"train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"}) {
    std::filesystem::copy(mnist / "t10k-images-idx3-ubyte.gz", folder.path() / name);
  }
  std::filesystem::copy(mnist / "train-labels-idx1-ubyte.gz",
                        folder.path() / "train-labels-idx1-ubyte.gz");
  const std::string message = message_of([&] { load_dataset_folder(folder.path()); });
  EXPECT_TRUE(says(message, "10000 images but 60000 labels"));
}

TEST(ImageSet, ScalesPixelsToUnitRange) {
  const ImageSet set(numbered_images(3, 28, 28), {7, 0, 9}, "numbered");
  const Matrix x = set.minibatch(std::vector{2, 0});
  ASSERT_EQ(shape_of(x), (Shape{2, 784}));
  for (int c = 0; c < 784; ++c) {
    EXPECT_EQ(x(0, c), (2 * 784 + c) % 251 / 255.0);
    EXPECT_EQ(x(1, c), c % 251 / 255.0);
  }
  EXPECT_EQ(set.minibatch_labels(std::vector{2, 0}), (std::vector{9, 7}));
}

TEST(ImageSet, AnEmptyBatchAndARepeatedIndexAreFine) {
  const ImageSet set(numbered_images(2, 28, 28), {1, 2}, "numbered");
  EXPECT_EQ(set.minibatch({}).rows(), 0);
  const Matrix x = set.minibatch(std::vector{1, 1, 1});
  EXPECT_EQ(x(0, 5), x(2, 5));
}

TEST(ImageSet, RefusesIndicesOutside) {
  const ImageSet set(numbered_images(2, 28, 28), {1, 2}, "numbered");
  EXPECT_THROW(set.image(2), Error);
  EXPECT_THROW(set.image(-1), Error);
  EXPECT_THROW(set.minibatch(std::vector{0, 2}), Error);
  EXPECT_THROW(set.minibatch_labels(std::vector{-1}), Error);
}

TEST(ImageSet, RefusesWhatIsNoDataSet) {
  const auto refusal = [](const IdxImages& images, const std::vector<std::uint8_t>& labels) {
    return message_of([&] { ImageSet(images, labels, "mine"); });
  };
  EXPECT_TRUE(says(refusal(numbered_images(0, 28, 28), {}), "mine has no images"));
  EXPECT_TRUE(says(refusal(numbered_images(2, 27, 28), {1, 2}), "27 x 28"));
  EXPECT_TRUE(says(refusal(numbered_images(2, 28, 28), {1}), "2 images but 1 labels"));
  EXPECT_TRUE(says(refusal(numbered_images(2, 28, 28), {1, 10}), "label 1 is 10"));
  IdxImages torn = numbered_images(2, 28, 28);
  torn.pixels.pop_back();
  EXPECT_TRUE(says(refusal(torn, {1, 2}), "mine"));
}

}  // namespace
}  // namespace nn::basic
