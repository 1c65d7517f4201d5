// Speed, measured as ratios: contenders take turns within one run, A B C B C A C A B ..., so that
// a busy moment of the machine falls on all of them alike.
//
//   BenchCase c{.name = "product 1024x1024x1024", .work = 2.0 * M * N * K, .work_unit = "flop"};
//   c.contenders.push_back({"ijk", [&] { matmul_ijk(y, a, b); }});   // the first is the yardstick
//   c.contenders.push_back({"ikj", [&] { matmul(y, a, b); }});
//   BenchReport report("matmul");
//   report.add(run_bench(c));
//   fmt::print("{}", report.table());
//   write_file_atomically(path, report.json());
//
// On a shared CPU the minimum is what the code can do and the rest is the neighbours' noise, so
// minima are compared; the spread of the ratios round by round says how far to trust that. A minimum
// is free of most noise and a round is not, so the ratio of the minima may lie outside that spread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/timing.h"

namespace nn {

struct Contender {
  std::string name;
  std::function<void()> run;  // the work once, on inputs prepared before
};

struct BenchCase {
  std::string name = "";
  double work = 0;             // of one run, in work_unit; 0 if a rate means nothing here
  std::string work_unit = "";  // "flop", "byte", "image"
  std::vector<Contender> contenders = {};
};

struct BenchOptions {
  int rounds = 15;  // >= 15; each contender runs once a round
  // A sample repeats a quick contender until it lasts this long, so that the clock's own error
  // (some 50 ns) stays under 1 in 10^4.
  double min_sample_seconds = 1e-3;
  std::function<double()> clock = steady_seconds;  // seconds
};

struct ContenderResult {
  std::string name = "";
  int repeats = 1;                   // runs in one sample
  std::vector<double> seconds = {};  // (rounds) of one run
  double min_seconds = 0;
  double median_seconds = 0;
  double ratio = 1;       // the yardstick's minimum / this one's: 2 is twice as quick
  double ratio_low = 1;   // the same within one round: the 10th percentile over rounds ...
  double ratio_high = 1;  // ... and the 90th
};

struct BenchResult {
  std::string name = "";
  double work = 0;
  std::string work_unit = "";
  std::vector<ContenderResult> contenders = {};  // the yardstick first
};

// Warms each contender up, then runs options.rounds rounds. No contender, one without a function,
// two of one name, rounds < 15: nn::Error.
BenchResult run_bench(const BenchCase& bench_case, const BenchOptions& options = {});

// Where the numbers were measured.
struct Machine {
  std::string cpu;  // "Intel(R) Xeon(R) ..."
  int cores = 0;    // logical, as the system offers them to this process
  std::string system;
  std::string compiler;  // "g++ 12.2.0"
  std::string flags;     // of the build: "Release: -O3 -DNDEBUG"
};
Machine this_machine();

class BenchReport {
 public:
  explicit BenchReport(std::string subject, Machine machine = this_machine());
  void add(BenchResult result);
  std::string table() const;  // for a person: one block a case, then the machine
  std::string json() const;   // everything, each sample included

 private:
  std::string subject_;
  Machine machine_;
  std::vector<BenchResult> results_;
};

}  // namespace nn
