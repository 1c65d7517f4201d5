#include "phase2_vectorized/week05_data/batch_source.h"

#include <algorithm>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week05_data/generators.h"

namespace nn::cpu {
namespace {

// The first feature of every example of an epoch, in the order in which it comes.
std::vector<float> firsts(BatchSource& source, int epoch, int first = 0) {
  source.start_epoch(epoch, first);
  std::vector<float> all;
  for (Examples batch = source.next(); batch.size() > 0; batch = source.next()) {
    EXPECT_EQ(batch.t.size(), batch.size());
    for (int b = 0; b < batch.size(); ++b) all.push_back(batch.x(b, 0));
  }
  return all;
}

TEST(MatrixBatches, GiveEveryExampleOnceInTheEpochsOrder) {
  Matrix x(23, 2), t(23, 1);
  std::vector<int> labels;
  for (int n = 0; n < 23; ++n) {
    x(n, 0) = t(n, 0) = static_cast<float>(n);
    labels.push_back(n);
  }
  MatrixBatches with_labels({x, labels}, 5, 7), with_numbers({x, t}, 5, 7);
  EXPECT_EQ(with_labels.batches(), 5);
  const std::vector<float> order = firsts(with_labels, 3);
  std::vector<int> want;
  for (const int row : epoch_order(labels, 7, 3)) want.push_back(row);
  EXPECT_EQ(std::vector<int>(order.begin(), order.end()), want);
  EXPECT_EQ(firsts(with_numbers, 3), order);
  EXPECT_NE(firsts(with_labels, 4), order);
  EXPECT_EQ(firsts(with_labels, 3, 4), std::vector<float>(order.begin() + 20, order.end()));
  EXPECT_TRUE(firsts(with_labels, 3, 5).empty());

  with_labels.start_epoch(0, 4);
  const Examples last = with_labels.next();
  ASSERT_EQ(last.size(), 3);
  for (int b = 0; b < 3; ++b) {
    EXPECT_EQ(static_cast<float>(last.t.labels[static_cast<std::size_t>(b)]), last.x(b, 0));
  }
  with_numbers.start_epoch(0, 0);
  const Examples first = with_numbers.next();
  for (int b = 0; b < 5; ++b) EXPECT_EQ(first.t.values(b, 0), first.x(b, 0));
}

TEST(LoaderBatches, GiveWhatTheLoaderGives) {
  const Dataset spiral = make_spiral(3, 7, 0.1, 1), sine = make_sine(21, 0, 1);
  for (const Dataset* data : {&spiral, &sine}) {
    LoaderBatches loader(*data, all_rows(*data), {.batch_size = 4, .seed = 2});
    MatrixBatches matrices(examples_of(*data), 4, 2);
    EXPECT_EQ(loader.batches(), 6);
    EXPECT_EQ(loader.examples(), 21);
    EXPECT_EQ(loader.seed(), 2U);
    EXPECT_EQ(firsts(loader, 1), firsts(matrices, 1));
    EXPECT_EQ(firsts(loader, 1, 2), firsts(matrices, 1, 2));
  }
}

// The same numbers in the same order as the floats that the data set makes of its bytes.
TEST(PictureBatches, GiveWhatTheFloatsGive) {
  const basic::Dataset pictures = basic::load_dataset("tiny");
  const TrainTest floats = load_dataset("tiny");
  for (const int batch_size : {1, 7, 600}) {
    PictureBatches bytes(pictures.train, batch_size, 3);
    MatrixBatches matrices(examples_of(floats.train), batch_size, 3);
    EXPECT_EQ(bytes.features(), 784);
    EXPECT_EQ(bytes.examples(), 600);
    EXPECT_EQ(bytes.batches(), matrices.batches());
    EXPECT_TRUE(std::ranges::equal(bytes.targets().labels, matrices.targets().labels));
    for (const int epoch : {0, 2}) {
      const int first = epoch == 0 ? 0 : bytes.batches() - 1;
      bytes.start_epoch(epoch, first);
      matrices.start_epoch(epoch, first);
      for (;;) {
        const Examples got = bytes.next(), want = matrices.next();
        ASSERT_EQ(got.size(), want.size());
        if (got.size() == 0) break;
        for (int b = 0; b < got.size(); ++b) {
          EXPECT_TRUE(std::equal(got.x.data + b * got.x.row_stride,
                                 got.x.data + b * got.x.row_stride + 784,
                                 want.x.data + b * want.x.row_stride));
        }
        EXPECT_TRUE(std::ranges::equal(got.t.labels, want.t.labels));
      }
    }
  }
  EXPECT_TRUE(refuses([&] { PictureBatches(pictures.train, 601, 1); }, {"601", "1 to 600"}));
  EXPECT_TRUE(refuses([&] { PictureBatches(pictures.train, 0, 1); }, {"is 0", "1 to 600"}));
}

TEST(MatrixBatches, RefuseWhatDoesNotFit) {
  const std::vector<int> labels(4);
  const Matrix x(4, 2);
  EXPECT_TRUE(refuses([&] { MatrixBatches({x, labels}, 5, 1); }, {"batch_size is 5", "1 to 4"}));
  EXPECT_TRUE(refuses([&] { MatrixBatches({Matrix(3, 2), labels}, 1, 1); }, {"3", "4"}));
  EXPECT_TRUE(refuses([&] { MatrixBatches({x, Matrix(3, 1)}, 1, 1); }, {"4", "3"}));
}

}  // namespace
}  // namespace nn::cpu
