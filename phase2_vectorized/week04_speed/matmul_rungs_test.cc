// Every rung against the same products, with every set of instructions that this processor has.
#include "phase2_vectorized/week04_speed/matmul_rungs.h"

#include <gtest/gtest.h>

#include <set>

#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

namespace nn::cpu {
namespace {

TEST(MatmulRungs, EachIsListedOnce) {
  std::set<std::string> names;
  for (const MatmulRung& rung : matmul_rungs()) EXPECT_TRUE(names.insert(rung.name).second);
  EXPECT_EQ(names.size(), 8U);
}

TEST(MatmulRungs, EveryRungOnEverySetOfInstructions) {
  const std::string before = simd_target();
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const MatmulRung& rung : matmul_rungs()) {
      // The bf16 rung makes a few roundings of its own: matmul_07_amx_split_test.cc.
      const int more = rung.name == "07_amx_split" ? 3 : 0;
      for (const auto* cases :
           {&awkward_products(), &transposed_products(), &scaled_products(), &empty_products()}) {
        for (const ProductCase& c : *cases) {
          EXPECT_TRUE(computes(rung.run, c, more + more * c.K / 75))
              << rung.name << " on " << target;
        }
      }
    }
  }
  use_simd_target(before);
}

}  // namespace
}  // namespace nn::cpu
