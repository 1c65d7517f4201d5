#include "phase2_vectorized/testing.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "phase2_vectorized/week04_speed/simd_target.h"

namespace nn::cpu {

Matrix random_matrix(int rows, int cols, Philox& rng) {
  Matrix m(rows, cols);
  for (float& value : m.values()) value = static_cast<float>(rng.normal());
  return m;
}

const std::vector<Extents>& awkward_extents() {
  static const std::vector<Extents> extents{{1, 1},   {1, 129},  {127, 1}, {31, 33},
                                            {33, 31}, {13, 127}, {3, 1037}};
  return extents;
}

Operand::Operand(const Matrix& values, bool stored_transposed)
    : rows_(stored_transposed ? values.cols() : values.rows()),
      cols_(stored_transposed ? values.rows() : values.cols()),
      transposed_(stored_transposed),
      memory_(rows_, cols_ + FencedMatrix::kGap, std::numeric_limits<float>::quiet_NaN()) {
  const ConstMatrixView from = transposed_ ? transposed(values) : values.view();
  for (int r = 0; r < rows_; ++r) {
    for (int c = 0; c < cols_; ++c) memory_(r, c) = from(r, c);
  }
}

ConstMatrixView Operand::view() const {
  const ConstMatrixView whole = memory_.view().block(0, 0, rows_, cols_);
  return transposed_ ? transposed(whole) : whole;
}

FencedMatrix::FencedMatrix(int rows, int cols)
    : rows_(rows), cols_(cols), memory_({rows, cols + kGap}) {}

FencedMatrix::FencedMatrix(const Matrix& values) : FencedMatrix(values.rows(), values.cols()) {
  for (int r = 0; r < rows_; ++r) {
    for (int c = 0; c < cols_; ++c) view()(r, c) = values(r, c);
  }
}

std::vector<double> FencedMatrix::elements() const {
  std::vector<double> found;
  for (int r = 0; r < rows_; ++r) {
    const float* row = memory_.data() + std::int64_t{r} * (cols_ + kGap);
    found.insert(found.end(), row, row + cols_);
  }
  return found;
}

testing::AssertionResult FencedMatrix::holds(std::span<const double> want,
                                             std::span<const double> allowed,
                                             bool nan_equals_nan) const {
  for (int r = 0; r < rows_; ++r) {
    for (int gap = cols_; gap < cols_ + kGap; ++gap) {
      if (!is_poison(memory_.data()[std::int64_t{r} * (cols_ + kGap) + gap])) {
        return testing::AssertionFailure()
               << "wrote past the end of row " << r << ", into the gap before the next";
      }
    }
  }
  Context context;
  context.precision = Precision::f32;
  context.nan_equals_nan = nan_equals_nan;
  context.guarded = true;
  context.canary_problem = memory_.canary_problem();
  return as_result(compare(elements(), want, {rows_, cols_}, allowed, context));
}

testing::AssertionResult FencedMatrix::holds(std::span<const double> want, Bound bound) const {
  std::vector<double> allowed;
  for (const double value : want) allowed.push_back(bound.abs + bound.rel * std::abs(value));
  return holds(want, allowed);
}

void with_each_simd_target(const std::function<void()>& test) {
  const std::string before = simd_target();
  for (const std::string& name : simd_targets()) {
    SCOPED_TRACE(name);
    use_simd_target(name);
    test();
  }
  use_simd_target(before);
}

double float_ulp(double value) {
  int exponent = std::numeric_limits<float>::min_exponent;
  if (value != 0) std::frexp(value, &exponent);  // |value| in [1/2, 1) * 2^exponent
  constexpr int kDigits = std::numeric_limits<float>::digits;
  return std::ldexp(1.0, std::max(exponent, std::numeric_limits<float>::min_exponent) - kDigits);
}

testing::AssertionResult computes(ProductUnderTest product, const ProductCase& c, int more) {
  Philox rng(static_cast<std::uint64_t>(c.M) * 1'000'003 + static_cast<std::uint64_t>(c.N) * 1009 +
             static_cast<std::uint64_t>(c.K));
  const Operand a(random_matrix(c.M, c.K, rng), c.a_transposed);
  const Operand b(random_matrix(c.K, c.N, rng), c.b_transposed);
  const Matrix old = random_matrix(c.M, c.N, rng);
  FencedMatrix got = c.scale.beta == 0 ? FencedMatrix(c.M, c.N) : FencedMatrix(old);

  std::vector<double> want, allowed;
  for (int m = 0; m < c.M; ++m) {
    for (int n = 0; n < c.N; ++n) {
      double dot = 0, sum_abs = 0;
      for (int k = 0; k < c.K; ++k) {
        const double term = static_cast<double>(a.view()(m, k)) * b.view()(k, n);
        dot += term;
        sum_abs += std::abs(term);
      }
      const double alpha = c.scale.alpha, kept = static_cast<double>(c.scale.beta) * old(m, n);
      want.push_back(alpha * dot + kept);
      allowed.push_back(gamma_bound(c.K + 3 + more, kUnitRoundoff32) *
                        (std::abs(alpha) * sum_abs + std::abs(kept)));
    }
  }
  product(got.view(), a.view(), b.view(), c.scale);
  const testing::AssertionResult held = got.holds(want, allowed);
  return held ? held : testing::AssertionFailure() << to_string(c) << "\n  " << held.message();
}

const std::vector<ProductCase>& awkward_products() {
  static const std::vector<ProductCase> cases{
      {.M = 1, .N = 33, .K = 31},  {.M = 33, .N = 127, .K = 1}, {.M = 31, .N = 1, .K = 129},
      {.M = 7, .N = 129, .K = 33}, {.M = 13, .N = 31, .K = 17}, {.M = 15, .N = 33, .K = 65},
      {.M = 29, .N = 16, .K = 2},  {.M = 127, .N = 67, .K = 5}};
  return cases;
}

const std::vector<ProductCase>& transposed_products() {
  static const std::vector<ProductCase> cases{
      {.M = 15, .N = 37, .K = 21, .a_transposed = true},
      {.M = 15, .N = 37, .K = 21, .b_transposed = true},
      {.M = 31, .N = 35, .K = 9, .a_transposed = true, .b_transposed = true}};
  return cases;
}

const std::vector<ProductCase>& scaled_products() {
  static const std::vector<ProductCase> cases{
      {.M = 17, .N = 35, .K = 19, .scale = {.alpha = -0.5F, .beta = 0}},
      {.M = 17, .N = 35, .K = 19, .scale = {.alpha = 1, .beta = 1}},
      {.M = 17, .N = 35, .K = 19, .scale = {.alpha = 3, .beta = -0.25F}},
      {.M = 5, .N = 3, .K = 7, .b_transposed = true, .scale = {.alpha = 0, .beta = 2}}};
  return cases;
}

const std::vector<ProductCase>& empty_products() {
  static const std::vector<ProductCase> cases{
      {.M = 0, .N = 3, .K = 4},
      {.M = 3, .N = 0, .K = 4},
      {.M = 3, .N = 5, .K = 0},
      {.M = 3, .N = 5, .K = 0, .scale = {.alpha = 1, .beta = 0.5F}}};
  return cases;
}

std::string to_string(const ProductCase& c) {
  std::string text = detail::cat("M=", c.M, " N=", c.N, " K=", c.K);
  if (c.a_transposed) text += ", a transposed";
  if (c.b_transposed) text += ", b transposed";
  return text + detail::cat(", alpha ", c.scale.alpha, ", beta ", c.scale.beta);
}

testing::AssertionResult refuses_bad_operands(ProductUnderTest product) {
  Matrix a(2, 3), b(3, 4), c(2, 4), tall(4, 3), wide(2, 5);
  if (auto refused = refuses([&] { product(c, a, tall, {}); }, {"(2, 3)", "(4, 3)"}); !refused) {
    return refused;
  }
  if (auto refused = refuses([&] { product(wide, a, b, {}); }, {"(2, 5)", "(2, 4)"}); !refused) {
    return refused;
  }
  Matrix square(3, 3), other(3, 3);
  if (auto refused = refuses([&] { product(square, square, other, {}); }, {"memory of a"});
      !refused) {
    return refused;
  }
  return refuses([&] { product(square, other, transposed(square), {}); }, {"memory of b"});
}

}  // namespace nn::cpu
