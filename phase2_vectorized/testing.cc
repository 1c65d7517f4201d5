#include "phase2_vectorized/testing.h"

#include <cmath>
#include <limits>

#include "common/guarded.h"

namespace nn::cpu {
namespace {

constexpr int kGap = 3;  // floats after each row of an operand

// A matrix in memory with gaps: (rows,cols), random, with NaN in between.
class Operand {
 public:
  Operand(int rows, int cols, bool stored_transposed, Philox& rng)
      : rows_(stored_transposed ? cols : rows),
        cols_(stored_transposed ? rows : cols),
        transposed_(stored_transposed),
        memory_(rows_, cols_ + kGap, std::numeric_limits<float>::quiet_NaN()) {
    for (int r = 0; r < rows_; ++r) {
      for (int c = 0; c < cols_; ++c) memory_(r, c) = static_cast<float>(rng.normal());
    }
  }
  ConstMatrixView view() const {
    const ConstMatrixView whole = memory_.view().block(0, 0, rows_, cols_);
    return transposed_ ? transposed(whole) : whole;
  }

 private:
  int rows_, cols_;  // as stored
  bool transposed_;
  Matrix memory_;
};

}  // namespace

Matrix random_matrix(int rows, int cols, Philox& rng) {
  Matrix m(rows, cols);
  for (float& value : m.values()) value = static_cast<float>(rng.normal());
  return m;
}

testing::AssertionResult computes(ProductUnderTest product, const ProductCase& c, int more) {
  Philox rng(static_cast<std::uint64_t>(c.M) * 1'000'003 + static_cast<std::uint64_t>(c.N) * 1009 +
             static_cast<std::uint64_t>(c.K));
  const Operand a(c.M, c.K, c.a_transposed, rng), b(c.K, c.N, c.b_transposed, rng);
  const int row_stride = c.N + kGap;
  Guarded<float> memory({c.M, row_stride});
  const auto at = [&](int m, int n) { return std::int64_t{m} * row_stride + n; };

  std::vector<double> want, allowed;
  for (int m = 0; m < c.M; ++m) {
    for (int n = 0; n < c.N; ++n) {
      double dot = 0, sum_abs = 0, old = 0;
      for (int k = 0; k < c.K; ++k) {
        const double term = static_cast<double>(a.view()(m, k)) * b.view()(k, n);
        dot += term;
        sum_abs += std::abs(term);
      }
      if (c.scale.beta != 0) {
        memory.data()[at(m, n)] = static_cast<float>(rng.normal());
        old = static_cast<double>(c.scale.beta) * memory.data()[at(m, n)];
      }
      const double alpha = c.scale.alpha;
      want.push_back(alpha * dot + old);
      allowed.push_back(gamma_bound(c.K + 3 + more, kUnitRoundoff32) *
                        (std::abs(alpha) * sum_abs + std::abs(old)));
    }
  }

  product({memory.data(), c.M, c.N, row_stride}, a.view(), b.view(), c.scale);

  std::vector<double> got;
  for (int m = 0; m < c.M; ++m) {
    for (int n = 0; n < c.N; ++n) got.push_back(memory.data()[at(m, n)]);
    for (int gap = c.N; gap < row_stride; ++gap) {
      if (!is_poison(memory.data()[at(m, gap)])) {
        return testing::AssertionFailure() << to_string(c) << ": wrote past the end of row " << m
                                           << " of c, into the gap before the next";
      }
    }
  }
  Context context;
  context.precision = Precision::f32;
  context.guarded = true;
  context.canary_problem = memory.canary_problem();
  const Comparison comparison = compare(got, want, {c.M, c.N}, allowed, context);
  if (comparison.ok()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << to_string(c) << "\n  " << comparison.report();
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
