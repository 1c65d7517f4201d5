#include "phase2_vectorized/week05_data/augment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

constexpr Augmentation kAll{
    .shift_pixels = 2, .rotate_degrees = 15, .elastic_alpha = 20, .elastic_sigma = 3};

Matrix some_picture() {
  Philox rng(1);
  return random_matrix(29, 27, rng);
}

Matrix augmented(const Augmentation& how, std::uint64_t seed, int epoch, int example) {
  Matrix y(29, 27, std::nanf(""));
  augment(y, some_picture(), how, seed, epoch, example);
  return y;
}

TEST(Augment, DependsOnSeedEpochAndExampleAlone) {
  const Matrix y = augmented(kAll, 1, 2, 3);
  augmented(kAll, 9, 9, 9);  // what was done before does not matter
  EXPECT_TRUE(identical(augmented(kAll, 1, 2, 3), y));
  EXPECT_FALSE(identical(augmented(kAll, 2, 2, 3), y));
  EXPECT_FALSE(identical(augmented(kAll, 1, 3, 3), y));
  EXPECT_FALSE(identical(augmented(kAll, 1, 2, 4), y));
}

TEST(Augment, OfNothingIsThePictureItself) {
  EXPECT_FALSE(Augmentation{}.any());
  EXPECT_TRUE(identical(augmented({}, 1, 2, 3), some_picture()));
}

TEST(Augment, EachKindChangesThePicture) {
  for (const Augmentation& how :
       {Augmentation{.shift_pixels = 1}, Augmentation{.rotate_degrees = 5},
        Augmentation{.elastic_alpha = 5}}) {
    EXPECT_TRUE(how.any());
    EXPECT_FALSE(identical(augmented(how, 1, 0, 0), some_picture()));
  }
}

// Where the mass of a single dot ends up says how far it was moved: no further than asked, to both
// sides, and further than half as far in some of 200 draws (all within half: 2^-200).
TEST(Augment, ShiftsAsFarAsAskedAndNoFurther) {
  Matrix dot(29, 27);
  dot(14, 13) = 1;
  double least = 0, most = 0;
  for (int example = 0; example < 200; ++example) {
    Matrix y(29, 27);
    augment(y, dot, {.shift_pixels = 3}, 5, 0, example);
    double row = 0, mass = 0;
    for (int r = 0; r < 29; ++r) {
      for (int c = 0; c < 27; ++c) row += static_cast<double>(r) * y(r, c), mass += y(r, c);
    }
    ASSERT_LE(std::abs(mass - 1), 1e-5);
    const double moved = row / mass - 14;
    least = std::min(least, moved);
    most = std::max(most, moved);
  }
  EXPECT_GE(least, -3.0001);
  EXPECT_LE(most, 3.0001);
  EXPECT_LT(least, -1.5);
  EXPECT_GT(most, 1.5);
}

TEST(Augment, RefusesWhatIsOutOfRange) {
  EXPECT_TRUE(
      refuses([] { augmented({.shift_pixels = -1}, 1, 0, 0); }, {"shift_pixels is -1", "0 to 64"}));
  EXPECT_TRUE(
      refuses([] { augmented({.rotate_degrees = 181}, 1, 0, 0); }, {"rotate_degrees is 181"}));
  EXPECT_TRUE(refuses([] { augmented({.elastic_alpha = std::nanf("")}, 1, 0, 0); },
                      {"elastic_alpha is nan"}));
  EXPECT_TRUE(refuses([] { augmented({.elastic_sigma = 0}, 1, 0, 0); }, {"elastic_sigma is 0"}));
  EXPECT_TRUE(refuses([] { augmented({}, 1, -1, 0); }, {"epoch -1"}));
  EXPECT_TRUE(refuses([] { augmented({}, 1, 0, -1); }, {"example -1"}));
}

}  // namespace
}  // namespace nn::cpu
