#include "phase2_vectorized/week05_data/augment.h"

#include "common/rng.h"
#include "phase2_vectorized/week05_data/elastic.h"
#include "phase2_vectorized/week05_data/streams.h"
#include "phase2_vectorized/week05_data/warp.h"

namespace nn::cpu {
namespace {

void check_range(const char* name, float value, float low, float high) {
  NN_CHECK(value >= low && value <= high, name, " is ", value, "; it may be ", low, " to ", high);
}

}  // namespace

void check_augmentation(const Augmentation& how) {
  check_range("shift_pixels", how.shift_pixels, 0, 64);
  check_range("rotate_degrees", how.rotate_degrees, 0, 180);
  check_range("elastic_alpha", how.elastic_alpha, 0, 1000);
  check_range("elastic_sigma", how.elastic_sigma, 0x1p-10F, 64);
}

void augment(MatrixView y, ConstMatrixView x, const Augmentation& how, std::uint64_t seed,
             int epoch, int example) {
  check_augmentation(how);
  NN_CHECK(epoch >= 0 && example >= 0, "epoch ", epoch, ", example ", example,
           "; both count from 0");
  Philox rng(seed, augment_stream(epoch, example));
  // All are drawn, wanted or not: what one option does is then no matter of the others.
  const auto up_to = [&rng](float most) {
    return static_cast<float>((2 * rng.uniform() - 1) * most);
  };
  const float down = up_to(how.shift_pixels), right = up_to(how.shift_pixels);
  const float degrees = up_to(how.rotate_degrees);
  DisplacementField field = make_field(x.rows, x.cols);
  add_shift(field, down, right);
  if (how.rotate_degrees > 0) add_rotation(field, degrees);
  if (how.elastic_alpha > 0) add_elastic(field, how.elastic_alpha, how.elastic_sigma, rng);
  warp(y, x, field);
}

}  // namespace nn::cpu
