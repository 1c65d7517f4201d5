// What a step of each optimiser costs; what vector instructions for roots bring it, and what denormals
// would cost it.    make bench PHASE=2
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include "common/bench.h"
#include "common/check.h"
#include "common/file.h"
#include "common/rng.h"
#include "phase2_vectorized/week04_speed/adagrad.h"
#include "phase2_vectorized/week04_speed/adam.h"
#include "phase2_vectorized/week04_speed/adamw.h"
#include "phase2_vectorized/week04_speed/flush_denormals.h"
#include "phase2_vectorized/week04_speed/momentum.h"
#include "phase2_vectorized/week04_speed/rmsprop.h"
#include "phase2_vectorized/week04_speed/simd_target.h"

namespace nn::cpu {
namespace {

constexpr std::size_t kCount = 784 * 128 + 128 + 128 * 10 + 10;  // parameters of 784-128-10
constexpr float kRate = 1e-6F;
constexpr std::int64_t kStep = 1000;

// A value, its gradient, and two arrays to remember: for each contender its own.
struct Arrays {
  std::vector<float> value, grad, one, two;

  Arrays() : one(kCount), two(kCount) {
    Philox rng(1);
    for (std::size_t i = 0; i < kCount; ++i) {
      value.push_back(static_cast<float>(rng.normal()));
      grad.push_back(static_cast<float>(rng.normal()));
    }
  }
};

// What this program alone used, whoever else wanted the processor. The clock ticks in microseconds: 1 in
// 10^4 of a sample.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }
BenchResult measure(const BenchCase& of) {
  return run_bench(of, {.min_sample_seconds = 1e-2, .clock = processor_seconds});
}

BenchResult bench_rules() {
  std::vector<Arrays> a(7);
  return measure(
      {.name = detail::cat("a step of ", kCount, " parameters"),
       .work = kCount,
       .work_unit = "parameter",
       .contenders = {
           {"sgd", [&] { sgd_update(a[0].value, a[0].grad, kRate); }},
           {"momentum", [&] { momentum_update(a[1].value, a[1].one, a[1].grad, kRate, 0.9); }},
           {"nesterov", [&] { nesterov_update(a[2].value, a[2].one, a[2].grad, kRate, 0.9); }},
           {"adagrad", [&] { adagrad_update(a[3].value, a[3].one, a[3].grad, kRate, {}); }},
           {"rmsprop", [&] { rmsprop_update(a[4].value, a[4].one, a[4].grad, kRate, {}); }},
           {"adam",
            [&] { adam_update(a[5].value, a[5].one, a[5].two, a[5].grad, kRate, {}, kStep); }},
           {"adamw",
            [&] { adamw_update(a[6].value, a[6].one, a[6].two, a[6].grad, kRate, {}, kStep); }}}});
}

// Adagrad's loop in a file that is compiled as all others are: the root may have to set errno.
void adagrad_with_errno(Arrays& a) {
  for (std::size_t i = 0; i < kCount; ++i) {
    a.one[i] += a.grad[i] * a.grad[i];
    a.value[i] -= kRate * a.grad[i] / (std::sqrt(a.one[i]) + 1e-10F);
  }
}

BenchResult bench_roots() {
  Arrays ours, plain;
  return measure(
      {.name = "adagrad, and its loop where a root may set errno",
       .work = kCount,
       .work_unit = "parameter",
       .contenders = {
           {"adagrad", [&] { adagrad_update(ours.value, ours.one, ours.grad, kRate, {}); }},
           {"with errno", [&] { adagrad_with_errno(plain); }}}});
}

BenchResult bench_denormals() {
  Arrays ours, plain;
  for (Arrays* a : {&ours, &plain}) {
    a->grad.assign(kCount, 0);
    a->one.assign(kCount, 1e-40F);
  }
  return measure({.name = "momentum, a velocity of 1e-40 and no gradient",
                  .work = kCount,
                  .work_unit = "parameter",
                  .contenders = {{"denormals are 0",
                                  [&] {
                                    const FlushDenormals flush;
                                    momentum_update(ours.value, ours.one, ours.grad, kRate, 0.9);
                                  }},
                                 {"denormals kept", [&] {
                                    momentum_update(plain.value, plain.one, plain.grad, kRate, 0.9);
                                  }}}});
}

}  // namespace
}  // namespace nn::cpu

int main(int argc, char** argv) {
  nn::BenchReport report("optimizer");
  report.add(nn::cpu::bench_rules());
  report.add(nn::cpu::bench_roots());
  report.add(nn::cpu::bench_denormals());
  std::printf("%sinstructions: %s\n", report.table().c_str(), nn::cpu::simd_target().c_str());
  if (argc > 1) nn::write_file_atomically(argv[1], report.json());
}
