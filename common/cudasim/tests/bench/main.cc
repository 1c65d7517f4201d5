// The simulator's bench: what running a kernel on the CPU costs, beside plain C++ doing the same
// arithmetic. cudasim_bench [FILE.json] prints one line for each target, and writes every sample.
//
// The kernels run in other programs (execution_bench.cu), since the number of workers is set once a
// process and checks are another build: one with one worker, one with two, one with checks. They take
// turns with the plain loops here. Times are what each measures for itself, around the work alone:
// processor time where one thread works, so that waiting for a turn does not count. Every output is
// checked against float64 first.
#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>

#include "common/bench.h"
#include "common/check.h"
#include "common/cudasim/tests/bench/child.h"
#include "common/cudasim/tests/bench/plain_loops.h"
#include "common/cudasim/tests/bench/problems.h"
#include "common/file.h"
#include "common/timing.h"

namespace nn::simbench {
namespace {

// The clock of all samples: seconds measured so far, by whoever measured them.
double measured_seconds = 0;

std::string programs() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string() + "/";
}

enum class Time { processor, clock };
Contender kernel(const std::string& label, Child& child, const std::string& name,
                 Time time = Time::processor) {
  const std::string request = (time == Time::processor ? "cpu " : "run ") + name;
  return {label, [&child, request] { measured_seconds += child.ask_number(request) * 1e-9; }};
}
Contender loop(const std::string& label, const std::function<void()>& run) {
  return {label, [run] {
            const double start = processor_seconds();
            run();
            measured_seconds += processor_seconds() - start;
          }};
}

using Loop = std::function<void(float* out, const float* a, const float* b)>;
struct Loops {
  Loop vectorised, scalar;
};
std::map<std::string, Loops> plain_loops() {
  const auto product = [](auto* run, int M, int K, int N) -> Loop {
    return [=](float* c, const float* a, const float* b) { run(c, a, b, M, K, N); };
  };
  constexpr int N = kTiledN;
  return {
      {"gelu",
       {[](float* y, const float* x, const float*) { vectorised::gelu(y, x, kGelu); },
        [](float* y, const float* x, const float*) { scalar::gelu(y, x, kGelu); }}},
      {"vector sum",
       {[](float* c, const float* a, const float* b) { vectorised::vector_sum(c, a, b, kSum); },
        [](float* c, const float* a, const float* b) { scalar::vector_sum(c, a, b, kSum); }}},
      {"naive product",
       {product(vectorised::product, kM, kK, kN), product(scalar::product, kM, kK, kN)}},
      {"tiled product", {product(vectorised::product, N, N, N), product(scalar::product, N, N, N)}},
      {"stencil",
       {[](float* y, const float* x, const float*) { vectorised::stencil(y, x, kH, kW); },
        [](float* y, const float* x, const float*) { scalar::stencil(y, x, kH, kW); }}},
  };
}

struct Line {
  std::string what, target, measured, spread, verdict;
};

class Bench {
 public:
  Bench()
      : one_(programs() + "cudasim_bench_kernels", 1),
        two_(programs() + "cudasim_bench_kernels", 2),
        checked_(programs() + "cudasim_bench_kernels.check", 1),
        report_("cudasim") {}

  void run() {
    for (const char* name : {"tiled product", "gelu", "vector sum", "naive product", "stencil"}) {
      compare(name, name == std::string("tiled product") ? 0.25 : 1.0 / 3);
    }
    costs();
    for (const char* name : {"vector sum", "reversed tiles"}) memory(name);
  }

  std::string table() const {
    std::string text;
    const auto line = [&](const Line& l) {
      std::string row = fmt::format("{:<47} {:>8} {:>9}  {:<16} {}", l.what, l.target, l.measured,
                                    l.spread, l.verdict);
      text += row.erase(row.find_last_not_of(' ') + 1) + "\n";
    };
    line({"", "target", "measured", "rounds' range", ""});
    for (const Line& l : lines_) line(l);
    const Machine m = this_machine();
    const std::time_t now = std::time(nullptr);
    char date[16];
    std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
    return text + fmt::format("\n{}, {} core{}, {}\n{}, {}\n{}\n", m.cpu, m.cores,
                              m.cores == 1 ? "" : "s", m.system, m.compiler, m.flags, date);
  }
  std::string json() const { return report_.json(); }

 private:
  void add(const std::string& what, const std::string& target, const std::string& measured,
           const std::string& spread, const std::string& verdict) {
    lines_.push_back({what, target, measured, spread, verdict});
  }
  static std::string met(bool yes) { return yes ? "met" : "MISSED"; }
  static std::string range(double low, double high) {
    return fmt::format("{:.2f} .. {:.2f}", low, high);
  }
  BenchResult measure(const std::string& name, std::vector<Contender> contenders, int rounds = 30) {
    const BenchResult r = run_bench({.name = name, .contenders = std::move(contenders)},
                                    {.rounds = rounds, .clock = [] { return measured_seconds; }});
    report_.add(r);
    return r;
  }

