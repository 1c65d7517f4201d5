#include "phase2_vectorized/week05_data/accuracy_objects.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

TEST(AccuracyObjects, CountAsTheirFunctions) {
  const Matrix y{{2, 1}, {0, 3}, {1, 0}};
  EXPECT_EQ(CategoricalAccuracy().tally(y, std::vector<int>{0, 1, 1}).right, 2);
  const Matrix p{{0.75F}, {0.25F}, {std::nanf("")}, {0.5F}};
  const Tally binary = BinaryAccuracy().tally(p, std::vector<int>{1, 1, 0, 0});
  EXPECT_EQ(binary.right, 2);
  EXPECT_EQ(binary.of, 4);
  EXPECT_EQ(BinaryAccuracy(0.2F).tally(p, std::vector<int>{1, 1, 0, 0}).right, 2);
  const Matrix t{{1}, {1}, {0}, {0}};
  EXPECT_EQ(BinaryAccuracy().tally(p, t).right, 2);
}

TEST(AccuracyObjects, RegressionTakesItsPrecisionFromTheTargets) {
  const Matrix t{{0}, {500}};  // their spread is 250: 1 is near enough
  const Matrix y{{0.75F}, {501.5F}};
  RegressionAccuracy own, given(2.0F);
  EXPECT_EQ(own.tally(y, t).right, 0);
  own.prepare(t);
  given.prepare(t);
  EXPECT_EQ(own.tally(y, t).right, 1);
  EXPECT_EQ(given.tally(y, t).right, 2);
}

TEST(AccuracyObjects, ComeBackFromTheirConfig) {
  RegressionAccuracy regression;
  regression.prepare(Matrix{{0}, {500}});
  const BinaryAccuracy binary(0.3F);
  const CategoricalAccuracy categorical;
  for (const Accuracy* accuracy :
       {static_cast<const Accuracy*>(&regression), static_cast<const Accuracy*>(&binary),
        static_cast<const Accuracy*>(&categorical)}) {
    const auto config = nlohmann::json::parse(accuracy->config().dump());
    EXPECT_EQ(make_accuracy(config, "f")->config(), accuracy->config());
  }
  using nlohmann::json;
  EXPECT_TRUE(refuses([] { make_accuracy({{"type", "top5"}}, "f"); }, {"f: ", "top5"}));
  EXPECT_TRUE(refuses([] { make_accuracy({{"type", "binary"}}, "f"); }, {"threshold"}));
  EXPECT_TRUE(refuses([] { make_accuracy(json(3), "f"); }, {"f: 3"}));
  EXPECT_TRUE(refuses([] { make_accuracy({{"type", "categorical"}, {"k", 5}}, "f"); }, {"more"}));
}

TEST(AccuracyObjects, RefuseWhatIsOutOfRange) {
  EXPECT_TRUE(refuses([] { BinaryAccuracy(0); }, {"threshold is 0", "(0, 1)"}));
  EXPECT_TRUE(refuses([] { BinaryAccuracy(std::nanf("")); }, {"threshold is nan"}));
  EXPECT_TRUE(refuses([] { RegressionAccuracy(-1); }, {"precision is -1"}));
}

}  // namespace
}  // namespace nn::cpu
