#include "common/guarded.h"

#include <gtest/gtest.h>

#include "common/compare_gtest.h"
#include "common/test_files.h"

namespace nn {
namespace {

using Doubles = std::vector<double>;

template <class T>
class GuardedOf : public testing::Test {};
using Types = testing::Types<double, float, std::int64_t, std::int32_t>;
TYPED_TEST_SUITE(GuardedOf, Types);

TYPED_TEST(GuardedOf, StartsAsPoisonBetweenCanaries) {
  const Guarded<TypeParam> out({3, 5});
  EXPECT_EQ(out.size(), 15);
  EXPECT_EQ(out.untouched(), 15);
  EXPECT_EQ(out.canary_problem(), "");
}

TYPED_TEST(GuardedOf, CountsWhatWasNotWritten) {
  Guarded<TypeParam> out(7);
  for (int i = 0; i < 5; ++i) out.span()[static_cast<std::size_t>(i)] = TypeParam{0};
  EXPECT_EQ(out.untouched(), 2);
}

TYPED_TEST(GuardedOf, SeesWritesOnEitherSide) {
  constexpr std::int64_t reach = Guarded<TypeParam>::kCanaries;
  for (const std::int64_t index : {std::int64_t{-1}, -reach, std::int64_t{7}, 6 + reach}) {
    Guarded<TypeParam> out(7);
    out.data()[index] = TypeParam{42};
    const std::int64_t distance = index < 0 ? -index : index - 6;
    EXPECT_TRUE(says(
        out.canary_problem(),
        detail::cat("wrote 42 at ", distance, index < 0 ? " before the first" : " past the last",
                    " element", " (1 of 128 canaries")))
        << index;
  }
}

TYPED_TEST(GuardedOf, NamesTheNearestOfSeveral) {
  Guarded<TypeParam> out(2);
  for (std::int64_t i = 4; i < 9; ++i) out.data()[i] = static_cast<TypeParam>(i);
  EXPECT_TRUE(says(out.canary_problem(), "wrote 4 at 3 past the last element (5 of 128"));
}

TYPED_TEST(GuardedOf, MayBeEmpty) {
  Guarded<TypeParam> out({0, 3});
  EXPECT_EQ(out.untouched(), 0);
  EXPECT_EQ(out.canary_problem(), "");
  out.data()[0] = TypeParam{1};
  EXPECT_NE(out.canary_problem(), "");
}

TEST(Poison, OfFloatWidensToThatOfDouble) {
  EXPECT_TRUE(is_poison(static_cast<double>(poison<float>())));
  EXPECT_TRUE(is_poison(poison<double>()));
  EXPECT_FALSE(is_poison(std::nan("")));
  EXPECT_FALSE(is_poison(1.0));
}

TEST(Poison, SurvivesArithmetic) {
  volatile double x = poison<double>();  // volatile: computed when the test runs
  EXPECT_TRUE(is_poison(x + 1.0));
  EXPECT_TRUE(is_poison(2.0 * x));
}

TEST(CloseGuarded, PassesWhatIsWrittenWhole) {
  Guarded<double> out({2, 2});
  for (std::size_t i = 0; i < 4; ++i) out.span()[i] = static_cast<double>(i);
  EXPECT_TRUE(close_guarded(out, Doubles{0, 1, 2, 3}, Bound{}));
}

TEST(CloseGuarded, FailsOnAWriteOutside) {
  Guarded<float> out(3);
  for (std::int64_t i = 0; i <= 3; ++i) out.data()[i] = static_cast<float>(i);
  const Comparison c = compare_guarded(out, Doubles{0, 1, 2}, Bound{});
  EXPECT_EQ(c.wrong, 0);
  EXPECT_FALSE(c.ok());
  EXPECT_EQ(c.looks, Looks::canary_overwritten);
  EXPECT_TRUE(says(c.report(), "wrote 3 at 1 past the last element"));
  EXPECT_TRUE(says(c.report(), "looks like: a write outside the array"));
}

TEST(CloseGuarded, FailsOnWhatWasNotWritten) {
  Guarded<float> out(5);
  for (std::size_t i = 0; i < 4; ++i) out.span()[i] = static_cast<float>(i);
  const Comparison c = compare_guarded(out, Doubles{0, 1, 2, 3, 4}, Bound{.abs = 1e30});
  EXPECT_EQ(c.looks, Looks::not_written);
  EXPECT_TRUE(says(c.looks_like, "1 of 5 elements were not written"));
}

TEST(CloseGuarded, HoldsIntegersToEquality) {
  Guarded<std::int32_t> out(2);
  out.span()[0] = 3;
  const Comparison c = compare_guarded(out, std::vector<std::int64_t>{3, 4});
  EXPECT_EQ(c.wrong, 1);
  EXPECT_EQ(c.looks, Looks::not_written);
  out.span()[1] = 4;
  EXPECT_TRUE(compare_guarded(out, std::vector<std::int64_t>{3, 4}).ok());
}

}  // namespace
}  // namespace nn
