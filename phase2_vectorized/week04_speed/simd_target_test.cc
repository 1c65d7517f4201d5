// Compiled once for each set of instructions, as simd.h says, so that it can see which one a call takes.
#include "phase2_vectorized/week04_speed/simd.h"

HWY_BEFORE_NAMESPACE();
namespace nn::cpu::HWY_NAMESPACE {
namespace {

// Highway's name of the set that this function was compiled for.
const char* compiled_for() { return hwy::TargetName(HWY_TARGET); }

}  // namespace
}  // namespace nn::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if NN_SIMD_MORE
#include "simd_target_test.cc"  // itself, for the next set of instructions
#else

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <set>
#include <string>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/activations.h"
#include "phase2_vectorized/week04_speed/adagrad.h"
#include "phase2_vectorized/week04_speed/adam.h"
#include "phase2_vectorized/week04_speed/adamw.h"
#include "phase2_vectorized/week04_speed/exp.h"
#include "phase2_vectorized/week04_speed/matmul_04_register_tile.h"
#include "phase2_vectorized/week04_speed/momentum.h"
#include "phase2_vectorized/week04_speed/rmsprop.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

namespace nn::cpu {
namespace {

HWY_EXPORT(compiled_for);

// What a function that is exported like the lessons' runs on now.
std::string runs_on() { return HWY_DYNAMIC_DISPATCH(compiled_for)(); }

// Our names in Highway's words. The baseline is what the compiler may assume of every machine.
std::string highway_name(const std::string& name) {
  if (name == "avx512") return "AVX3";
  if (name == "avx2") return "AVX2";
  if (name == "neon") return "NEON";
  return hwy::TargetName(HWY_STATIC_TARGET);
}

// The set asked for by the environment, or the best; an NN_SIMD that is empty asks for nothing.
std::string wanted() {
  const char* asked = std::getenv("NN_SIMD");
  return asked == nullptr || *asked == '\0' ? simd_targets().front() : asked;
}

TEST(SimdTarget, TheBestIsInUseUnlessToldOtherwise) {
  ASSERT_FALSE(simd_targets().empty());
  EXPECT_EQ(simd_target(), wanted());
  EXPECT_EQ(runs_on(), highway_name(wanted()));
}

TEST(SimdTarget, EachOneHasATileOfItsOwn) {
  const std::string before = simd_target();
  std::set<void (*)(const TileProduct&)> functions;
  for (const std::string& name : simd_targets()) {
    use_simd_target(name);
    EXPECT_EQ(simd_target(), name);
    EXPECT_EQ(runs_on(), highway_name(name));
    functions.insert(register_tile().run);
  }
  EXPECT_EQ(functions.size(), simd_targets().size());
  use_simd_target(before);
}

TEST(SimdTarget, RefusesOthers) {
  const std::string before = simd_target();
  EXPECT_TRUE(refuses([] { use_simd_target("sse9"); }, {"\"sse9\"", simd_targets().back()}));
  EXPECT_EQ(simd_target(), before);
}

// A function that chooses among sets, and arguments for it.
struct Chooser {
  const char* name;
  void (*call)();
};

// For messages.
void PrintTo(const Chooser& chooser, std::ostream* out) { *out << chooser.name; }

float first[3] = {1, 2, 3}, second[3] = {}, third[3] = {}, gradient[3] = {1, -1, 2};

constexpr float kRate = 0.1F;
constexpr Chooser kChoosers[] = {
    {"exp", [] { exp(first, first); }},
    {"expm1", [] { expm1(first, first); }},
    {"relu",
     [] {
       relu({first, 1, 3, 3}, {first, 1, 3, 3, 1});
     }},
    {"register_tile", [] { register_tile(); }},
    {"sgd_update", [] { sgd_update(first, gradient, kRate); }},
    {"momentum_update", [] { momentum_update(first, second, gradient, kRate, 0.9); }},
    {"nesterov_update", [] { nesterov_update(first, second, gradient, kRate, 0.9); }},
    {"adagrad_update", [] { adagrad_update(first, second, gradient, kRate, {}); }},
    {"rmsprop_update", [] { rmsprop_update(first, second, gradient, kRate, {}); }},
    {"adam_update", [] { adam_update(first, second, third, gradient, kRate, {}, 1); }},
    {"adamw_update", [] { adamw_update(first, second, third, gradient, kRate, {}, 1); }},
};

// Calls it with NN_SIMD set to `asked`, and ends the process, with 0 where that set was taken.
[[noreturn]] void end_after(const Chooser& chooser, const std::string& asked) {
  setenv("NN_SIMD", asked.c_str(), 1);
  try {
    chooser.call();
  } catch (const Error& error) {
    std::cerr << error.what();
    std::_Exit(2);
  }
  std::cerr << runs_on();
  std::_Exit(runs_on() == highway_name(asked) ? 0 : 1);
}

// In a process of its own for each, begun anew, in which nothing else has read NN_SIMD.
class SimdTargetAtFirstUse : public testing::TestWithParam<Chooser> {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

// The last, since a function that asks Highway alone takes the first.
TEST_P(SimdTargetAtFirstUse, ReadsTheEnvironment) {
  EXPECT_EXIT(end_after(GetParam(), simd_targets().back()), testing::ExitedWithCode(0), "");
}

TEST_P(SimdTargetAtFirstUse, RefusesWhatThisProcessorLacks) {
  const auto one_of = [] { return "NN_SIMD is .sse9.*may be one of.*" + simd_targets().back(); };
  EXPECT_EXIT(end_after(GetParam(), "sse9"), testing::ExitedWithCode(2), one_of());
}

INSTANTIATE_TEST_SUITE_P(Functions, SimdTargetAtFirstUse, testing::ValuesIn(kChoosers),
                         [](const auto& chooser) { return std::string(chooser.param.name); });

}  // namespace
}  // namespace nn::cpu
#endif
