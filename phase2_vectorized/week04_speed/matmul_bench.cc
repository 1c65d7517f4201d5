// The ladder against the libraries: the tables of README.md, "The ladder, measured".
//
// Contenders of one shape take turns within one run (common/bench.h), and their minima are compared.
// On one thread the clock is the processor's, so that waiting for a turn does not count; on two it is
// the wall's. Every result is held to a product in double before it is timed. A file name as
// argument gets every sample as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "common/bench.h"
#include "common/check.h"
#include "common/compare.h"
#include "common/file.h"
#include "common/rng.h"
#include "common/timing.h"
#include "phase2_vectorized/week04_speed/bf16_tile.h"
#include "phase2_vectorized/week04_speed/matmul.h"
#include "phase2_vectorized/week04_speed/matmul_rungs.h"
#include "phase2_vectorized/week04_speed/peaks.h"
#include "phase2_vectorized/week04_speed/simd_target.h"
#include "phase2_vectorized/week04_speed/thread_pool.h"
#include "phase2_vectorized/week04_speed/yardsticks.h"

namespace nn::cpu {
namespace {

struct ProductShape {
  int M, N, K;
  const char* what;  // where the shape comes from
};
// Cubes, then the products of 784-128-10 at batch 64 (forward, gradients of the weights and of the
// input), then LeNet-5's: its convolutions as products, for one picture, and its dense layers.
constexpr ProductShape kShapes[] = {
    {64, 64, 64, ""},
    {128, 128, 128, ""},
    {256, 256, 256, ""},
    {512, 512, 512, ""},
    {1000, 1000, 1000, ""},
    {1024, 1024, 1024, ""},
    {2048, 2048, 2048, ""},
    {64, 128, 784, "MLP, layer 1"},
    {64, 10, 128, "MLP, layer 2"},
    {784, 128, 64, "MLP, grad_w 1"},
    {128, 10, 64, "MLP, grad_w 2"},
    {64, 128, 10, "MLP, grad_x 2"},
    {6, 576, 25, "LeNet, conv 1"},
    {16, 64, 150, "LeNet, conv 2"},
    {64, 120, 400, "LeNet, dense 1"},
    {64, 84, 120, "LeNet, dense 2"},
};
// In the last one a row of b is 4096 bytes. Rung 01 is left out there: it takes seconds.
constexpr ProductShape kLadderShapes[] = {{64, 128, 784, "(MLP, layer 1)"},
                                          {512, 512, 512, "(b fits L2)"},
                                          {1024, 1024, 1024, "(rows of 4096 bytes)"}};
constexpr int kLargestFor01 = 512;
constexpr ProductShape kThreadShapes[] = {{512, 512, 512, ""}, {1024, 1024, 1024, ""}};

struct Operands {
  explicit Operands(const ProductShape& s)
      : a(s.M, s.K), b(s.K, s.N), c(s.M, s.N), allowed(gamma_bound(s.K, kUnitRoundoff32)) {
    Philox rng(1);
    for (Matrix* m : {&a, &b}) {
      for (float& x : m->values()) x = static_cast<float>(rng.normal());
    }
    for (int i = 0; i < 64;
         ++i) {  // a sample of c, since all of 2048 x 2048 in double takes a minute
      const int m = i * 31 % s.M, n = i * 17 % s.N;
      double sum = 0, sum_abs = 0;
      for (int k = 0; k < s.K; ++k) {
        sum += double{a(m, k)} * b(k, n);
        sum_abs += std::abs(double{a(m, k)} * b(k, n));
      }
      sample.push_back({m, n, sum, sum_abs});
    }
  }
  void check(const Contender& contender) {
    std::ranges::fill(c.values(), std::numeric_limits<float>::quiet_NaN());
    contender.run();
    for (const Element& e : sample) {
      const double error = std::abs(c(e.m, e.n) - e.want);
      NN_CHECK(error <= allowed * e.sum_abs, contender.name, " is off by ", error, " at (", e.m,
               ", ", e.n, "); a correct product may be by ", allowed * e.sum_abs);
    }
  }

