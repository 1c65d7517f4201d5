#include "phase2_vectorized/week05_data/callback.h"

#include "phase2_vectorized/testing.h"

namespace nn::cpu {
namespace {

TEST(Metrics, GoThroughTheirValues) {
  const EpochMetrics metrics{1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<double> values = metric_values(metrics);
  EXPECT_EQ(values, (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(metric_values(metrics_of(values)), values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(metric(metrics, metric_names()[i]), values[i]);
  }
  EXPECT_EQ(metric(metrics, "val_accuracy"), metrics.val_accuracy);
  EXPECT_TRUE(refuses([&] { metric(metrics, "acc"); }, {"acc", "val_accuracy"}));
  EXPECT_TRUE(refuses([&] { metrics_of({1, 2}); }, {"2 against 8"}));
}

class Nothing : public Callback {
 public:
  std::string name() const override { return "nothing"; }
};

TEST(CallbackState, IsHeldToItsForm) {
  const CallbackState state{{"a", to_array(std::vector<double>{1, 2}, {2})},
                            {"b", to_array(std::vector<float>{1, 2}, {2})}};
  EXPECT_EQ(state_numbers(state, "a", 2), (std::vector<double>{1, 2}));
  EXPECT_TRUE(refuses([&] { state_numbers(state, "a", 3); }, {"\"a\"", "(2,)", "3"}));
  EXPECT_TRUE(refuses([&] { state_numbers(state, "b", 2); }, {"\"b\"", "<f4"}));
  EXPECT_TRUE(refuses([&] { state_numbers(state, "c", 1); }, {"no \"c\""}));
  Nothing nothing;
  nothing.restore({});
  EXPECT_TRUE(refuses([&] { nothing.restore(state); }, {"nothing has no state"}));
}

}  // namespace
}  // namespace nn::cpu
