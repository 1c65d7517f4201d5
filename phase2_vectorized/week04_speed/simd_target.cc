#include "phase2_vectorized/week04_speed/simd_target.h"

#include "phase2_vectorized/week04_speed/simd_sets.h"
// After it: Highway's list of targets has to be made from our sets.
#include <hwy/targets.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "common/check.h"

namespace nn::cpu {
namespace {

struct Named {
  const char* name;
  std::int64_t bit;  // Highway's
};
constexpr std::array kNames{Named{"avx512", HWY_AVX3}, Named{"avx2", HWY_AVX2},
                            Named{"neon", HWY_NEON}, Named{"baseline", HWY_STATIC_TARGET}};

const std::vector<Named>& available() {
  static const std::vector<Named> found = [] {
    const std::int64_t here = HWY_TARGETS & (hwy::SupportedTargets() | HWY_STATIC_TARGET);
    std::vector<Named> targets;
    for (const Named& named : kNames) {
      const bool again = !targets.empty() && targets.back().bit == named.bit;
      if ((here & named.bit) != 0 && !again) targets.push_back(named);
    }
    return targets;
  }();
  return found;
}

Named find(const std::string& name, const char* whose) {
  std::string names;
  for (const Named& named : available()) {
    if (name == named.name) return named;
    names += std::string(names.empty() ? "" : ", ") + named.name;
  }
  throw Error(
      detail::cat(whose, " is \"", name, "\"; on this processor it may be one of: ", names));
}

void take(const Named& named) {
  hwy::SetSupportedTargetsForTest(named.bit);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

Named& in_use() {
  static Named now = [] {
    const char* asked = std::getenv("NN_SIMD");
    const Named chosen =
        asked == nullptr || *asked == '\0' ? available().front() : find(asked, "NN_SIMD");
    take(chosen);
    return chosen;
  }();
  return now;
}

}  // namespace

const std::vector<std::string>& simd_targets() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const Named& named : available()) list.emplace_back(named.name);
    return list;
  }();
  return names;
}

std::string simd_target() { return in_use().name; }

void use_simd_target(const std::string& name) {
  Named& now = in_use();
  now = find(name, "the set of instructions asked for");
  take(now);
}

}  // namespace nn::cpu