  struct Element {
    int m, n;
    double want, sum_abs;
  };
  Matrix a, b, c;
  double allowed;
  std::vector<Element> sample;
};

std::string shape_name(const ProductShape& s) { return fmt::format("{} x {} x {}", s.M, s.N, s.K); }
double flops(const ProductShape& s) { return 2.0 * s.M * s.N * s.K; }

Contender contender_of(const Yardstick& y, const ProductShape& s, Operands& o) {
  return {y.name, [&y, &o, s] { y.product(o.c.data(), o.a.data(), o.b.data(), s.M, s.N, s.K); }};
}
Contender contender_of(const MatmulRung& rung, Operands& o) {
  return {rung.name, [&rung, &o] { rung.run(o.c, o.a, o.b, {}); }};
}
Contender fma_peak_contender(int steps) {
  return {"FMA peak", [steps] {
            volatile float kept = fma_peak(steps);  // read by nobody, written all the same
            static_cast<void>(kept);
          }};
}

BenchResult measure(const std::string& what, const ProductShape& s, Operands& o,
                    std::vector<Contender> contenders, bool wall) {
  for (const Contender& contender : contenders) o.check(contender);
  const int steps = 20000;
  contenders.push_back(fma_peak_contender(steps));
  return run_bench(
      {.name = what + shape_name(s),
       .work = flops(s),
       .work_unit = "flop",
       .contenders = std::move(contenders)},
      {.min_sample_seconds = 4e-3, .clock = wall ? steady_seconds : processor_seconds});
}

double gflops(const BenchResult& result, const std::string& name) {
  for (const ContenderResult& c : result.contenders) {
    if (c.name != name) continue;
    const double work = name == "FMA peak" ? fma_peak_flops(fma_peak_lanes(), 20000) : result.work;
    return work / c.min_seconds * 1e-9;
  }
  return 0;
}

// GB/s of copying 64 MB: the slope of the roof.
double copy_gigabytes_per_second() {
  constexpr std::size_t kFloats = std::size_t{16} << 20;
  std::vector<float> from(kFloats, 1), to(kFloats, 0);
  const BenchResult copy = run_bench(
      {.name = "copy",
       .contenders = {{"copy",
                       [&] { std::memcpy(to.data(), from.data(), kFloats * sizeof(float)); }}}},
      {.clock = processor_seconds});
  return 2.0 * kFloats * sizeof(float) / copy.contenders[0].min_seconds * 1e-9;
}

// Every rung on two shapes.
void ladder_table(BenchReport& report) {
  for (const ProductShape& s : kLadderShapes) {
    Operands o(s);
    std::vector<Contender> contenders;
    for (const Yardstick& y : yardsticks()) contenders.push_back(contender_of(y, s, o));
    for (const MatmulRung& rung : matmul_rungs()) {
      if (rung.name == "07_amx_split" && amx_bf16_tile() == nullptr) continue;
      if (rung.name == "01_ijk" && s.M > kLargestFor01) continue;
      contenders.push_back(contender_of(rung, o));
    }
    const BenchResult result = measure("ladder ", s, o, contenders, false);
    double best = 0;
    for (const Yardstick& y : yardsticks()) best = std::max(best, gflops(result, y.name));
    fmt::print("{} {}, one thread\n", shape_name(s), s.what);
    fmt::print("  {:<18} {:>9} {:>12} {:>10}\n", "", "GFLOP/s", "% of best", "% of peak");
    const double peak = gflops(result, "FMA peak");
    for (const ContenderResult& c : result.contenders) {
      const double rate = gflops(result, c.name);
      fmt::print("  {:<18} {:>9.2f} {:>12} {:>10.1f}\n", c.name, rate,
                 best > 0 ? fmt::format("{:.1f}", 100 * rate / best) : "-", 100 * rate / peak);
    }
    fmt::print("\n");
    report.add(result);
  }
}

// `matmul` against the libraries, for every shape. `roof`: what memory and arithmetic allow.
void yardstick_table(BenchReport& report) {
  const double bandwidth = copy_gigabytes_per_second();
  fmt::print("matmul against the libraries, one thread, GFLOP/s\n");
  fmt::print("  {:<18} {:<15}", "M x N x K", "");
  for (const Yardstick& y : yardsticks()) fmt::print(" {:>11}", y.name);
  fmt::print(" {:>8} {:>9} {:>7} {:>7} {:>10}\n", "matmul", "/ best", "peak", "% peak",
             "flop/byte");
  double sum_log = 0, least = std::numeric_limits<double>::infinity();
  for (const ProductShape& s : kShapes) {
    Operands o(s);
    std::vector<Contender> contenders;
    for (const Yardstick& y : yardsticks()) contenders.push_back(contender_of(y, s, o));
    contenders.push_back(contender_of(matmul_rungs().back(), o));
    const BenchResult result = measure("", s, o, contenders, false);
    double best = 0;
    fmt::print("  {:<18} {:<15}", shape_name(s), s.what);
    for (const Yardstick& y : yardsticks()) {
      fmt::print(" {:>11.1f}", gflops(result, y.name));
      best = std::max(best, gflops(result, y.name));
    }
    const double ours = gflops(result, "matmul"), peak = gflops(result, "FMA peak");
    const double bytes =
        4.0 * (double{1} * s.M * s.K + double{1} * s.K * s.N + double{1} * s.M * s.N);
    fmt::print(" {:>8.1f} {:>9} {:>7.1f} {:>7.1f} {:>10.1f}\n", ours,
               best > 0 ? fmt::format("{:.2f}", ours / best) : "-", peak, 100 * ours / peak,
               flops(s) / bytes);
    std::fflush(stdout);
    sum_log += best > 0 ? std::log(ours / best) : 0;
    least = std::min(least, ours / best);
    report.add(result);
  }
  if (!yardsticks().empty()) {
    fmt::print("  geometric mean of matmul / best: {:.3f}; least: {:.2f}\n",
               std::exp(sum_log / std::size(kShapes)), least);
  }
  fmt::print(
      "  flop/byte: each operand fetched once and c stored once. A copy moves {:.1f} GB/s here, "
      "so\n"
      "  memory would allow less than the peak only below some {:.0f} flop/byte.\n\n",
      bandwidth, 218.0 / bandwidth);
}

// One thread against two. The libraries' threads spin for milliseconds after each product, on the very
// cores that the next contender wants; so ours are measured before any of theirs has begun.
void thread_table(BenchReport& report) {
  double load = 0;
  if (getloadavg(&load, 1) != 1) load = -1;
  fmt::print(
      "two threads, GFLOP/s by the wall's clock; programs that wanted a core meanwhile: {:.0f} of "
      "them\n",
      load);
  std::vector<std::string> lines;
  for (const ProductShape& s : kThreadShapes) {
    Operands o(s);
    const auto on = [&o](int count) {
      return [&o, count] {
        if (threads() != count) set_threads(count);
        matmul(o.c, o.a, o.b);
      };
    };
    const BenchResult result = measure(
        "threads ", s, o, {{"matmul, 1 thread", on(1)}, {"matmul, 2 threads", on(2)}}, true);
    const double one = gflops(result, "matmul, 1 thread"),
                 two = gflops(result, "matmul, 2 threads");
    lines.push_back(fmt::format("  {:<18}  matmul on one {:.1f}, on two {:.1f}: {:.2f} of one",
                                shape_name(s), one, two, two / one));
    report.add(result);
  }
  set_threads(1);
  for (std::size_t i = 0; i < std::size(kThreadShapes); ++i) {
    fmt::print("{}", lines[i]);
    Operands o(kThreadShapes[i]);
    for (const Yardstick& y : yardsticks()) {
      y.set_threads(2);
      const BenchResult result = measure(y.name + ", two threads ", kThreadShapes[i], o,
                                         {contender_of(y, kThreadShapes[i], o)}, true);
      fmt::print("; {} {:.1f}", y.name, gflops(result, y.name));
      y.set_threads(1);
      report.add(result);
    }
    fmt::print("\n");
  }
  fmt::print("\n");
}

}  // namespace
}  // namespace nn::cpu

int main(int argc, char** argv) {
  using namespace nn::cpu;
  setenv("OMP_NUM_THREADS", "1", 1);  // read when a library is loaded
  nn::BenchReport report("matmul");
  set_threads(1);
  for (const Yardstick& y : yardsticks()) y.set_threads(1);
  ladder_table(report);
  yardstick_table(report);
  thread_table(report);
  if (amx_bf16_tile() == nullptr) {
    fmt::print("07_amx_split was not measured: this processor has no AMX for bf16\n");
  }
  if (yardsticks().empty()) {
    fmt::print("no library to compare with: common/setup.sh need yardsticks installs them\n");
  }
  for (const Yardstick& y : yardsticks()) fmt::print("{}: {}\n", y.name, y.version);
  const nn::Machine machine = nn::this_machine();
  fmt::print("{}, {} cores, instructions: {}\n{}, {}\n", machine.cpu, machine.cores, simd_target(),
             machine.compiler, machine.flags);
  if (argc > 1) nn::write_file_atomically(argv[1], report.json());
}
