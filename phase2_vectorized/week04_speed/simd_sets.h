// Which sets of instructions this phase is compiled for. Highway knows more; each costs time to compile.
#pragma once

// NOLINTNEXTLINE(readability-identifier-naming): the name is Highway's
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#include <hwy/detect_targets.h>
