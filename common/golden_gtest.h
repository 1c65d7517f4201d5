// The golden arrays for GoogleTest: EXPECT_TRUE(matches_golden(softmax(z), "softmax/p")).
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "common/compare_gtest.h"
#include "common/golden_matrix.h"

namespace nn {

// Is `got` the golden array `name`, within the bound that cases.json states for got's precision?
template <MatrixLike M>
testing::AssertionResult matches_golden(const M& got, const std::string& name) {
  const NpyArray want = read_golden(name);
  const Shape shape = array_shape(got, want.shape);
  if (shape != want.shape) return as_result(shape_mismatch(shape, want.shape));
  const Precision precision = std::is_same_v<ElementOf<M>, float> ? Precision::f32 : Precision::f64;
  return as_result(compare(span_of(got), want.as_doubles(), want.shape,
                           golden_tensor(name).bound(precision), Context{.precision = precision}))
         << "\n  against reference/golden/" << name << ".npy";
}

// A scalar.
template <class T>
requires(std::is_floating_point_v<T>) testing::AssertionResult
    matches_golden(T got, const std::string& name) {
  struct One {
    T value;
    int rows() const { return 1; }
    int cols() const { return 1; }
    const T* data() const { return &value; }
  };
  return matches_golden(One{got}, name);
}

// Integers, such as labels.
inline testing::AssertionResult matches_golden(const std::vector<int>& got,
                                               const std::string& name) {
  const NpyArray want = read_golden(name);
  const std::vector<std::int64_t> wide(got.begin(), got.end());
  return as_result(compare(wide, want.as_integers(), want.shape))
         << "\n  against reference/golden/" << name << ".npy";
}

}  // namespace nn
