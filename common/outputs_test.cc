#include "common/outputs.h"

#include <gtest/gtest.h>

#include "common/refuses.h"
#include "common/test_files.h"

namespace nn {
namespace {

// As little of a matrix as the golden arrays need.
struct Row {
  Row(int rows, int cols, float fill = 0) : extents{rows, cols} {
    held.assign(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols), fill);
  }
  int rows() const { return extents[0]; }
  int cols() const { return extents[1]; }
  float* data() { return held.data(); }
  const std::vector<float>& values() const { return held; }
  int extents[2];
  std::vector<float> held;
};

TEST(Outputs, ACaseBelongsToTheLongestOperationThatBeginsItsName) {
  const std::vector<CaseFunction<Row>> functions{
      {"softmax", nullptr}, {"softmax_cross_entropy", nullptr}, {"elu", nullptr}};
  const auto of = [&](const char* name) { return function_of<Row>(name, 2, functions).operation; };
  EXPECT_EQ(of("softmax"), "softmax");
  EXPECT_EQ(of("softmax_extreme_one_column"), "softmax");
  EXPECT_EQ(of("softmax_cross_entropy_extreme"), "softmax_cross_entropy");
  EXPECT_TRUE(refuses([&] { of("relu"); }, {"no function of phase 2", "relu"}));
}

// Phase 6 has every case that phase 1 has; a phase that forgets one is told so.
TEST(Outputs, ACaseThatNobodyComputesIsAnError) {
  const TemporaryFolder folder;
  const std::vector<CaseFunction<Row>> functions{
      {"matmul", [](const OutputCase<Row>& c) { c.write("c", c.in("a")); }}};
  EXPECT_TRUE(refuses([&] { write_outputs<Row>(folder.path(), 1, functions); },
                      {"no function of phase 1", "transpose"}));
  const NpyArray written = read_npy(folder.path() / "matmul/c.npy");
  EXPECT_EQ(written.dtype, Dtype::f4);
  EXPECT_EQ(written.shape, (Shape{7, 13}));
}

TEST(Outputs, ArraysOfOneExtentAndNoneKeepTheirShape) {
  EXPECT_EQ(array_shape(Row(1, 13), {13}), (Shape{13}));
  EXPECT_EQ(array_shape(Row(1, 1), {}), Shape{});
  EXPECT_EQ(array_shape(Row(13, 1), {13}), (Shape{13, 1}));
  EXPECT_EQ(array_shape(Row(2, 3), {2, 3}), (Shape{2, 3}));
}

}  // namespace
}  // namespace nn
