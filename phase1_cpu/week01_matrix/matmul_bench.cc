// What the order of the loops costs: the table of README.md, "The same product, in memory's order".
// The two contenders between the extremes separate the causes. All four compute the same sums in
// the same order of k, so their results are equal to the last bit; that is checked before timing.
#include <cstdio>
#include <ctime>
#include <span>

#include "common/bench.h"
#include "common/check.h"
#include "common/file.h"
#include "common/rng.h"
#include "phase1_cpu/week01_matrix/matmul.h"
#include "phase1_cpu/week01_matrix/matmul_ijk.h"
#include "phase1_cpu/week01_matrix/transpose.h"

namespace nn::basic {
namespace {

// matmul_ijk with element access in place of spans: every index is checked, twice a term.
Matrix matmul_checked(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows(), b.cols());
  for (int m = 0; m < a.rows(); ++m) {
    for (int n = 0; n < b.cols(); ++n) {
      double dot = 0;
      for (int k = 0; k < a.cols(); ++k) dot += a(m, k) * b(k, n);
      c(m, n) = dot;
    }
  }
  return c;
}

// a . b from b_turned (N,K), the transposed b: the dot products of matmul_ijk, with both operands
// read along a row.
Matrix matmul_turned(const Matrix& a, const Matrix& b_turned) {
  Matrix c(a.rows(), b_turned.rows());
  for (int m = 0; m < c.rows(); ++m) {
    const std::span<const double> a_row = a.row(m);
    for (int n = 0; n < c.cols(); ++n) {
      const std::span<const double> b_row = b_turned.row(n);
      double dot = 0;
      for (int k = 0; k < a.cols(); ++k) dot += a_row[k] * b_row[k];
      c(m, n) = dot;
    }
  }
  return c;
}

// Seconds of processor time that this program has used. What other programs do meanwhile does not
// count, which matters here: a sample of ijk is long enough to be interrupted, one of ikj is not.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

Matrix normal_matrix(int rows, int cols, Philox& rng) {
  Matrix m(rows, cols);
  fill_normal(m.values(), 0.0, 1.0, rng);
  return m;
}

BenchResult bench_product(int M, int K, int N) {
  Philox rng(1);
  const Matrix a = normal_matrix(M, K, rng), b = normal_matrix(K, N, rng);
  const Matrix b_turned = transpose(b);  // outside the time: the question is what reading costs
  Matrix c;                              // the results go here, so that no product can be left out
  const BenchCase product{
      .name = detail::cat("a (", M, ", ", K, ") . b (", K, ", ", N, ")"),
      .work = 2.0 * M * K * N,
      .work_unit = "flop",
      .contenders = {{"ijk", [&] { c = matmul_ijk(a, b); }},
                     {"ijk, checked elements", [&] { c = matmul_checked(a, b); }},
                     {"ijk, b transposed", [&] { c = matmul_turned(a, b_turned); }},
                     {"ikj", [&] { c = matmul(a, b); }}}};
  const Matrix want = matmul_ijk(a, b);
  for (const Contender& contender : product.contenders) {
    contender.run();
    NN_CHECK(c == want, contender.name, " computes another product than ijk");
  }
  // The processor clock ticks in microseconds: 1 in 10^4 of a sample.
  return run_bench(product, {.min_sample_seconds = 1e-2, .clock = processor_seconds});
}

}  // namespace
}  // namespace nn::basic

// Cubes, then a b of 34 MB: with rows of 2048 numbers, a power of two, and with rows of 2049.
// A file name as argument gets every sample as JSON.
int main(int argc, char** argv) {
  nn::BenchReport report("matmul");
  for (const int size : {64, 128, 256, 512}) {
    report.add(nn::basic::bench_product(size, size, size));
  }
  report.add(nn::basic::bench_product(8, 2048, 2048));
  report.add(nn::basic::bench_product(8, 2047, 2049));
  std::fputs(report.table().c_str(), stdout);
  if (argc > 1) nn::write_file_atomically(argv[1], report.json());
}
