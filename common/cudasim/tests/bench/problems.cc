#include "common/cudasim/tests/bench/problems.h"

#include <time.h>

#include <cmath>

#include "common/check.h"
#include "common/rng.h"

namespace nn::simbench {
namespace {

constexpr double kUnit = 1.0 / (1 << 24);  // u, the unit roundoff of float32

std::vector<float> uniform(std::size_t n, Philox& rng) {
  std::vector<double> values(n);
  fill_uniform(values, -1, 1, rng);
  return {values.begin(), values.end()};
}

void want(Problem& p, double value, double allowed) {
  p.want.push_back(value);
  p.allowed.push_back(allowed);
}

// Products of float32 added one after another: |error| <= g sum |a b|, g = K u / (1 - K u)
// [Higham02 sec. 3.1].
void want_product(Problem& p, int M, int K, int N) {
  const double bound = K * kUnit / (1 - K * kUnit);
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < N; ++n) {
      double sum = 0, absolute = 0;
      for (int k = 0; k < K; ++k) {
        const double term = static_cast<double>(p.a[static_cast<std::size_t>(m) * K + k]) *
                            p.b[static_cast<std::size_t>(k) * N + n];
        sum += term;
        absolute += std::abs(term);
      }
      want(p, sum, bound * absolute);
    }
  }
}

}  // namespace

Problem make_problem(const std::string& name) {
  Problem p;
  Philox rng(1);
  if (name == "gelu") {
    p.a = uniform(kGelu, rng);
    for (const float x32 : p.a) {
      const double x = x32;
      const double t = std::tanh(0.7978845608 * (x + 0.044715 * x * x * x));
      // The argument errs by at most 5 u of itself, tanh passes on less than half of that, tanhf
      // adds 2 u of its value and what follows 3 u; the constants are rounded too.
      want(p, 0.5 * x * (1 + t), 10 * kUnit * std::abs(x));
    }
  } else if (name == "vector sum") {
    p.a = uniform(kSum, rng);
    p.b = uniform(kSum, rng);
    for (std::size_t i = 0; i < p.a.size(); ++i) {
      const double sum = static_cast<double>(p.a[i]) + p.b[i];
      want(p, sum, kUnit * std::abs(sum));
    }
  } else if (name == "naive product") {
    p.a = uniform(std::size_t{kM} * kK, rng);
    p.b = uniform(std::size_t{kK} * kN, rng);
    want_product(p, kM, kK, kN);
  } else if (name == "tiled product") {
    p.a = uniform(std::size_t{kTiledN} * kTiledN, rng);
    p.b = uniform(std::size_t{kTiledN} * kTiledN, rng);
    want_product(p, kTiledN, kTiledN, kTiledN);
  } else if (name == "stencil") {
    p.a = uniform(std::size_t{kH} * kW, rng);
    const auto at = [&](int h, int w) {
      return h < 0 || h >= kH || w < 0 || w >= kW ? 0.0 : double{p.a[std::size_t(h) * kW + w]};
    };
    for (int h = 0; h < kH; ++h) {
      for (int w = 0; w < kW; ++w) {
        const double terms[] = {at(h, w), at(h - 1, w), at(h + 1, w), at(h, w - 1), at(h, w + 1)};
        double sum = 0, absolute = 0;
        for (const double term : terms) sum += term, absolute += std::abs(term);
        want(p, 0.2 * sum, 6 * kUnit * 0.2 * absolute);  // four sums, a product, the constant
      }
    }
  } else if (name == "reversed tiles") {
    p.a = uniform(std::size_t{kTiles} * kTileElements, rng);
    for (std::size_t i = 0; i < p.a.size(); ++i) {
      want(p, p.a[i / kTileElements * kTileElements + (kTileElements - 1 - i % kTileElements)], 0);
    }
  } else {
    NN_CHECK(false, "no problem is called '", name, "'");
  }
  return p;
}

void check_result(const std::string& name, const std::vector<float>& got, const Problem& problem) {
  NN_CHECK_EQ(got.size(), problem.want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(got[i] - problem.want[i]);
    NN_CHECK(error <= problem.allowed[i], name, ": element ", i, " is ", got[i], ", want ",
             problem.want[i], " within ", problem.allowed[i]);
  }
}

}  // namespace nn::simbench
