// compare.h for GoogleTest: EXPECT_TRUE(close(got, want, bound)) prints the whole report on failure.
// got and want are anything with data(), rows() and cols(), std::vector / std::array of double,
// float or integers, or two numbers.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "common/compare.h"
#include "common/compare_log.h"
#include "common/guarded.h"

namespace nn {

template <class M>
concept MatrixLike = requires(const M& m) {
  { m.rows() } -> std::convertible_to<std::int64_t>;
  { m.cols() } -> std::convertible_to<std::int64_t>;
  { *m.data() } -> std::convertible_to<double>;
};

template <class V>
concept VectorLike = !MatrixLike<V> && requires(const V& v) {
  {std::span(v)};
};

template <MatrixLike M>
Shape shape_of(const M& m) {
  return {m.rows(), m.cols()};
}
template <VectorLike V>
Shape shape_of(const V& v) {
  return {static_cast<std::int64_t>(std::span(v).size())};
}
template <class A>
auto span_of(const A& a) {
  return std::span(a.data(), static_cast<std::size_t>(element_count(shape_of(a))));
}
// What is wanted, as the doubles that compare() takes; floats are widened.
template <class A>
auto wanted(const A& a) {
  const auto values = span_of(a);
  if constexpr (std::is_same_v<std::remove_cvref_t<decltype(values[0])>, float>) {
    return std::vector<double>(values.begin(), values.end());
  } else {
    return values;
  }
}
template <class A>
using ElementOf = std::remove_cv_t<typename decltype(span_of(std::declval<A>()))::element_type>;

// What the comparison log calls a comparison made within a test: "Softmax.RowsSumToOne".
inline std::string present_test_name() {
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  return test == nullptr ? "" : std::string(test->test_suite_name()) + "." + test->name();
}
inline const bool kTestsAreNamed = (name_comparisons_by(present_test_name), true);

inline testing::AssertionResult as_result(const Comparison& c) {
  if (c.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << c.report();
}

// A shape mismatch is a failure that names both shapes. Integers must be equal: for them use
// identical().
template <class Got, class Want>
testing::AssertionResult close(const Got& got, const Want& want, Bound bound) {
  if (shape_of(got) != shape_of(want)) {
    return as_result(shape_mismatch(shape_of(got), shape_of(want)));
  }
  return as_result(compare(span_of(got), wanted(want), shape_of(want), bound));
}

// Two numbers, as arrays of one element.
template <class Got, class Want>
requires(std::is_arithmetic_v<Got>&& std::is_arithmetic_v<Want>) testing::AssertionResult
    close(const Got& got, const Want& want, Bound bound) {
  const double one_got = static_cast<double>(got), one_want = static_cast<double>(want);
  return as_result(compare(std::span(&one_got, 1), std::span(&one_want, 1), {}, bound));
}

// Element by element: |got - want| <= allowed, an array of the same shape (a derived bound).
template <class Got, class Want, class Allowed>
requires(MatrixLike<Allowed> || VectorLike<Allowed>) testing::AssertionResult
    close(const Got& got, const Want& want, const Allowed& allowed) {
  if (shape_of(got) != shape_of(want)) {
    return as_result(shape_mismatch(shape_of(got), shape_of(want)));
  }
  return as_result(compare(span_of(got), span_of(want), shape_of(want), span_of(allowed)));
}

// Equal in every element (0 and -0 count as equal; NaN never passes).
template <class Got, class Want>
testing::AssertionResult identical(const Got& got, const Want& want) {
  constexpr bool kIntegers = [] {
    if constexpr (std::is_arithmetic_v<Want>)
      return false;  // one number, and no elements
    else
      return std::is_integral_v<ElementOf<Want>>;
  }();
  if constexpr (kIntegers) {
    static_assert(std::is_integral_v<ElementOf<Got>>, "integers are compared with integers");
    if (shape_of(got) != shape_of(want)) {
      return as_result(shape_mismatch(shape_of(got), shape_of(want)));
    }
    const auto got_span = span_of(got);
    const auto want_span = span_of(want);
    const std::vector<std::int64_t> got_wide(got_span.begin(), got_span.end());
    const std::vector<std::int64_t> want_wide(want_span.begin(), want_span.end());
    return as_result(compare(got_wide, want_wide, shape_of(want)));
  } else {
    return close(got, want, Bound{});
  }
}

// An output written through a pointer (common/guarded.h): its elements within the bound, none left
// unwritten, nothing written outside. want has as many elements as got.
template <class T, class Want>
testing::AssertionResult close_guarded(const Guarded<T>& got, const Want& want, Bound bound) {
  return as_result(compare_guarded(got, span_of(want), bound));
}

}  // namespace nn