  // Contenders: the plain loop, the same without vector instructions, and the kernel with one worker,
  // with two, for which the targets are meant, and with checks. A ratio is the plain loop's time / the kernel's.
  void compare(const std::string& name, double target) {
    const Problem p = make_problem(name);
    const Loops loops = plain_loops().at(name);
    std::vector<float> out(p.want.size());
    for (const Loop& plain : {loops.vectorised, loops.scalar}) {
      std::fill(out.begin(), out.end(), std::numeric_limits<float>::quiet_NaN());
      plain(out.data(), p.a.data(), p.b.data());
      check_result("plain " + name, out, p);
    }
    for (Child* child : {&one_, &two_, &checked_}) {
      const std::string answer = child->ask("verify " + name);
      NN_CHECK(answer == "ok", answer);
    }
    const BenchResult r = measure(
        name, {loop("plain loop", [&] { loops.vectorised(out.data(), p.a.data(), p.b.data()); }),
               kernel("1 worker", one_, name), kernel("2 workers", two_, name, Time::clock),
               loop("scalar loop", [&] { loops.scalar(out.data(), p.a.data(), p.b.data()); })});
    const auto& c = r.contenders;
    const std::string least = fmt::format(">= {:.2f}", target);
    add(name + ", 2 workers, of its plain loop", least, fmt::format("{:.2f}", c[2].ratio),
        range(c[2].ratio_low, c[2].ratio_high), met(c[2].ratio >= target));
    add("  with 1 worker", "", fmt::format("{:.2f}", c[1].ratio),
        range(c[1].ratio_low, c[1].ratio_high), "");
    add("  with 1, of the loop without vectors", "",
        fmt::format("{:.2f}", c[3].min_seconds / c[1].min_seconds), "", "");
    const BenchResult checks =
        measure(name + " with checks",
                {kernel("checks", checked_, name), kernel("no checks", one_, name)}, 15);
    const ContenderResult& plain = checks.contenders[1];
    add("  with checks, times slower", "<= 8", fmt::format("{:.1f}", plain.ratio),
        range(plain.ratio_low, plain.ratio_high), met(plain.ratio <= 8));
  }

  // What is left when a kernel computes nothing.
  void costs() {
    const auto minimum = [&](const std::string& name, Child& child, Time time = Time::processor) {
      return measure(name, {kernel(name, child, name, time)}).contenders[0].min_seconds;
    };
    const auto block = [&](const std::string& what, const std::string& name, bool is_target) {
      const double us = minimum(name, one_) / kBareBlocks * 1e6;
      add(what, is_target ? "< 2 µs" : "", fmt::format("{:.2f} µs", us), "",
          is_target ? met(us < 2) : "");
    };
    block("a block of 32 threads, empty", "empty 32", true);
    block("a block of 256 threads, empty", "empty 256", true);
    block("a block of 32 threads, one barrier", "one barrier 32", true);
    block("a block of 256 threads, one barrier", "one barrier 256", false);
    const double switches = kBarrierBlocks * 256.0 * kBarriers / minimum("barriers", one_);
    add("switches of threads a second", "", fmt::format("{:.0f} M", switches * 1e-6), "", "");
    add("a launch <<<1, 32>>> and its end, waited for", "",
        fmt::format("{:.1f} µs", minimum("launches", two_, Time::clock) / kLaunches * 1e6), "", "");
  }

  // Memory of a process that has run the kernel with checks, less that of one that has without: what
  // the checks know of device memory they keep while the arrays live.
  void memory(const std::string& name) {
    double resident[2], bytes = 0;
    for (const bool checks : {false, true}) {
      Child child(programs() + "cudasim_bench_kernels" + (checks ? ".check" : ""), 1);
      const std::string answer = child.ask("verify " + name);
      NN_CHECK(answer == "ok", answer);
      bytes = child.ask_number("bytes " + name);
      resident[checks] = child.ask_number("resident");
    }
    const double ratio = (resident[1] - resident[0]) / bytes;
    add(fmt::format("memory of checks / device memory, {}", name), "<= 6",
        fmt::format("{:.2f}", ratio), fmt::format("{:.0f} MB device", bytes * 1e-6),
        met(ratio <= 6));
  }

  Child one_, two_, checked_;
  BenchReport report_;
  std::vector<Line> lines_;
};

}  // namespace
}  // namespace nn::simbench

int main(int argc, char** argv) {
  try {
    nn::simbench::Bench bench;
    bench.run();
    std::fputs(bench.table().c_str(), stdout);
    if (argc > 1) nn::write_file_atomically(argv[1], bench.json());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cudasim_bench: %s\n", error.what());
    return 1;
  }
}
