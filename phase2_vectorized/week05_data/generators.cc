#include "phase2_vectorized/week05_data/generators.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "common/rng.h"
#include "phase1_cpu/checkpoint/points.h"
#include "phase2_vectorized/week05_data/streams.h"

namespace nn::cpu {
namespace {

void check_noise(double noise) {
  NN_CHECK(noise >= 0 && std::isfinite(noise), "noise = ", noise, "; it is 0 or more");
}

void check_count(int classes, int per_class) {
  NN_CHECK(std::int64_t{classes} * per_class <= std::numeric_limits<int>::max() / 2, classes,
           " classes of ", per_class, " points are too many");
}

// "0", "1", ...
std::vector<std::string> numbered_names(int classes) {
  std::vector<std::string> names;
  for (int label = 0; label < classes; ++label) names.push_back(std::to_string(label));
  return names;
}

// Phase 1's points, whose numbers are double.
Dataset from_points(const std::string& name, const basic::LabelledPoints& points, int classes) {
  Dataset data;
  data.name = name;
  data.x = Matrix(points.x.rows(), 2);
  for (int n = 0; n < data.x.rows(); ++n) {
    for (int c = 0; c < 2; ++c) data.x(n, c) = static_cast<float>(points.x(n, c));
  }
  data.labels = points.t;
  data.class_names = numbered_names(classes);
  return data;
}

}  // namespace

Dataset make_spiral(int classes, int per_class, double noise, std::uint64_t seed) {
  check_noise(noise);
  check_count(classes, per_class);
  Philox rng(seed, kPointsStream);
  return from_points("spiral", basic::spiral(classes, per_class, noise, rng), classes);
}

Dataset make_moons(int count, double noise, std::uint64_t seed) {
  check_noise(noise);
  check_count(1, count);
  Philox rng(seed, kPointsStream);
  return from_points("moons", basic::two_moons(count, noise, rng), 2);
}

Dataset make_blobs(int classes, int per_class, double deviation, std::uint64_t seed) {
  NN_CHECK(classes >= 2 && per_class >= 1, classes, " clouds of ", per_class,
           " points; there are 2 clouds or more, of 1 point or more");
  NN_CHECK(deviation >= 0 && std::isfinite(deviation), "deviation = ", deviation,
           "; it is 0 or more");
  check_count(classes, per_class);
  Philox rng(seed, kPointsStream);
  Dataset data;
  data.name = "blobs";
  data.x = Matrix(classes * per_class, 2);
  data.class_names = numbered_names(classes);
  for (int label = 0; label < classes; ++label) {
    const double angle = 2 * std::numbers::pi * label / classes;
    for (int i = 0; i < per_class; ++i) {
      const int n = label * per_class + i;
      data.x(n, 0) = static_cast<float>(std::cos(angle) + deviation * rng.normal());
      data.x(n, 1) = static_cast<float>(std::sin(angle) + deviation * rng.normal());
      data.labels.push_back(label);
    }
  }
  return data;
}

Dataset make_sine(int count, double noise, std::uint64_t seed) {
  NN_CHECK(count >= 2, count, " points of a sine; there are 2 or more");
  check_noise(noise);
  check_count(1, count);
  Philox rng(seed, kPointsStream);
  Dataset data;
  data.name = "sine";
  data.x = Matrix(count, 1);
  data.targets = Matrix(count, 1);
  for (int n = 0; n < count; ++n) {
    const double x = n / (count - 1.0);
    data.x(n, 0) = static_cast<float>(x);
    data.targets(n, 0) =
        static_cast<float>(std::sin(2 * std::numbers::pi * x) + noise * rng.normal());
  }
  return data;
}

}  // namespace nn::cpu
