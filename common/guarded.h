// Guarded: an output buffer that tells what was written to it.
//
//   Guarded<double> y({5, 3});
//   dense_forward(y.data(), ...);
//   EXPECT_TRUE(close_guarded(y, want, bound));      // common/compare_gtest.h
//
//   canary x 64 | poison poison ... poison | canary x 64
//               ^ data()                   ^ data() + size()
//
// Every element starts as poison: for floating point a NaN, so that an element never written, or
// added to before it was set, cannot pass for a result. Canaries are ordinary numbers that no
// result should be: what is written outside the buffer, and what is added to there, shows.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "common/check.h"
#include "common/compare.h"

namespace nn {

// A quiet NaN with a payload of our own, which arithmetic carries along on the machines we use; so
// it can be told from a NaN that a computation made. Its low 29 bits are 0: the float poison
// widened to double is the double poison.
inline constexpr std::uint64_t kPoisonBits64 = 0x7ff8'd15e'a000'0000;
inline constexpr std::uint32_t kPoisonBits32 = 0x7fc6'8af5;

// What an element of a Guarded<T> holds before it is written. T is float, double or an integer of
// 4 or 8 bytes (in one byte every pattern is also a plausible result).
template <class T>
T poison() {
  static_assert(std::is_arithmetic_v<T> && (sizeof(T) == 4 || sizeof(T) == 8));
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(kPoisonBits64);
  } else if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(kPoisonBits32);
  } else {
    return static_cast<T>(0xa5a5'a5a5'a5a5'a5a5);
  }
}

// Is it the poison, bit for bit? (NaN == NaN is false.)
template <class T>
bool is_poison(T value) {
  const T expected = poison<T>();
  // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): the bits are the question
  return std::memcmp(&value, &expected, sizeof(T)) == 0;
}

template <class T>
class Guarded {
 public:
  static constexpr std::int64_t kCanaries = 64;  // on each side

  explicit Guarded(Shape shape)
      : shape_(std::move(shape)),
        size_(element_count(shape_)),
        memory_(static_cast<std::size_t>(size_ + 2 * kCanaries), canary()) {
    std::fill_n(data(), size_, poison<T>());
  }
  explicit Guarded(std::int64_t n) : Guarded(Shape{n}) {}

  const Shape& shape() const { return shape_; }
  std::int64_t size() const { return size_; }
  T* data() { return memory_.data() + kCanaries; }
  const T* data() const { return memory_.data() + kCanaries; }
  std::span<T> span() { return {data(), static_cast<std::size_t>(size_)}; }
  std::span<const T> span() const { return {data(), static_cast<std::size_t>(size_)}; }

  // How many elements still hold poison.
  std::int64_t untouched() const { return std::ranges::count_if(span(), is_poison<T>); }

  // "" if every canary is alive; else the overwritten one nearest to the buffer, and how many.
  std::string canary_problem() const {
    std::int64_t overwritten = 0, nearest = 0;  // nearest: distance from the buffer, 1 is adjacent
    bool before = false;
    for (std::int64_t distance = 1; distance <= kCanaries; ++distance) {
      for (const bool is_before : {true, false}) {
        if (alive(is_before ? -distance : size_ - 1 + distance)) continue;
        if (++overwritten == 1) nearest = distance, before = is_before;
      }
    }
    if (overwritten == 0) return "";
    const T value = data()[before ? -nearest : size_ - 1 + nearest];
    return detail::cat("wrote ", value, " at ", nearest,
                       before ? " before the first element" : " past the last element", " (",
                       overwritten, " of ", 2 * kCanaries, " canaries overwritten)");
  }

 private:
  // Small, so that adding even 1e-15 to it changes it, and of no round value.
  static T canary() {
    if constexpr (std::is_floating_point_v<T>) {
      return static_cast<T>(-0.0123456789);
    } else {
      return static_cast<T>(0x5a5a'5a5a'5a5a'5a5a);
    }
  }
  bool alive(std::int64_t index) const { return data()[index] == canary(); }

  Shape shape_;
  std::int64_t size_;
  std::vector<T> memory_;  // kCanaries, the elements, kCanaries
};

// Compares what was written with want, and the canaries with what they were.
template <class T>
Comparison compare_guarded(const Guarded<T>& got, std::span<const double> want, Bound bound,
                           Context context = {}) {
  static_assert(std::is_floating_point_v<T>);
  context.precision = std::is_same_v<T, float> ? Precision::f32 : Precision::f64;
  context.guarded = true;
  context.canary_problem = got.canary_problem();
  return compare(got.span(), want, got.shape(), bound, context);
}

// Integers, exactly.
template <class T>
Comparison compare_guarded(const Guarded<T>& got, std::span<const std::int64_t> want) {
  static_assert(std::is_integral_v<T>);
  const std::vector<std::int64_t> wide(got.span().begin(), got.span().end());
  return compare(wide, want, got.shape(),
                 Context{.guarded = true, .canary_problem = got.canary_problem()});
}

}  // namespace nn
