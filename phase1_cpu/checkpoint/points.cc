#include "phase1_cpu/checkpoint/points.h"

#include <cmath>
#include <numbers>

#include "common/check.h"

namespace nn::basic {

LabelledPoints two_moons(int count, double noise, Philox& rng) {
  NN_CHECK(count >= 2, "count = ", count, "; each moon has a point");
  NN_CHECK(noise >= 0, "noise = ", noise);
  LabelledPoints points{Matrix(count, 2), {}};
  for (int b = 0; b < count; ++b) {
    const int label = b % 2;
    const double angle = std::numbers::pi * rng.uniform();
    const double x = label == 0 ? std::cos(angle) : 1 - std::cos(angle);
    const double y = label == 0 ? std::sin(angle) : 0.5 - std::sin(angle);
    points.x(b, 0) = x + noise * rng.normal();
    points.x(b, 1) = y + noise * rng.normal();
    points.t.push_back(label);
  }
  return points;
}

LabelledPoints spiral(int arms, int per_arm, double noise, Philox& rng) {
  NN_CHECK(arms >= 2 && per_arm >= 2, arms, " arms of ", per_arm, " points; both are 2 or more");
  NN_CHECK(noise >= 0, "noise = ", noise);
  constexpr double kTurns = 0.75;  // that an arm winds around the origin
  LabelledPoints points{Matrix(arms * per_arm, 2), {}};
  for (int arm = 0; arm < arms; ++arm) {
    for (int i = 0; i < per_arm; ++i) {
      const double along = i / (per_arm - 1.0);  // [0, 1]
      const double radius = 0.1 + 0.9 * along;
      const double angle =
          2 * std::numbers::pi * (kTurns * along + static_cast<double>(arm) / arms) +
          noise * rng.normal();
      const int b = arm * per_arm + i;
      points.x(b, 0) = radius * std::cos(angle);
      points.x(b, 1) = radius * std::sin(angle);
      points.t.push_back(arm);
    }
  }
  return points;
}

}  // namespace nn::basic
