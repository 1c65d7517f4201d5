#include "phase2_vectorized/week05_data/early_stopping.h"

#include <cmath>
#include <vector>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

const double kNan = std::nan("");
const double kInfinity = std::numeric_limits<double>::infinity();

// best, best_epoch and waited after each of these values, and the epoch in which it was over (0: never).
struct Course {
  std::vector<double> best, best_epoch, waited;
  int over = 0;
};

Course course_of(const std::vector<double>& values, const Patience& patience) {
  Course course;
  Watch watch;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int epoch = static_cast<int>(i) + 1;
    watch = observe(watch, values[i], epoch, patience);
    course.best.push_back(watch.best);
    course.best_epoch.push_back(watch.best_epoch);
    course.waited.push_back(watch.waited);
    if (course.over == 0 && is_over(watch, patience)) course.over = epoch;
  }
  return course;
}

// The worked example of README.md, "Stopping early".
TEST(EarlyStoppingRule, WorkedExample) {
  const Course course = course_of({0.31, 0.24, 0.22, 0.23, 0.22, 0.25}, {.epochs = 3});
  EXPECT_TRUE(identical(course.best, std::vector<double>{0.31, 0.24, 0.22, 0.22, 0.22, 0.22}));
  EXPECT_TRUE(identical(course.best_epoch, std::vector<double>{1, 2, 3, 3, 3, 3}));
  EXPECT_TRUE(identical(course.waited, std::vector<double>{0, 0, 0, 1, 2, 3}));
  EXPECT_EQ(course.over, 6);
}

TEST(EarlyStoppingRule, AccuraciesRise) {
  const Patience patience{.better = Better::higher, .epochs = 2};
  const Course course = course_of({0.5, 0.75, 0.625, 0.875, 0.875, 0.5, 1}, patience);
  EXPECT_TRUE(identical(course.best, std::vector<double>{0.5, 0.75, 0.75, 0.875, 0.875, 0.875, 1}));
  EXPECT_TRUE(identical(course.waited, std::vector<double>{0, 0, 1, 0, 1, 2, 0}));
  EXPECT_EQ(course.over, 6);
}

TEST(EarlyStoppingRule, PatienceIsCountedFromTheBestEpoch) {
  for (int epochs = 1; epochs <= 5; ++epochs) {
    const Course course = course_of({3, 2, 4, 4, 4, 4, 4, 4, 4}, {.epochs = epochs});
    EXPECT_EQ(course.over, 2 + epochs);
  }
  EXPECT_EQ(course_of({9, 8, 7, 6, 5, 4, 3, 2, 1}, {.epochs = 1}).over, 0);
}

// A gain as small as min_delta is none; what is compared with is the best, not the epoch before.
TEST(EarlyStoppingRule, SmallGainsDoNotCount) {
  const Patience lower{.min_delta = 0.5, .epochs = 3};
  EXPECT_TRUE(identical(course_of({4, 3.5, 3.25, 2.5, 2.5}, lower).waited,
                        std::vector<double>{0, 1, 0, 0, 1}));
  const Patience higher{.better = Better::higher, .min_delta = 0.25, .epochs = 3};
  EXPECT_TRUE(identical(course_of({1, 1.25, 1.5, 1.75, 2}, higher).waited,
                        std::vector<double>{0, 1, 0, 1, 0}));
}

TEST(EarlyStoppingRule, NanIsNeverBetterAndAnythingIsBetterThanNan) {
  const Patience patience{.epochs = 3};
  EXPECT_FALSE(improves(kNan, 1, patience));
  EXPECT_FALSE(improves(kNan, kNan, patience));
  EXPECT_TRUE(improves(1, kNan, patience));
  EXPECT_TRUE(improves(1e300, kNan, patience));
  EXPECT_TRUE(improves(1, kInfinity, patience));
  const Course course = course_of({kNan, kNan, 5, kNan, 4, kNan, kNan, kNan}, patience);
  EXPECT_TRUE(identical(course.waited, std::vector<double>{1, 2, 0, 1, 0, 1, 2, 3}));
  EXPECT_EQ(course.over, 8);
  EXPECT_EQ(course_of({kNan, kNan, kNan}, patience).over, 3);
}

TEST(EarlyStoppingRule, NegativeValuesAreOrderedToo) {
  EXPECT_TRUE(improves(-2, -1, {}));
  EXPECT_FALSE(improves(-1, -2, {}));
  EXPECT_TRUE(improves(-1, -2, {.better = Better::higher}));
}

TEST(EarlyStoppingRule, RefusesOptionsOutOfRange) {
  EXPECT_TRUE(refuses([] { improves(1, 2, {.min_delta = -1}); }, {"min_delta is -1"}));
  EXPECT_TRUE(refuses([] { improves(1, 2, {.min_delta = kNan}); }, {"min_delta is nan"}));
  EXPECT_TRUE(refuses([] { is_over({}, {.epochs = 0}); }, {"patience is 0", "1 or more"}));
}

}  // namespace
}  // namespace nn::cpu
