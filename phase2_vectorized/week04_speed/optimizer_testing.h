// What the tests of the optimisers' rules share: golden trajectories, and every size on every set of
// instructions.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "common/compare_gtest.h"
#include "common/golden.h"
#include "common/guarded.h"
#include "common/refuses.h"
#include "common/rng.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

namespace nn::cpu {

// One step of a rule, with what it remembers in the order of its header.
using Rule =
    std::function<void(std::span<float> value, std::span<const std::span<float>> memory,
                       std::span<const float> grad, float learning_rate, std::int64_t step)>;

inline std::vector<float> golden_floats(const std::string& name) {
  const std::vector<double> values = read_golden(name).as_doubles();
  return {values.begin(), values.end()};
}

// A value and its memory, fenced by canaries; the memory is 0.
struct Fenced {
  Guarded<float> value;
  std::vector<Guarded<float>> memory;

  Fenced(std::span<const float> start, std::size_t remembered)
      : value(static_cast<std::int64_t>(start.size())),
        memory(remembered, Guarded<float>(static_cast<std::int64_t>(start.size()))) {
    std::ranges::copy(start, value.data());
    for (Guarded<float>& one : memory) std::ranges::fill(one.span(), 0.0F);
  }
  std::vector<std::span<float>> views() {
    std::vector<std::span<float>> views;
    for (Guarded<float>& one : memory) views.push_back(one.span());
    return views;
  }
};

// Do 100 steps on the gradients of reference/golden/<name>_update leave the value after each, and the
// memory after the last, where the reference does? The bound is that of cases.json for float: what the
// roundings of 100 steps may add up to (reference/cases/optimizer_cases.py). On every set of
// instructions.
inline testing::AssertionResult follows_golden(const std::string& name,
                                               const std::vector<std::string>& remembered,
                                               const Rule& rule) {
  const std::vector<float> start = golden_floats(name + "/value");
  const std::vector<float> grads = golden_floats(name + "/grads");
  const float learning_rate = golden_floats(name + "/learning_rate")[0];
  const std::size_t P = start.size(), S = grads.size() / P;
  const std::string before = simd_target();
  testing::AssertionResult result = testing::AssertionSuccess();
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    Fenced fenced(start, remembered.size());
    const std::vector<std::span<float>> memory = fenced.views();
    std::vector<float> trajectory;
    for (std::size_t s = 0; s < S; ++s) {
      rule(fenced.value.span(), memory, std::span(grads).subspan(s * P, P), learning_rate,
           static_cast<std::int64_t>(s) + 1);
      trajectory.insert(trajectory.end(), fenced.value.span().begin(), fenced.value.span().end());
    }
    const auto compare_one = [&](const std::string& tensor, std::span<const float> got,
                                 const std::string& canary_problem) {
      const NpyArray want = read_golden(name + "/" + tensor);
      Context context{.precision = Precision::f32, .guarded = true};
      context.canary_problem = canary_problem;
      const Comparison comparison =
          compare(got, want.as_doubles(), want.shape,
                  golden_tensor(name + "/" + tensor).bound(Precision::f32), context);
      if (result && !comparison.ok()) {
        result = testing::AssertionFailure() << name << "/" << tensor << " on " << target << "\n"
                                             << comparison.report();
      }
    };
    compare_one("trajectory", trajectory, fenced.value.canary_problem());
    for (std::size_t i = 0; i < remembered.size(); ++i) {
      compare_one(remembered[i], fenced.memory[i].span(), fenced.memory[i].canary_problem());
    }
  }
  use_simd_target(before);
  return result;
}

// Is every element computed by itself, and the same in every size and by every set of instructions? A
// vector's last, partly filled part is where loops go wrong. Three steps on random gradients, against
// the rule on one element at a time: equal to the last bit.
inline testing::AssertionResult treats_elements_apart(std::size_t remembered, const Rule& rule) {
  const std::string before = simd_target();
  testing::AssertionResult result = testing::AssertionSuccess();
  for (const int n : {1, 31, 32, 33, 127, 129}) {
    Philox rng(static_cast<std::uint64_t>(n));
    const auto draw = [&] {
      std::vector<float> numbers;
      for (int i = 0; i < n; ++i) numbers.push_back(static_cast<float>(rng.normal()));
      return numbers;
    };
    const std::vector<float> start = draw();
    const std::vector<std::vector<float>> grads{draw(), draw(), draw()};
    std::vector<float> want = start;
    for (std::size_t i = 0; i < want.size(); ++i) {
      std::vector<float> kept(remembered, 0.0F);
      std::vector<std::span<float>> memory;
      for (float& one : kept) memory.emplace_back(&one, 1);
      for (std::size_t s = 0; s < grads.size(); ++s) {
        rule({&want[i], 1}, memory, {&grads[s][i], 1}, 0.125F, static_cast<std::int64_t>(s) + 1);
      }
    }
    for (const std::string& target : simd_targets()) {
      use_simd_target(target);
      Fenced fenced(start, remembered);
      const std::vector<std::span<float>> memory = fenced.views();
      for (std::size_t s = 0; s < grads.size(); ++s) {
        rule(fenced.value.span(), memory, grads[s], 0.125F, static_cast<std::int64_t>(s) + 1);
      }
      const std::vector<double> wide(want.begin(), want.end());
      std::string canaries;
      for (const Guarded<float>& one : fenced.memory) canaries += one.canary_problem();
      const Comparison comparison = compare_guarded(fenced.value, std::span(wide), Bound{});
      if (result && !(comparison.ok() && canaries.empty())) {
        result = testing::AssertionFailure() << n << " elements on " << target << "\n"
                                             << canaries << comparison.report();
      }
    }
  }
  use_simd_target(before);
  return result;
}

// Does the rule refuse spans of different lengths, for each that it takes?
inline testing::AssertionResult refuses_other_sizes(const std::string& name, std::size_t remembered,
                                                    const Rule& rule) {
  std::vector<float> three(3), four(4);
  std::vector<std::span<float>> memory(remembered, std::span(three));
  if (auto said = refuses([&] { rule(three, memory, four, 1, 1); }, {name, "4", "3"}); !said) {
    return said;
  }
  for (std::span<float>& one : memory) {
    one = four;
    if (auto said = refuses([&] { rule(three, memory, three, 1, 1); }, {name, "4", "3"}); !said) {
      return said;
    }
    one = three;
  }
  return testing::AssertionSuccess();
}

}  // namespace nn::cpu
